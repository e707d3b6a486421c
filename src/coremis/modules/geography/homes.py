"""Lists that say where households belong after their place was split: the number of the household, and the code of the place."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.bulk import update_from
from coremis.kernel.actions.context import required
from coremis.kernel.actions.each import of_each
from coremis.kernel.base.numbers import read_number
from coremis.kernel.exchange.kinds import AREA, ImportColumn
from coremis.kernel.exchange.rows import RowContext, StagedRow
from coremis.modules.registry.models import Household, Person
from coremis.modules.registry.services.hooks import follow_moves

COLUMNS = (
    ImportColumn(
        "number", _("Number of the household"), required=True, longest=20, aliases=("household", "number", "ménage", "numéro", "agregado"),
    ),
    ImportColumn("place", _("Code of the place now"), AREA, required=True, aliases=("place", "code", "lieu", "lugar")),
)  # fmt: skip


def check_numbers(rows: list[StagedRow], context: RowContext) -> None:
    """Numbers whose check digits are right; the same household twice is found by them."""
    for row in rows:
        written = row.values.get("number")
        number = read_number(written) if written else None
        if written and number is None:
            row.problem("number", _("“%(value)s” is no number of the register. Check its digits."), written, value=written[:40])
        row.identity = str(number or "")


def find_homes(rows: list[StagedRow], context: RowContext) -> None:
    """Households in the place of the import; those that belong there already change nothing."""
    _found(rows, context)


def apply_homes(rows: list[StagedRow], context: RowContext) -> None:
    """One chunk: households and their people belong to their new places; six statements and those of the modules that follow."""
    found = _found(rows, context)
    actor = required().actor
    places = {home.pk: {"area": row.values["place"]} for row, home in found}
    update_from(Household.objects.filter(pk__in=list(places)), area=of_each(Household, "area", places))
    people = dict(
        Person.objects.filter(memberships__household__in=places, memberships__left_on=None).values_list("pk", "memberships__household")
    )
    theirs = {person: places[home] for person, home in people.items()}
    update_from(Person.objects.filter(pk__in=list(theirs)), area=of_each(Person, "area", theirs))
    follow_moves(Household, list(places), actor)
    follow_moves(Person, list(theirs), actor)


def _found(rows: list[StagedRow], context: RowContext) -> list[tuple[StagedRow, Any]]:
    good = {int(row.identity): row for row in rows if row.good and row.identity}
    homes = {home.number: home for home in Household.objects.filter(number__in=good)}
    inside = set(
        Household.objects.filter(number__in=good, area__ancestors_of__ancestor=context.batch.area).values_list("number", flat=True)
    )
    moving = []
    for number, row in good.items():
        if number not in inside:
            sentence = _("There is no such household in %(area)s. Check its number.")
            row.problem("number", sentence, row.values["number"], area=context.batch.area.name)
            continue
        row.target_id = homes[number].pk
        if homes[number].area_id == row.values["place"]:
            row.unchanged()
        else:
            moving.append((row, homes[number]))
    return moving

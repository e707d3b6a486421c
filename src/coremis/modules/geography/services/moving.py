"""People follow their place: to the unit that took it over, or to the part that a list says."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import update_from
from coremis.kernel.actions.context import Actor, required
from coremis.kernel.actions.long import steps_of
from coremis.kernel.areas.models import Area
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.jobs.work import Work
from coremis.modules.registry.models import Household, Person
from coremis.modules.registry.services.hooks import follow_moves

CHUNK = 20_000


@action(_("Move the people of a former unit"), approvable=True)
def move_people(*, from_areas: list[Area], to: Area, actor: Actor) -> int:
    """Every household and person registered in these very units belongs to another one from now on; returns how many there are.

    Their numbers stay, and what was paid or recorded before keeps the place it had.
    """
    if to.valid_until is not None or to.pk in {area.pk for area in from_areas}:
        raise Refusal(_("“%(name)s” is closed. Choose a unit that is in use."), name=to.name)
    places = [area.pk for area in from_areas]
    count = people_in(Household, places).count() + people_in(Person, places).count()
    if count:
        move_steps.start(
            {"from": places, "to": to.pk}, total=count, title_params={"name": to.name}, area_ids=[*places, to.pk],
            unique_key=f"geography.move:{required().event.pk}",
        )  # fmt: skip
    return count


def people_in(model: Any, places: list[int]) -> "QuerySet[Any]":
    """Households or persons that lie in these very places, withdrawn ones too."""
    rows: QuerySet[Any] = model.everything.filter(area__in=places)
    return rows


@steps_of(move_people, title=_("Move the people of a former unit to %(name)s"))
def move_steps(work: Work) -> bool:
    """One chunk of households, then of persons; what has moved is no longer found, so that a resumed run goes on where it was."""
    for model in (Household, Person):
        keys = list(people_in(model, work.params["from"]).order_by("pk").values_list("pk", flat=True)[:CHUNK])
        if keys:
            update_from(model.everything.filter(pk__in=keys), area=work.params["to"])
            follow_moves(model, keys, required().actor)
            work.done += len(keys)
            return True
    return False


@move_steps.finish
def tell_moved(work: Work) -> None:
    """The report."""
    work.report = {"moved": work.done}

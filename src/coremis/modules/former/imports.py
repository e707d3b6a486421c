"""What files bring: the payments of a former system, one a row."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.bulk import copy_into
from coremis.kernel.areas.queries import below
from coremis.kernel.base.numbers import read_number
from coremis.kernel.config.country import own_currency
from coremis.kernel.exchange.kinds import AMOUNT, DATE, ImportColumn, ImportKind
from coremis.kernel.exchange.rows import GOOD, RowContext, StagedRow
from coremis.modules.former.models import FormerPayment
from coremis.modules.former.services import add_former_payment
from coremis.modules.registry.models import Household, Person

COLUMNS = (
    "household", "person", "area", "source", "reference", "programme", "period", "payee_name", "paid_on", "amount_minor", "currency",
    "batch_id", "taken_back_on",
)  # fmt: skip


def columns() -> list[ImportColumn]:
    """The columns, in the currency of the country."""
    return [
        ImportColumn("number", _("Number of the household or person"), aliases=("household_number", "person_number", "numero", "número")),
        ImportColumn("key", _("Household key of an earlier import"), aliases=("household_key", "cle_menage", "chave")),
        ImportColumn("source", _("Former system"), required=True, longest=40, aliases=("system", "systeme", "sistema")),
        ImportColumn("reference", _("Reference of the payment there"), required=True, longest=80, aliases=("reference", "référence", "id")),
        ImportColumn("programme", _("Programme"), longest=120, aliases=("programme", "programa")),
        ImportColumn("period", _("Period"), longest=60, aliases=("period", "période", "cycle", "período")),
        ImportColumn("payee", _("Payee"), longest=200, aliases=("payee", "bénéficiaire", "recebedor")),
        ImportColumn("paid_on", _("Paid on"), DATE, required=True, not_future=True, aliases=("paid_on", "date", "data")),
        ImportColumn("amount", _("Amount"), AMOUNT, required=True, currency=own_currency(), aliases=("amount", "montant", "montante")),
    ]


def find_receivers(rows: list[StagedRow], context: RowContext) -> None:
    """Whose payment each row is: by the human number, else by the household key; and whether it is known already. Four statements."""
    found, known = receivers(rows, context), known_references(rows)
    for row in rows:
        if not row.good:
            continue
        who = found.get(row.number)
        if who is None:
            row.problem("number", _("No household or person of this place has this number or key."), row.values.get("number") or "")
        elif row.values["amount"] <= 0:
            row.problem("amount", _("The amount must be above zero."))
        elif (row.values["source"], row.values["reference"]) in known:
            row.target_id = known[row.values["source"], row.values["reference"]]
            row.unchanged()


def receivers(rows: list[StagedRow], context: RowContext) -> dict[int, Household | Person]:
    """The household or person of each row number, inside the import's place."""
    numbers = {row.number: read_number(row.values.get("number") or "") for row in rows}
    letters = {row.number: (row.values.get("number") or "").strip()[:1].upper() for row in rows}
    keys = {row.values["key"] for row in rows if row.values.get("key")}
    wanted = {number for number in numbers.values() if number}
    inside = {"area__in": below([context.batch.area_id])}
    households = {one.number: one for one in Household.objects.filter(number__in=wanted, **inside)}
    persons = {one.number: one for one in Person.objects.filter(number__in=wanted, **inside)}
    by_key: dict[str, list[Household]] = {}
    for one in Household.objects.filter(external_id__in=keys, **inside) if keys else ():
        by_key.setdefault(one.external_id, []).append(one)
    found: dict[int, Any] = {}
    for row in rows:
        number, alike = numbers[row.number] or 0, by_key.get(row.values.get("key") or "", [])
        named = persons.get(number) if letters[row.number] == "P" else households.get(number)
        found[row.number] = named or (alike[0] if len(alike) == 1 and not row.values.get("number") else None)
    return {number: who for number, who in found.items() if who is not None}


def known_references(rows: list[StagedRow]) -> dict[tuple[str, str], int]:
    """The payments that are known already, by source and reference."""
    references = {row.values["reference"] for row in rows if row.values.get("reference")}
    known = FormerPayment.objects.filter(reference__in=references, taken_back_on=None)
    return {(source, reference): pk for source, reference, pk in known.values_list("source", "reference", "pk")}


def write_payments(rows: list[StagedRow], context: RowContext) -> None:
    """The new ones become history: six statements, whatever their number."""
    find_receivers(rows, context)
    found = receivers(rows, context)
    new = [row for row in rows if row.state == GOOD]
    if not new:
        return
    copy_into(FormerPayment, COLUMNS, [stored(row, found[row.number], context) for row in new])
    made = known_references(new)
    for row in new:
        row.target_id = made[row.values["source"], row.values["reference"]]


def stored(row: StagedRow, who: Household | Person, context: RowContext) -> list[Any]:
    """One row in the order of ``COLUMNS``."""
    values, home = row.values, isinstance(who, Household)
    return [
        who.pk if home else None, None if home else who.pk, who.area_id, values["source"], values["reference"],
        values.get("programme") or "", values.get("period") or "", values.get("payee") or "", values["paid_on"], values["amount"],
        own_currency(), context.batch.pk, None,
    ]  # fmt: skip


FORMER = ImportKind(
    "former.payments", _("Payments of a former system"), columns, add_former_payment.name, write_payments, check_groups=find_receivers,
    identity_column="reference",
)  # fmt: skip

"""Amounts that were computed elsewhere: a file with the number of a beneficiary or household and an amount for each."""

from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.bulk import copy_into
from coremis.kernel.areas.queries import below
from coremis.kernel.base.money import parse_amount
from coremis.kernel.base.numbers import read_number
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.exchange.kinds import ImportColumn, ImportKind
from coremis.kernel.exchange.models import BatchRow
from coremis.kernel.exchange.rows import RowContext, StagedRow, tell_repeated
from coremis.modules.payments.models import ImportedAmount
from coremis.modules.payments.services import generate_payroll
from coremis.modules.programmes.models import OPEN, Enrolment

LARGEST = 10**12
COLUMNS = (
    ImportColumn("programme", _("Code of the programme"), required=True, longest=20, aliases=("programme", "program", "programa")),
    ImportColumn(
        "number", _("Number of the beneficiary or household"), required=True, longest=20,
        aliases=("beneficiary", "household", "bénéficiaire", "ménage", "beneficiário", "agregado"),
    ),
    ImportColumn("amount", _("Amount"), required=True, longest=40, aliases=("amount", "montant", "montante", "valor")),
)  # fmt: skip


def check_amounts(rows: list[StagedRow], context: RowContext) -> None:
    """Each row names one open beneficiary inside the import's place, and an amount above zero. Two statements a chunk."""
    numbers = {row.number: read_number(str(row.values.get("number") or "")) for row in rows}
    known = _enrolments({number for number in numbers.values() if number}, context)
    for row in rows:
        if not row.good:
            continue
        programme = str(row.values.get("programme") or "").strip()
        found = known.get((programme, numbers[row.number] or 0))
        if found is None:
            row.problem("number", _("No beneficiary of this programme in this place has this number."), row.values.get("number"))
            continue
        enrolment, currency = found
        row.area_id, row.target_id = enrolment.area_id, enrolment.pk
        try:
            amount = parse_amount(str(row.values.get("amount") or ""), currency)
            if not 0 < amount <= LARGEST:
                raise Refusal(_("The amount must be above zero."))
            row.values["minor"], row.values["currency"] = amount, currency
        except Refusal as problem:
            row.problem("amount", problem.sentence, row.values.get("amount"), **problem.params)


def _enrolments(numbers: set[int], context: RowContext) -> dict[tuple[str, int], tuple[Enrolment, str]]:
    wanted = Q(number__in=numbers) | Q(household__number__in=numbers)
    rows = Enrolment.objects.filter(wanted, status__in=OPEN, area__in=below([context.batch.area_id]))
    found: dict[tuple[str, int], tuple[Enrolment, str]] = {}
    for row in rows.select_related("programme", "household"):
        for number in {row.number, row.household.number if row.household else row.number}:
            found[row.programme.code, number] = (row, row.programme.currency)
    return found


def note_repeated(context: RowContext) -> None:
    """A beneficiary stands in the file once, whichever of its numbers was used; the first row counts."""
    rows: Any = BatchRow.objects.filter(batch=context.batch, target_id__isnull=False).annotate(mark=F("target_id"))

    def tell(row: StagedRow, same: list[StagedRow]) -> None:
        if row.number != same[0].number:
            first = same[0].number
            row.problem("number", _("This beneficiary stands in row %(row)s already."), row.values.get("number"), row=first)

    tell_repeated(rows, tell)


def apply_amounts(rows: list[StagedRow], context: RowContext) -> None:
    """The amounts are kept beside the file; payrolls are made from it."""
    kept = ImportedAmount.objects.filter(batch=context.batch, enrolment__in=[row.target_id for row in rows])
    there = set(kept.values_list("enrolment_id", flat=True))
    new: list[list[Any]] = []
    for row in rows:
        if row.target_id in there:
            row.unchanged()
        else:
            new.append([context.batch.pk, row.target_id, row.area_id, row.values["minor"], row.values["currency"]])
    copy_into(ImportedAmount, ("batch", "enrolment", "area", "amount_minor", "currency"), new)


AMOUNTS = ImportKind(
    "payments.amounts", _("Amounts to pay, computed elsewhere"), COLUMNS, generate_payroll.name, apply_amounts,
    check=check_amounts, check_file=note_repeated,
)  # fmt: skip

"""Calculating a payroll: who is paid, frozen into lines, and who is left out, with the reason."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import BigIntegerField, CharField, Count, DateField, Exists, F, JSONField, Min, OuterRef, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import insert_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.guard import removing_prepared
from coremis.kernel.actions.long import steps_of
from coremis.kernel.actions.models import Record
from coremis.kernel.actions.numbers import checked, next_number, take_serials
from coremis.kernel.areas.models import Area
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.jobs.work import Work
from coremis.modules.payments import chunks
from coremis.modules.payments.models import Cycle, Fund, LeftOut, Payroll, PayrollArea, PayrollLine
from coremis.modules.payments.selection import FROZEN, classified, counts, frozen_hash, frozen_values, full_name, payee_path, population
from coremis.modules.payments.services.cycles import require_open_cycle
from coremis.modules.payments.services.review import start_review
from coremis.modules.payments.services.steps import locked, move, take_step
from coremis.modules.payments.states import Exclusion, LineState, PayrollState, Step

LINE_COLUMNS = (
    "number", "cycle", "payee_search", *FROZEN, "hash", "state", "paid_minor", "unpaid_reason", "receipt", "paid_on", "result_file",
    "parts", "carried_minor", "point", "point_name", "attempt", "reissue_of", "document_end", "alternate_number", "alternate_name",
    "hold_reason", "collected_by",
)  # fmt: skip
LEFT_OUT_COLUMNS = ("payroll", "enrolment", "area", "reason", "enrolment_number", "name")


@action(_("Calculate a payroll"))
def generate_payroll(*, cycle: Cycle, areas: list[Area], amount: Money, fund: Fund, note: str = "", actor: Actor) -> Payroll:
    """Pay a flat ``amount`` to everybody who is active in ``areas``, as of the cycle's data freeze. The work goes on as a job.

    An empty selection, or one in which nobody would be paid, is refused before anything is made (pitfall M1).
    """
    check_request(cycle, areas, amount, fund)
    require_open_cycle(cycle)
    if not counts(cycle, [area.pk for area in areas]).paid:
        raise Refusal(_("Nobody would be paid in these places, so no payroll was made. Look at who is left out, and why."))
    payroll = Payroll(
        number=next_number(Payroll), cycle=cycle, fund=fund, amount_minor=amount.amount_minor, currency=amount.currency,
        freeze_on=cycle.freeze_on, note=note[:300],
    )  # fmt: skip
    payroll.save()
    for area in {area.pk: area for area in areas}.values():
        PayrollArea(payroll=payroll, area=area).save()
    take_step(payroll, Step.CALCULATE, actor)
    places = sorted({area.pk for area in areas})
    job = calculate_payroll.start({"payroll": payroll.pk, "areas": places}, title_params={"number": payroll.number_text}, area_ids=places)
    payroll.job_id = job.pk
    payroll.save()
    return payroll


def check_request(cycle: Cycle, areas: list[Area], amount: Money, fund: Fund) -> None:
    """Refuse no place, no amount, a wrong currency or fund, and a data freeze that is still to come."""
    errors: dict[str, list[Any]] = {}
    if not areas:
        errors["areas"] = [_("Choose at least one place. No place means that nobody is paid.")]
    if amount.amount_minor <= 0:
        errors["amount"] = [_("The amount must be above zero.")]
    elif amount.currency != cycle.programme.currency:
        errors["amount"] = [_("This programme pays in %(currency)s.") % {"currency": cycle.programme.currency}]
    if fund.programme_id != cycle.programme_id or not fund.is_active:
        errors["fund"] = [_("Choose a fund of this programme that is in use.")]
    if cycle.freeze_on > timezone.localdate():
        errors["cycle"] = [_("The data freeze of this cycle is still to come. Calculate on that day or later.")]
    if errors:
        raise Invalid(_("The payroll cannot be calculated like this. Correct what is marked."), errors)


@steps_of(generate_payroll, title=_("Calculate the payroll %(number)s"))
def calculate_payroll(work: Work) -> bool:
    """One key range of beneficiaries: those who are paid become lines, all others are left out with their reason."""
    due = chunks.current(work)
    if due is None:
        return False
    payroll = Payroll.objects.select_related("cycle__programme").get(pk=work.params["payroll"])
    rows = due.of(classified(payroll.cycle, work.params["areas"], payroll.component))
    insert_lines(rows, payroll, work.cursor["serials_from"])
    insert_left_out(rows, payroll)
    return chunks.advance(work)


@calculate_payroll.begin
def plan_calculation(work: Work) -> None:
    """Fix the key ranges, and reserve a payment number for every key in them."""
    payroll = Payroll.objects.select_related("cycle__programme").get(pk=work.params["payroll"])
    if payroll.state == PayrollState.ABANDONED:
        move(payroll, PayrollState.PREPARING)
    rows = population(payroll.cycle, work.params["areas"])
    chunks.plan(work, beneficiaries=rows)
    first = rows.order_by().aggregate(first=Min("pk"))["first"] or 1
    last = work.cursor["ranges"][-1][2] if work.cursor["ranges"] else first
    work.cursor["serials_from"] = take_serials(PayrollLine._meta.db_table, last - first + 1) - first


@calculate_payroll.finish
def close_calculation(work: Work) -> None:
    """The closing event: count, and let the lines be seen."""
    payroll = locked(work.params["payroll"])
    found = PayrollLine.everything.filter(payroll=payroll).aggregate(lines=Count("pk"), total=Sum("amount_minor"))
    if not found["lines"]:
        raise Refusal(_("Nobody is left to be paid: another payroll of this cycle was faster. No payroll was made."))
    left_out = LeftOut.everything.filter(payroll=payroll).count()
    move(payroll, PayrollState.CALCULATED, line_count=found["lines"], total_minor=found["total"], left_out_count=left_out, job_id=None)
    start_review(payroll)
    work.report = {"lines": found["lines"], "total_minor": found["total"], "left_out": left_out}


@calculate_payroll.abandon
def remove_prepared(work: Work) -> bool:
    """Take away what nobody has seen, and with it free the keys; the payroll itself stays as given up."""
    for model in (PayrollLine, LeftOut):
        if _removed(model, work.params["payroll"]):
            return True
    payroll = locked(work.params["payroll"])
    if payroll.state == PayrollState.PREPARING:
        move(payroll, PayrollState.ABANDONED, job_id=None)
    return False


def insert_lines(rows: Any, payroll: Payroll, serials_from: int) -> int:
    """One line for each of ``rows`` that nothing speaks against; a key that was taken meanwhile is skipped (pitfall M4)."""
    numbers = {"new_number": checked(F("pk") + Value(serials_from, output_field=BigIntegerField()))}
    values = {**_line_constants(payroll), **frozen_values(payroll.cycle)}
    ready = rows.filter(left_out="").annotate(**numbers, **values).annotate(new_hash=frozen_hash("new_"))
    return insert_from(PayrollLine, ready, LINE_COLUMNS, skip_existing=True)


def insert_left_out(rows: Any, payroll: Payroll) -> int:
    """Everybody of ``rows`` without a line, with the reason."""
    paid = PayrollLine.everything.filter(payroll=payroll, enrolment=OuterRef("pk"))
    named = full_name("person") if payee_path(payroll.cycle) == "person" else F("household__head_name")
    ready = rows.filter(~Exists(paid)).annotate(
        new_payroll=Value(payroll.pk), new_enrolment=F("pk"), new_area=F("area"), new_enrolment_number=F("number"), new_name=named,
        new_reason=_reason_or_already(),
    )  # fmt: skip
    return insert_from(LeftOut, ready, LEFT_OUT_COLUMNS, skip_existing=True)


def _reason_or_already() -> Any:
    """Who has no reason and yet no line was taken by another payroll at this very moment."""
    return Coalesce(NullIf(F("left_out"), Value("")), Value(Exclusion.ALREADY), output_field=CharField())


def _line_constants(payroll: Payroll) -> dict[str, Any]:
    text = {"component": payroll.component, "currency": payroll.currency, "state": LineState.DUE, "unpaid_reason": "", "receipt": ""}
    text |= dict.fromkeys(("point_name", "document_end", "alternate_name", "hold_reason", "collected_by"), "")
    numbers = {"payroll": payroll.pk, "cycle": payroll.cycle_id, "amount_minor": payroll.amount_minor, "paid_minor": 0, "result_file": None}
    numbers |= {"carried_minor": 0, "point": None, "attempt": 1, "reissue_of": None, "alternate_number": None}
    return {
        **{f"new_{name}": Value(value, output_field=CharField()) for name, value in text.items()},
        **{f"new_{name}": Value(value, output_field=BigIntegerField()) for name, value in numbers.items()},
        "new_paid_on": Value(None, output_field=DateField()),
        "new_parts": Value([["base", payroll.amount_minor, 1]], output_field=JSONField()),
    }


def _removed(model: type[Record], payroll_id: int) -> int:
    rows: QuerySet[Any] = model._base_manager.all()
    first = rows.filter(payroll_id=payroll_id).order_by("pk").values("pk")[: chunks.CHUNK]
    with removing_prepared():
        return int(rows.filter(pk__in=first)._raw_delete(DEFAULT_DB_ALIAS))

"""Calculating a payroll: who is paid, frozen into lines, and who is left out, with the reason."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import BigIntegerField, Case, CharField, Count, DateField, F, Min, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import User
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
from coremis.kernel.exchange.models import Batch
from coremis.kernel.jobs import ranges
from coremis.kernel.jobs.work import Work
from coremis.modules.benefits.models import BenefitRule
from coremis.modules.benefits.queries import active_version
from coremis.modules.filters.queries import checked as checked_filter
from coremis.modules.filters.queries import words
from coremis.modules.payments.models import Cycle, Fund, ImportedAmount, LeftOut, Payroll, PayrollArea, PayrollLine, Reckoned
from coremis.modules.payments.parts import part_totals
from coremis.modules.payments.selection import (
    FROZEN,
    Asked,
    asked_by,
    counts,
    create_reckoned,
    drop_reckoned,
    fitting,
    frozen_hash,
    frozen_values,
    full_name,
    population,
)  # fmt: skip
from coremis.modules.payments.services.cycles import require_open_cycle
from coremis.modules.payments.services.review import start_review
from coremis.modules.payments.services.steps import locked, move, take_step
from coremis.modules.payments.states import HELD_LINES, Exclusion, PayrollState, Step
from coremis.modules.points.models import PaymentPoint
from coremis.modules.programmes.models import Programme

LINE_COLUMNS = (
    "number", "cycle", "payee_search", *FROZEN, "hash", "state", "paid_minor", "unpaid_reason", "receipt", "paid_on", "result_file",
    "entitled_minor", "backlog_minor", "recovered_minor", "attempt", "reissue_of", "hold_reason", "collected_by", "provider",
)  # fmt: skip
LEFT_OUT_COLUMNS = ("payroll", "enrolment", "area", "reason", "carried_minor", "enrolment_number", "name")
WRONG = _("The payroll cannot be calculated like this. Correct what is marked.")


@action(_("Calculate a payroll"))
def generate_payroll(
    *, cycle: Cycle, areas: list[Area], fund: Fund, amount: Money | None = None, rule: BenefitRule | None = None, component: str = "base",
    condition: dict[str, Any] | None = None, point: PaymentPoint | None = None, batch: Batch | None = None,
    declared_count: int | None = None, declared_total: Money | None = None, note: str = "", actor: Actor,
) -> Payroll:  # fmt: skip
    """Pay a flat ``amount``, or what the version in use of ``rule`` says, to everybody active in ``areas``, as of the data freeze.

    ``condition`` and ``point`` limit it further. The amounts may come from a ``batch`` instead; its number and total are then
    declared, and compared. An empty selection, or one in which nobody would be paid, is refused before anything is made
    (pitfall M1). The component is that of the rule. The work goes on as a job.
    """
    check_request(cycle, areas, amount, fund, rule, condition, actor, batch)
    require_open_cycle(cycle)
    if batch is not None:
        check_declared(cycle, batch, declared_count, declared_total)
    payroll = new_payroll(
        cycle=cycle, fund=fund, amount=amount, rule=rule, component=component, condition=condition, point=point, batch=batch
    )  # fmt: skip
    payroll.note = note[:300]
    places = sorted({area.pk for area in areas})
    if not counts(asked_by(payroll, places)).paid:
        raise Refusal(_("Nobody would be paid in these places, so no payroll was made. Look at who is left out, and why."))
    payroll.number = next_number(Payroll)
    payroll.save()
    for area in {area.pk: area for area in areas}.values():
        PayrollArea(payroll=payroll, area=area).save()
    take_step(payroll, Step.CALCULATE, actor)
    job = calculate_payroll.start({"payroll": payroll.pk, "areas": places}, title_params={"number": payroll.number_text}, area_ids=places)
    payroll.job_id = job.pk
    payroll.save()
    return payroll


def new_payroll(
    *, cycle: Cycle, fund: Fund, amount: Money | None, rule: BenefitRule | None, component: str = "base",
    condition: dict[str, Any] | None = None, point: PaymentPoint | None = None, batch: Batch | None = None,
) -> Payroll:  # fmt: skip
    """The payroll that was asked for, not stored yet; the preview computes with the same one."""
    version = active_version(rule) if rule else None
    return Payroll(
        cycle=cycle, fund=fund, component=rule.component if rule else component,
        source=source_of(rule, batch), rule_version=version, batch=batch,
        amount_minor=amount.amount_minor if amount else 0, currency=cycle.programme.currency, freeze_on=cycle.freeze_on,
        condition=condition or {}, condition_words=words(condition) if condition else "", point=point,
    )  # fmt: skip


def source_of(rule: BenefitRule | None, batch: Batch | None) -> str:
    """Where the amounts come from."""
    return Payroll.Source.RULE if rule else Payroll.Source.IMPORTED if batch else Payroll.Source.FLAT


def check_declared(cycle: Cycle, batch: Batch, count: int | None, total: Money | None) -> None:
    """Refuse a file that is not taken in, of another programme, or whose number and total are not those declared."""
    if batch.import_kind != "payments.amounts" or batch.state != Batch.State.APPLIED:
        raise Invalid(WRONG, {"batch": [_("Choose a file of amounts that was taken in.")]})
    rows = ImportedAmount.objects.filter(batch=batch, enrolment__programme=cycle.programme_id)
    found = rows.aggregate(count=Count("pk"), total=Sum("amount_minor"))
    there = Money(found["total"] or 0, cycle.programme.currency)
    if count != found["count"] or total != there:
        sentence = _("The file holds %(count)s amounts, %(total)s in all. Compare with what you were told, and enter both.")
        raise Invalid(WRONG, {"declared_total": [sentence % {"count": found["count"], "total": there.text()}]})


def check_request(
    cycle: Cycle, areas: list[Area], amount: Money | None, fund: Fund, rule: BenefitRule | None = None,
    condition: dict[str, Any] | None = None, actor: Any = None, batch: Batch | None = None,
) -> None:  # fmt: skip
    """Refuse no place, no amount, a wrong currency, rule or fund, and a data freeze that is still to come."""
    errors: dict[str, list[Any]] = {}
    if not areas:
        errors["areas"] = [_("Choose at least one place. No place means that nobody is paid.")]
    if [amount, rule, batch].count(None) != 2:
        errors["amount"] = [_("Choose a benefit rule, an amount or a file, one of the three.")]
    if amount is not None and amount.amount_minor <= 0:
        errors["amount"] = [_("The amount must be above zero.")]
    elif amount is not None and amount.currency != cycle.programme.currency:
        errors["amount"] = [_("This programme pays in %(currency)s.") % {"currency": cycle.programme.currency}]
    if rule is not None and (rule.programme_id != cycle.programme_id or active_version(rule) is None):
        errors["rule"] = [_("Choose a benefit rule of this programme that has a version in use.")]
    if fund.programme_id != cycle.programme_id or not fund.is_active:
        errors["fund"] = [_("Choose a fund of this programme that is in use.")]
    if cycle.freeze_on > timezone.localdate():
        errors["cycle"] = [_("The data freeze of this cycle is still to come. Calculate on that day or later.")]
    try:
        checked_filter(condition or {}, user=actor if isinstance(actor, User) else None)
    except Refusal as problem:
        errors["filter"] = [str(problem)]
    if errors:
        raise Invalid(WRONG, errors)


def read_payroll(work: Work, rows: Any = None) -> tuple[Payroll, Asked]:
    """The payroll of the work, and what it was asked to pay. One statement.

    A chunk holds the programme, so that two payrolls never read the same running account of a beneficiary at the same time.
    """
    asked: Any = rows if rows is not None else Payroll.objects
    found: Payroll = asked.select_related("cycle__programme", "rule_version__rule__programme").get(pk=work.params["payroll"])
    return found, asked_by(found, work.params["areas"], work.cursor.get("notes"))


@steps_of(generate_payroll, title=_("Calculate the payroll %(number)s"))
def calculate_payroll(work: Work) -> bool:
    """One key range of beneficiaries: those who are paid become lines, all others are left out with their reason."""
    due = ranges.current(work)
    if due is None:
        return False
    payroll, asked = read_payroll(work, Payroll.objects.select_for_update(of=("cycle__programme",)))
    create_reckoned(asked, due.of)
    insert_lines(payroll, asked, work.cursor["serials_from"])
    insert_left_out(payroll, asked, due)
    drop_reckoned()
    return ranges.advance(work)


@calculate_payroll.begin
def plan_calculation(work: Work) -> None:
    """Fix the key ranges, and reserve a payment number for every key in them."""
    work.cursor.pop("notes", None)
    payroll, asked = read_payroll(work)
    if payroll.state == PayrollState.ABANDONED:
        move(payroll, PayrollState.PREPARING)
    fitting.cache_clear()
    rows = population(asked)
    ranges.plan(work, beneficiaries=rows)
    first = rows.order_by().aggregate(first=Min("pk"))["first"] or 1
    last = work.cursor["ranges"][-1][2] if work.cursor["ranges"] else first
    work.cursor["serials_from"] = take_serials(PayrollLine._meta.db_table, last - first + 1) - first
    work.cursor["notes"] = {"paid_anew": list(asked.paid_anew), "gives_back": asked.gives_back}


@calculate_payroll.finish
def close_calculation(work: Work) -> None:
    """The closing event: count, prove that the parts of every line are its amount, and let the lines be seen."""
    payroll = locked(work.params["payroll"])
    rows = PayrollLine.everything.filter(payroll=payroll)
    held = Q(state__in=HELD_LINES)
    found = rows.aggregate(
        lines=Count("pk"), total=Sum("amount_minor"), carried=Sum("carried_minor"),
        held=Count("pk", filter=held), held_minor=Sum("amount_minor", filter=held),
    )  # fmt: skip
    if not found["lines"]:
        raise Refusal(_("Nobody is left to be paid: another payroll of this cycle was faster. No payroll was made."))
    totals = part_totals(payroll)
    if sum(totals.values()) != found["total"] + found["carried"]:
        raise Refusal(_("The parts do not add up to the amounts. No payroll was made. Tell your administrator."))
    left_out = LeftOut.everything.filter(payroll=payroll).count()
    move(
        payroll, PayrollState.CALCULATED, left_out_count=left_out, job_id=None,
        line_count=found["lines"] - found["held"], total_minor=found["total"] - (found["held_minor"] or 0),
        held_count=found["held"], held_minor=found["held_minor"] or 0, part_totals=totals,
    )  # fmt: skip
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


def insert_lines(payroll: Payroll, asked: Asked, serials_from: int) -> int:
    """One line for everybody reckoned whom nothing speaks against; a key that was taken meanwhile is skipped (pitfall M4)."""
    numbers = {"new_number": checked(F("enrolment_id") + Value(serials_from, output_field=BigIntegerField()))}
    values = {**_line_constants(payroll), **frozen_values(asked), "new_provider": F("point__provider")}
    ready = Reckoned.objects.filter(left_out="").annotate(**numbers, **values).annotate(new_hash=frozen_hash("new_")).order_by("pk")
    return insert_from(PayrollLine, ready, LINE_COLUMNS, skip_existing=True)


def insert_left_out(payroll: Payroll, asked: Asked, due: ranges.Range) -> int:
    """Everybody reckoned without a line, with the reason and what is kept for the next payment.

    The lines of the range are one list, not a question for each beneficiary: without statistics SQLite answered each of those by
    reading the whole payroll (16,700 lines: minutes against half a second).
    """
    paid = PayrollLine.everything.filter(payroll=payroll, enrolment_id__gt=due.after, enrolment_id__lte=due.last)
    of_person = asked.unit == Programme.Unit.PERSON
    named = full_name("enrolment__person") if of_person else F("enrolment__household__head_name")
    ready = Reckoned.objects.exclude(enrolment_id__in=paid.order_by().values("enrolment_id")).annotate(
        new_payroll=Value(payroll.pk), new_enrolment=F("enrolment_id"), new_area=F("enrolment__area"),
        new_enrolment_number=F("enrolment__number"), new_name=named, new_reason=_reason_or_already(),
        new_carried_minor=Case(When(left_out="", then=Value(0)), default=F("carried_minor"), output_field=BigIntegerField()),
    )  # fmt: skip
    return insert_from(LeftOut, ready, LEFT_OUT_COLUMNS, skip_existing=True)


def _reason_or_already() -> Any:
    """Who has no reason and yet no line was taken by another payroll at this very moment."""
    return Coalesce(NullIf(F("left_out"), Value("")), Value(Exclusion.ALREADY), output_field=CharField())


def _line_constants(payroll: Payroll) -> dict[str, Any]:
    text = {"component": payroll.component, "currency": payroll.currency, "unpaid_reason": "", "receipt": "", "collected_by": ""}
    numbers = {"payroll": payroll.pk, "cycle": payroll.cycle_id, "paid_minor": 0, "result_file": None, "attempt": 1, "reissue_of": None}
    return {
        **{f"new_{name}": Value(value, output_field=CharField()) for name, value in text.items()},
        **{f"new_{name}": Value(value, output_field=BigIntegerField()) for name, value in numbers.items()},
        "new_paid_on": Value(None, output_field=DateField()),
    }


def _removed(model: type[Record], payroll_id: int) -> int:
    rows: QuerySet[Any] = model._base_manager.all()
    first = rows.filter(payroll_id=payroll_id).order_by("pk").values("pk")[: ranges.CHUNK]
    with removing_prepared():
        return int(rows.filter(pk__in=first)._raw_delete(DEFAULT_DB_ALIAS))

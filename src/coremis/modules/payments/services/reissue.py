"""Paying again what did not arrive: a new payroll from lines with a final unpaid outcome, each once (rulebook 2.11.2, pitfall M16)."""

from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, DateField, F, FilteredRelation, Min, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, JSONArray
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import insert_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.long import steps_of
from coremis.kernel.actions.numbers import checked, next_number, take_serials
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.jobs import ranges
from coremis.kernel.jobs.work import Work
from coremis.modules.payments.models import LeftOut, Payroll, PayrollArea, PayrollLine
from coremis.modules.payments.reissuing import reissuable
from coremis.modules.payments.selection import FROZEN, frozen_hash, full_name
from coremis.modules.payments.services.generation import LEFT_OUT_COLUMNS, LINE_COLUMNS, close_calculation, remove_prepared
from coremis.modules.payments.services.steps import locked, move, require_state, take_step
from coremis.modules.payments.states import PAID_LINES, Exclusion, FileState, LineState, PayrollState, Step
from coremis.modules.points.queries import point_name, point_of_household
from coremis.modules.programmes.models import Programme
from coremis.modules.registry.models import Document, Recipient

Rows = Any


@action(_("Re-issue unpaid lines"))
def reissue_payroll(*, payroll: Payroll, freeze_on: date, note: str = "", actor: Actor) -> Payroll:
    """A new payroll for every line that was finally not paid, to the payee of ``freeze_on`` and at the payment point of that day.
    The amounts are owed already.

    Lines that may still be with the provider stay where they are; lines without a valid recipient are left out with the reason.
    """
    fresh = locked(payroll)
    require_state(fresh, PayrollState.RELEASED, PayrollState.CLOSED, PayrollState.CANCELLED)
    check_reissue(fresh, freeze_on)
    made = Payroll(
        number=next_number(Payroll), cycle=fresh.cycle, fund=fresh.fund, component=fresh.component, currency=fresh.currency,
        source=Payroll.Source.REISSUE, reissues=fresh, freeze_on=freeze_on, note=note[:300], point=fresh.point,
    )  # fmt: skip
    made.save()
    places = list(fresh.places.values_list("area_id", flat=True))
    for area in places:
        PayrollArea(payroll=made, area_id=area).save()
    take_step(made, Step.CALCULATE, actor)
    params = {"payroll": made.pk, "reissues": fresh.pk}
    job = calculate_reissue.start(params, title_params={"number": made.number_text}, area_ids=places)
    made.job_id = job.pk
    made.save()
    return made


def check_reissue(payroll: Payroll, freeze_on: date) -> None:
    """Refuse a freeze date that does not fit, results under way, and where nothing can be re-issued."""
    if freeze_on > timezone.localdate():
        raise Invalid(_("The data freeze does not fit."), {"freeze_on": [_("This day is still to come.")]})
    if freeze_on < payroll.freeze_on:
        raise Invalid(_("The data freeze does not fit."), {"freeze_on": [_("This is before the data freeze of the first payroll.")]})
    if payroll.job_id or payroll.files.filter(state=FileState.APPLYING).exists():
        raise Refusal(_("Results of this payroll are being applied. Wait until that is done."))
    if payroll.reissued_in.filter(state=PayrollState.PREPARING).exists():
        raise Refusal(_("Unpaid lines of this payroll are being re-issued. Wait until that is done."))
    if not reissuable(payroll).exists():
        raise Refusal(_("No line of this payroll can be re-issued. Only what was finally not paid can be, and only once."))


@steps_of(reissue_payroll, title=_("Re-issue unpaid lines as %(number)s"))
def calculate_reissue(work: Work) -> bool:
    """One key range of lines: paid again to the payee of the new data freeze, or left out with the reason."""
    due = ranges.current(work)
    if due is None:
        return False
    payroll = Payroll.objects.select_related("cycle__programme").get(pk=work.params["payroll"])
    rows = with_payee(due.of(reissuable(work.params["reissues"], but=payroll.pk)), payroll)
    insert_again(rows, payroll, work.cursor["serials_from"])
    insert_without_payee(rows, payroll)
    return ranges.advance(work)


@calculate_reissue.begin
def plan_reissue(work: Work) -> None:
    """Fix the key ranges, and reserve a payment number for every key in them."""
    payroll = locked(work.params["payroll"])
    if payroll.state == PayrollState.ABANDONED:
        move(payroll, PayrollState.PREPARING)
    rows = reissuable(work.params["reissues"])
    ranges.plan(work, lines=rows)
    first = rows.order_by().aggregate(first=Min("pk"))["first"] or 1
    last = work.cursor["ranges"][-1][2] if work.cursor["ranges"] else first
    work.cursor["serials_from"] = take_serials(PayrollLine._meta.db_table, last - first + 1) - first


calculate_reissue.finish(close_calculation)
calculate_reissue.abandon(remove_prepared)


def with_payee(lines: Rows, payroll: Payroll) -> Rows:
    """The lines, each with the primary recipient of the new data freeze as ``collector``, and ``left``: why there is none."""
    path, day = "enrolment__household__recipients", payroll.freeze_on
    still = Q(**{f"{path}__valid_until": None}) | Q(**{f"{path}__valid_until__gte": day})
    held = Q(**{f"{path}__rank": 0, f"{path}__valid_from__lte": day}) & still
    payee = payee_of(payroll)
    return lines.annotate(collector=FilteredRelation(path, condition=held)).annotate(
        left=Case(
            When(**{f"{payee}__isnull": True}, then=Value(Exclusion.NO_RECIPIENT)),
            When(**{f"{payee}__death_date__isnull": False}, then=Value(Exclusion.RECIPIENT_DIED)),
            default=Value(""), output_field=CharField(),
        )
    )  # fmt: skip


def payee_of(payroll: Payroll) -> str:
    """The path from an old line to who is paid now."""
    return "enrolment__person" if payroll.cycle.programme.unit == Programme.Unit.PERSON else "collector__person"


def insert_again(rows: Rows, payroll: Payroll, serials_from: int) -> int:
    """A line for each: what was frozen stays, payee and payment point are new, and the amount is what still is owed."""
    values = {**_again(), **_constants(payroll), **_payee(payee_of(payroll), payroll.freeze_on), **_point(payroll.freeze_on)}
    number = checked(F("pk") + Value(serials_from, output_field=BigIntegerField()))
    kept = {f"new_{name}": F(name) for name in (*FROZEN, "provider") if f"new_{name}" not in values}
    ready = rows.filter(left="").annotate(new_number=number, **values, **kept).annotate(new_hash=frozen_hash("new_"))
    return insert_from(PayrollLine, ready, [*LINE_COLUMNS, "proof"], skip_existing=True)


def insert_without_payee(rows: Rows, payroll: Payroll) -> int:
    """Who cannot be paid again now, with the reason; the amount stays owed."""
    nothing = Value(0, output_field=BigIntegerField())
    values = {"new_payroll": Value(payroll.pk), "new_reason": F("left"), "new_name": F("payee_name"), "new_carried_minor": nothing}
    return insert_from(LeftOut, rows.exclude(left="").annotate(**values), LEFT_OUT_COLUMNS, skip_existing=True)


def _again() -> dict[str, Any]:
    """The amount that still is owed, as its only part: a re-issue is no new benefit, takes nothing over and carries nothing on."""
    rest = Case(
        When(state__in=PAID_LINES, then=F("amount_minor") - F("paid_minor")), default=F("amount_minor"), output_field=BigIntegerField()
    )
    none = dict.fromkeys(("carried_minor", "entitled_minor", "backlog_minor", "recovered_minor"), Value(0, output_field=BigIntegerField()))
    return {
        "new_amount_minor": rest, "new_parts": JSONArray(JSONArray(Value("reissue"), rest, Value(1))),
        "new_attempt": F("attempt") + Value(1), "new_reissue_of": F("pk"), **{f"new_{name}": value for name, value in none.items()},
    }  # fmt: skip


def _constants(payroll: Payroll) -> dict[str, Any]:
    blank = ("unpaid_reason", "receipt", "hold_reason", "collected_by", "proof")
    return {
        **{f"new_{name}": Value("", output_field=CharField()) for name in blank},
        "new_state": Value(LineState.DUE.value, output_field=CharField()),
        "new_payroll": Value(payroll.pk, output_field=BigIntegerField()),
        "new_paid_minor": Value(0, output_field=BigIntegerField()),
        "new_result_file": Value(None, output_field=BigIntegerField()),
        "new_paid_on": Value(None, output_field=DateField()),
    }


def _point(day: date) -> dict[str, Any]:
    """Where the household or person collects on the new day; where nobody serves them then, the point of before."""
    now = point_of_household(day, "enrolment__household", "enrolment__area")
    return {"new_point": Coalesce(now, F("point_id"), output_field=BigIntegerField()), "new_point_name": point_name("new_point")}


def _payee(payee: str, day: date) -> dict[str, Any]:
    """Who is paid on the new day, with the newest document, and who may come instead."""
    document = Document.objects.filter(person=OuterRef("new_payee"), ended_on=None).order_by("pk")
    still = Q(valid_until=None) | Q(valid_until__gte=day)
    alternates = Recipient.objects.filter(still, household=OuterRef("enrolment__household"), rank__gt=0, valid_from__lte=day)
    alternate = alternates.filter(person__death_date=None).order_by("rank", "pk").annotate(name=full_name("person"))
    return {
        "new_payee": F(payee), "new_payee_number": F(f"{payee}__number"), "new_payee_name": full_name(payee),
        "new_payee_search": F(f"{payee}__search_name"), "new_payee_phone": F(f"{payee}__phone"),
        "new_document_kind": Coalesce(Subquery(document.values("kind")[:1]), Value("")),
        "new_document_hash": Coalesce(Subquery(document.values("number_hash")[:1]), Value("")),
        "new_document_end": Coalesce(Subquery(document.values("number_end")[:1]), Value("")),
        "new_alternate_number": Subquery(alternate.values("person__number")[:1]),
        "new_alternate_name": Coalesce(Subquery(alternate.values("name")[:1]), Value("")),
    }  # fmt: skip

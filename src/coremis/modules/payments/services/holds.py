"""Deciding on single payments: letting held ones go, and voiding what must not be paid."""

from typing import Any

from django.db.models import CharField, Count, F, Q, QuerySet, Sum, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import insert_from, update_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.areas.models import Area
from coremis.kernel.areas.queries import below
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.jobs import ranges
from coremis.modules.ledger.models import Account, Movement, Posting
from coremis.modules.ledger.queries import COUNTS, accounts_of, postings_about
from coremis.modules.ledger.services import copy_reversed, open_posting, post, post_movements
from coremis.modules.payments.findings import HoldDecision
from coremis.modules.payments.models import Hold, Payroll, PayrollLine
from coremis.modules.payments.queries import refuse_changed, taken_from_fund
from coremis.modules.payments.services.cancellation import require_reason
from coremis.modules.payments.services.flags import HOLD_COLUMNS, moment
from coremis.modules.payments.services.release import replaced
from coremis.modules.payments.services.steps import deciders, locked, note_step, recount, refuse_second_step, require_state
from coremis.modules.payments.states import (
    DECIDABLE_PAYROLLS,
    DUE_LINES,
    HELD_BEFORE,
    HELD_LINES,
    PAYABLE_HOLDS,
    POSTED_PAYROLLS,
    HoldReason,
    LineState,
    PayrollState,
    Step,
)  # fmt: skip

Station, Purpose = Account.Station, Posting.Purpose


@action(_("Let held payments go"), approvable=True)
def pay_held(
    *, payroll: Payroll, reason: str, because: HoldReason | None = None, area: Area | None = None, line: PayrollLine | None = None,
    lines: list[PayrollLine] | None = None, actor: Actor,
) -> Payroll:  # fmt: skip
    """Pay held lines after all, to the payee of the data freeze; in a payroll that was sent they go at once, as a later batch.

    Refused for a payee who died or was replaced: such a line is voided, and paid anew to the right person.
    """
    require_reason(reason)
    fresh = _open(payroll)
    found = chosen(fresh, because, area, line, lines).filter(state__in=HELD_LINES)
    count = _count(found)[0]
    if found.filter(~Q(hold_reason__in=PAYABLE_HOLDS)).exists() or replaced(found).exists():
        raise Refusal(_("Some of these payees died or were replaced. Void those payments, and pay the right person anew."))
    refuse_changed(found)
    if fresh.state in POSTED_PAYROLLS:
        _owe_and_send(fresh, found, reason)
    _decided(found, HoldDecision.PAY, reason)
    after = LineState.SENT if fresh.state == PayrollState.RELEASED else LineState.DUE
    if update_from(found, state=after, hold_reason="") != count:
        raise Refusal(_("Some of these payments are no longer held. Look at the list again."))
    return recount(fresh)


@action(_("Void single payments"), approvable=True)
def void_lines(
    *, payroll: Payroll, reason: str, because: HoldReason | None = None, area: Area | None = None, line: PayrollLine | None = None,
    lines: list[PayrollLine] | None = None, actor: Actor,
) -> Payroll:  # fmt: skip
    """Void held lines, or one line that was not sent: what was owed goes back to the fund, and the beneficiary can be paid anew."""
    require_reason(reason)
    fresh = _open(payroll)
    states = HELD_LINES if line is None else (*HELD_LINES, *DUE_LINES)
    found = chosen(fresh, because, area, line, lines).filter(state__in=states)
    _count(found)
    owed = owed_of(fresh, found)
    if amount := _sum(owed):
        accounts = accounts_of(fresh.fund)
        posting = open_posting(Purpose.REVERSAL, fresh, Money(amount, fresh.currency), takes_from=accounts[Station.OWED], reason=reason)
        approvals = postings_about(fresh).filter(purpose=Purpose.APPROVAL, state__in=COUNTS)
        copy_reversed(posting, Movement.objects.filter(posting__in=approvals.values("pk"), line_id__in=owed.values("pk")))
        post(posting)
    _decided(found.filter(state__in=HELD_LINES), HoldDecision.VOID, reason)
    _note_voided(fresh, found.filter(state__in=DUE_LINES), reason)
    update_from(found, state=LineState.CANCELLED, hold_reason="")
    return recount(fresh)


def chosen(
    payroll: Payroll, because: HoldReason | None, area: Area | None, line: PayrollLine | None, lines: list[PayrollLine] | None = None
) -> "QuerySet[PayrollLine]":  # fmt: skip
    """The lines of a payroll that were meant: one of them, those that were ticked, or those held for a reason, in a place."""
    rows: QuerySet[PayrollLine] = PayrollLine.objects.filter(payroll=payroll)
    rows = rows.filter(pk=line.pk) if line is not None else rows
    rows = rows.filter(pk__in=[one.pk for one in lines]) if lines is not None else rows
    rows = rows.filter(hold_reason=because) if because else rows
    return rows.filter(area_id__in=below([area.pk])) if area is not None else rows


def owed_of(payroll: Payroll, lines: "QuerySet[PayrollLine]") -> "QuerySet[PayrollLine]":
    """Those of ``lines`` for which money is owed: approved, and not held before that."""
    own = payroll.state in POSTED_PAYROLLS and payroll.source != Payroll.Source.REISSUE  # a re-issue pays what the first payroll owes
    return lines.exclude(hold_reason__in=HELD_BEFORE) if own else lines.none()


def _open(payroll: Payroll) -> Payroll:
    fresh = locked(payroll)
    require_state(fresh, *DECIDABLE_PAYROLLS)
    people = deciders()
    refuse_second_step(fresh, people, Step.APPROVE)
    note_step(fresh, people, Step.APPROVE)
    return fresh


def _count(lines: "QuerySet[PayrollLine]") -> tuple[int, int]:
    found = lines.aggregate(count=Count("pk"), total=Sum("amount_minor"))
    if not found["count"]:
        raise Refusal(_("None of these payments can be decided on. Look at the list again."))
    if found["count"] > ranges.CHUNK:
        raise Refusal(_("These are more than %(most)s payments. Choose one place after the other."), most=ranges.CHUNK)
    return found["count"], found["total"]


def _sum(lines: "QuerySet[PayrollLine]") -> int:
    return int(lines.aggregate(total=Sum("amount_minor"))["total"] or 0)


def _owe_and_send(payroll: Payroll, lines: "QuerySet[PayrollLine]", reason: str) -> None:
    accounts = accounts_of(payroll.fund)
    fresh_owed = lines.filter(hold_reason__in=HELD_BEFORE)
    money = taken_from_fund(payroll, _sum(fresh_owed))
    if money.amount_minor:
        posting = open_posting(Purpose.APPROVAL, payroll, money, takes_from=accounts[Station.FUND], reason=reason)
        post_movements(posting, fresh_owed, source=accounts[Station.FUND], target=accounts[Station.OWED], step="approved")
        post(posting)
    if payroll.state == PayrollState.RELEASED:
        money = Money(_sum(lines), payroll.currency)
        posting = open_posting(Purpose.RELEASE, payroll, money, takes_from=accounts[Station.OWED], reason=reason)
        post_movements(posting, lines, source=accounts[Station.OWED], target=accounts[Station.TRANSIT], step="sent")
        post(posting)


def _decided(lines: "QuerySet[PayrollLine]", decision: HoldDecision, reason: str) -> None:
    holds = Hold.objects.filter(line__in=lines.values("pk"), decision="")
    update_from(holds, decision=decision, decided_at=timezone.now(), note=reason.strip()[:300])


def _note_voided(payroll: Payroll, lines: "QuerySet[Any]", reason: str) -> None:
    """A hold that was decided at once, so that every voided line has its reason in one place."""
    ready = lines.order_by().annotate(
        new_line=F("pk"), new_reason=Value(HoldReason.TAKEN_OUT, output_field=CharField()),
        new_was_owed=Value(payroll.state in POSTED_PAYROLLS), new_held_at=moment(),
        new_decision=Value(HoldDecision.VOID, output_field=CharField()), new_decided_at=moment(),
        new_note=Value(reason.strip()[:300], output_field=CharField()),
    )  # fmt: skip
    insert_from(Hold, ready, HOLD_COLUMNS)

"""Cancelling a payroll before anybody was paid from it: what was posted is reversed, nothing is removed, and the keys are free again."""

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import update_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.long import steps_of
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.jobs import ranges
from coremis.kernel.jobs.work import Work
from coremis.modules.ledger.models import Account, Movement, Posting
from coremis.modules.ledger.queries import COUNTS, accounts_of, postings_about
from coremis.modules.ledger.services import copy_reversed, open_posting, post
from coremis.modules.payments.findings import HoldDecision
from coremis.modules.payments.models import Hold, Payroll, PayrollLine
from coremis.modules.payments.queries import taken_from_fund
from coremis.modules.payments.services.steps import give_back, locked, move, require_state
from coremis.modules.payments.states import (
    AWAITING_LINES,
    CANCELLABLE_PAYROLLS,
    FREE_LINES,
    FileState,
    LineState,
    PayrollState,
)  # fmt: skip

Station = Account.Station
# What is taken back, by the state from which a payroll is cancelled.
REVERSES = {PayrollState.APPROVED: (Posting.Purpose.APPROVAL,), PayrollState.RELEASED: (Posting.Purpose.APPROVAL, Posting.Purpose.RELEASE)}


@action(_("Cancel a payroll"), approvable=True)
def cancel_payroll(*, payroll: Payroll, reason: str, actor: Actor) -> Payroll:
    """Void a payroll that was not sent yet: owed → fund where it was approved, and every beneficiary can be paid anew."""
    require_reason(reason)
    fresh = locked(payroll)
    require_state(fresh, *CANCELLABLE_PAYROLLS)
    return _start(fresh, reason)


@action(_("Recall a payroll"), approvable=True)
def recall_payroll(*, payroll: Payroll, reason: str, actor: Actor) -> Payroll:
    """Take back a payroll that was sent, as long as nobody was paid: in transit → owed → fund. Refused once a result is in."""
    require_reason(reason)
    fresh = locked(payroll)
    require_state(fresh, PayrollState.RELEASED)
    lines = live_lines(fresh.pk)
    if fresh.files.exclude(state=FileState.DISCARDED).exists() or lines.exclude(state__in=[*AWAITING_LINES, LineState.HELD]).exists():
        raise Refusal(_("Results have come back for this payroll, so it cannot be recalled. Reconcile it."))
    if fresh.held_count:
        raise Refusal(_("Some payments of this payroll are held. Decide on them first, then recall the payroll."))
    if not lines.exists():
        raise Refusal(_("No payment of this payroll was sent, so there is nothing to recall."))
    return _start(fresh, reason)


def require_reason(reason: str) -> None:
    """Refuse an empty reason."""
    if not reason.strip():
        raise Invalid(_("The reason is missing."), {"reason": [_("Give the reason.")]})


def live_lines(payroll_id: int) -> "QuerySet[PayrollLine]":
    """The lines of a payroll that are not voided."""
    rows: QuerySet[PayrollLine] = PayrollLine.everything.filter(payroll_id=payroll_id)
    return rows.exclude(state__in=FREE_LINES)


def _start(payroll: Payroll, reason: str) -> Payroll:
    before = PayrollState(payroll.state)
    params: dict[str, object] = {"payroll": payroll.pk, "before": before}
    posting = None
    amount = payroll.total if before == PayrollState.RELEASED else taken_from_fund(payroll)
    if before in REVERSES and amount.amount_minor:
        station = Station.TRANSIT if before == PayrollState.RELEASED else Station.OWED
        taken = accounts_of(payroll.fund)[station]
        originals = postings_about(payroll).filter(purpose__in=REVERSES[before], state__in=COUNTS)
        posting = open_posting(
            Posting.Purpose.REVERSAL, payroll, amount, takes_from=taken, reason=reason, reverses=originals.first()
        )  # fmt: skip
        params |= {"posting": posting.pk, "reverses": list(originals.values_list("pk", flat=True))}
    job = post_cancellation.start(params, title_params={"number": payroll.number_text}, total=payroll.line_count)
    return move(payroll, PayrollState.CANCELLING, job_id=job.pk, posting_id=posting.pk if posting else None)


@steps_of(cancel_payroll, title=_("Cancel the payroll %(number)s"))
def post_cancellation(work: Work) -> bool:
    """One key range of lines: the opposite movements, and the new state."""
    due = ranges.current(work)
    if due is None:
        return False
    lines = due.of(live_lines(work.params["payroll"]))
    if "posting" in work.params:
        posting = Posting.objects.get(pk=work.params["posting"])
        made = Movement.objects.filter(posting__in=work.params["reverses"], line_id__gt=due.after, line_id__lte=due.last)
        copy_reversed(posting, made.filter(line_id__in=lines.values("pk")))
    update_from(lines, state=LineState.CANCELLED, hold_reason="")
    return ranges.advance(work)


@post_cancellation.begin
def plan_cancellation(work: Work) -> None:
    """Fix the key ranges."""
    ranges.plan(work, lines=live_lines(work.params["payroll"]))


@post_cancellation.finish
def close_cancellation(work: Work) -> None:
    """The closing event: the reversal counts, what was held is decided, and the payroll is cancelled."""
    if "posting" in work.params:
        post(Posting.objects.get(pk=work.params["posting"]))
    payroll = locked(work.params["payroll"])
    update_from(_open_holds(payroll.pk), decision=HoldDecision.VOID, decided_at=timezone.now())
    move(payroll, PayrollState.CANCELLED, job_id=None, posting_id=None, held_count=0, held_minor=0)
    work.report = {"lines": work.done}


@post_cancellation.abandon
def give_up_cancellation(work: Work) -> bool:
    """Lines become what they were, in ranges. Their keys are still theirs: nobody is paid anew while a cancellation is under way."""
    payroll_id = work.params["payroll"]
    voided = Hold.objects.filter(line=OuterRef("pk"), decision=HoldDecision.VOID)
    gone = PayrollLine.everything.filter(payroll_id=payroll_id, state__in=FREE_LINES).filter(~Exists(voided)).order_by("pk")
    again = PayrollLine.everything.filter(pk__in=gone.values("pk")[: ranges.CHUNK])
    held = Q(pk__in=_open_holds(payroll_id).values("line"))
    reason = Hold.objects.filter(line=OuterRef("pk"), decision="").values("reason")[:1]
    before = LineState.SENT if work.params["before"] == PayrollState.RELEASED else LineState.DUE
    if update_from(again.filter(held), state=LineState.HELD, hold_reason=Subquery(reason)) + update_from(again, state=before):
        return True
    give_back(payroll_id, PayrollState.CANCELLING, PayrollState(work.params["before"]))
    return False


def _open_holds(payroll_id: int) -> "QuerySet[Hold]":
    return Hold.objects.filter(payroll=payroll_id, decision="")

"""Cancelling a payroll before it is sent: what was posted is reversed, nothing is removed, and the keys are free again."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import update_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.long import steps_of
from coremis.kernel.base.refusal import Invalid
from coremis.kernel.jobs.work import Work
from coremis.modules.ledger.models import Account, Movement, Posting
from coremis.modules.ledger.queries import COUNTS, accounts_of, postings_about
from coremis.modules.ledger.services import copy_reversed, open_reversal, post
from coremis.modules.payments import chunks
from coremis.modules.payments.models import Payroll, PayrollLine
from coremis.modules.payments.services.steps import give_back, locked, move, require_state
from coremis.modules.payments.states import CANCELLABLE_PAYROLLS, LineState, PayrollState


@action(_("Cancel a payroll"), approvable=True)
def cancel_payroll(*, payroll: Payroll, reason: str, actor: Actor) -> Payroll:
    """Void a payroll that was not sent yet: owed → fund where it was approved, and every beneficiary can be paid anew."""
    if not reason.strip():
        raise Invalid(_("The reason is missing."), {"reason": [_("Give the reason.")]})
    fresh = locked(payroll)
    require_state(fresh, *CANCELLABLE_PAYROLLS)
    params: dict[str, object] = {"payroll": fresh.pk, "before": fresh.state}
    posting = None
    if fresh.state == PayrollState.APPROVED:
        approval = postings_about(fresh).filter(purpose=Posting.Purpose.APPROVAL, state__in=COUNTS).get()
        posting = open_reversal(approval, fresh, takes_from=accounts_of(fresh.fund)[Account.Station.OWED], reason=reason)
        params |= {"posting": posting.pk, "reverses": approval.pk}
    job = post_cancellation.start(params, title_params={"number": fresh.number_text}, total=fresh.line_count)
    return move(fresh, PayrollState.CANCELLING, job_id=job.pk, posting_id=posting.pk if posting else None)


@steps_of(cancel_payroll, title=_("Cancel the payroll %(number)s"))
def post_cancellation(work: Work) -> bool:
    """One key range of lines: the opposite movements, and the new state."""
    due = chunks.current(work)
    if due is None:
        return False
    if "posting" in work.params:
        posting = Posting.objects.get(pk=work.params["posting"])
        made = Movement.objects.filter(posting=work.params["reverses"], line_id__gt=due.after, line_id__lte=due.last)
        copy_reversed(posting, made)
    update_from(due.of(PayrollLine.everything.filter(payroll_id=work.params["payroll"])), state=LineState.CANCELLED)
    return chunks.advance(work)


@post_cancellation.begin
def plan_cancellation(work: Work) -> None:
    """Fix the key ranges."""
    chunks.plan(work, lines=PayrollLine.everything.filter(payroll_id=work.params["payroll"]))


@post_cancellation.finish
def close_cancellation(work: Work) -> None:
    """The closing event: the reversal counts and the payroll is cancelled."""
    if "posting" in work.params:
        post(Posting.objects.get(pk=work.params["posting"]))
    move(locked(work.params["payroll"]), PayrollState.CANCELLED, job_id=None, posting_id=None)
    work.report = {"lines": work.done}


@post_cancellation.abandon
def give_up_cancellation(work: Work) -> bool:
    """Lines become due again, in ranges. Their keys are still theirs: nobody is paid anew while a cancellation is under way."""
    gone = PayrollLine.everything.filter(payroll_id=work.params["payroll"], state=LineState.CANCELLED).order_by("pk")
    if update_from(PayrollLine.everything.filter(pk__in=gone.values("pk")[: chunks.CHUNK]), state=LineState.DUE):
        return True
    give_back(work.params["payroll"], PayrollState.CANCELLING, PayrollState(work.params["before"]))
    return False

"""Sending an approved payroll for payment."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import update_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.long import steps_of
from coremis.kernel.jobs.work import Work
from coremis.modules.ledger.models import Account, Posting
from coremis.modules.ledger.queries import accounts_of
from coremis.modules.ledger.services import open_posting, post, post_movements
from coremis.modules.payments import chunks
from coremis.modules.payments.models import Payroll, PayrollLine
from coremis.modules.payments.queries import refuse_changed, refuse_other_totals
from coremis.modules.payments.services.approval import account_ids
from coremis.modules.payments.services.steps import give_back, locked, move, require_state, take_step
from coremis.modules.payments.states import LineState, PayrollState, Step

Station = Account.Station


@action(_("Send a payroll for payment"), approvable=True)
def release_payroll(*, payroll: Payroll, note: str = "", actor: Actor) -> Payroll:
    """Put every line on its way: owed → in transit. By somebody who neither calculated nor approved it."""
    fresh = locked(payroll)
    require_state(fresh, PayrollState.APPROVED)
    take_step(fresh, Step.RELEASE, actor)
    refuse_other_totals(fresh)
    owed = accounts_of(fresh.fund)[Station.OWED]
    posting = open_posting(Posting.Purpose.RELEASE, fresh, fresh.total, takes_from=owed, reason=note)
    params = {"payroll": fresh.pk, "posting": posting.pk, "accounts": account_ids(fresh)}
    job = post_release.start(params, title_params={"number": fresh.number_text}, total=fresh.line_count)
    return move(fresh, PayrollState.RELEASING, job_id=job.pk, posting_id=posting.pk)


@steps_of(release_payroll, title=_("Send the payroll %(number)s for payment"))
def post_release(work: Work) -> bool:
    """The movements and the new state of one key range of lines."""
    due = chunks.current(work)
    if due is None:
        return False
    posting, accounts = Posting.objects.get(pk=work.params["posting"]), work.params["accounts"]
    lines = due.of(PayrollLine.everything.filter(payroll_id=work.params["payroll"]))
    post_movements(posting, lines, source=accounts[Station.OWED], target=accounts[Station.TRANSIT], step="sent", expected=due.rows)
    update_from(lines, state=LineState.SENT)
    return chunks.advance(work)


@post_release.begin
def plan_release(work: Work) -> None:
    """Nothing is sent that is not what was approved (rulebook 2.11.1); then fix the key ranges."""
    lines = PayrollLine.everything.filter(payroll_id=work.params["payroll"])
    refuse_changed(lines)
    chunks.plan(work, lines=lines)


@post_release.finish
def close_release(work: Work) -> None:
    """The closing event: the posting counts and the payroll is in payment."""
    posting = post(Posting.objects.get(pk=work.params["posting"]))
    move(locked(work.params["payroll"]), PayrollState.RELEASED, job_id=None, posting_id=None)
    work.report = {"lines": work.done, "total_minor": posting.declared_minor}


@post_release.abandon
def give_up_release(work: Work) -> bool:
    """Lines go back to what they were, in ranges; the posting stays and never counts."""
    sent = PayrollLine.everything.filter(payroll_id=work.params["payroll"], state=LineState.SENT).order_by("pk")
    if update_from(PayrollLine.everything.filter(pk__in=sent.values("pk")[: chunks.CHUNK]), state=LineState.DUE):
        return True
    give_back(work.params["payroll"], PayrollState.RELEASING, PayrollState.APPROVED)
    return False

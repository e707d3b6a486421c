"""Approving a payroll: what was in the fund is now owed to the beneficiaries."""

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import update_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.long import steps_of
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.jobs import ranges
from coremis.kernel.jobs.work import Work
from coremis.modules.ledger.models import Account, Posting
from coremis.modules.ledger.queries import accounts_of
from coremis.modules.ledger.services import open_posting, post, post_movements
from coremis.modules.payments.findings import Verdict
from coremis.modules.payments.models import FlagMember, Payroll, PayrollLine
from coremis.modules.payments.queries import refuse_changed, refuse_other_totals, taken_from_fund, without_verdict
from coremis.modules.payments.services.flags import add_holds
from coremis.modules.payments.services.steps import (
    deciders,
    give_back,
    locked,
    move,
    note_step,
    recount,
    refuse_second_step,
    require_state,
)  # fmt: skip
from coremis.modules.payments.states import DUE_LINES, HELD_LINES, HoldReason, LineState, PayrollState, Step

Station = Account.Station


@action(_("Approve a payroll"), approvable=True)
def approve_payroll(*, payroll: Payroll, note: str = "", actor: Actor) -> Payroll:
    """Owe every line to its beneficiary: fund → owed. Refused where the fund does not hold the total, or a flag has no verdict.

    Whoever agreed to it did another step of this payroll neither before nor afterwards. Lines with the verdict “hold” are not
    owed: they leave the total, keep their key, and wait for a decision.
    """
    fresh = locked(payroll)
    require_state(fresh, PayrollState.VERIFIED)
    people = deciders()
    refuse_second_step(fresh, people, Step.APPROVE)
    note_step(fresh, people, Step.APPROVE)
    refuse_undecided(fresh)
    refuse_other_totals(fresh)
    hold_back(fresh)
    fund = accounts_of(fresh.fund)[Station.FUND]
    posting = open_posting(Posting.Purpose.APPROVAL, fresh, taken_from_fund(fresh), takes_from=fund, reason=note)
    params = {"payroll": fresh.pk, "posting": posting.pk, "accounts": account_ids(fresh)}
    job = post_approval.start(params, title_params={"number": fresh.number_text}, total=fresh.line_count)
    return move(fresh, PayrollState.APPROVING, job_id=job.pk, posting_id=posting.pk)


def refuse_undecided(payroll: Payroll) -> None:
    """Refuse as long as a flagged group needs a verdict and has none."""
    left = without_verdict(payroll).count()
    if left:
        words = ngettext(
            "%(count)s flagged group has no verdict yet. Say “pay” or “hold” for its payments first.",
            "%(count)s flagged groups have no verdict yet. Say “pay” or “hold” for their payments first.",
            left,
        )
        raise Refusal(words, count=left)


def hold_back(payroll: Payroll) -> None:
    """Hold the lines of which a verdict says so, and declare what remains."""
    judged = FlagMember.objects.filter(line=OuterRef("pk"), group__payroll=payroll, verdict=Verdict.HOLD, elsewhere=False)
    lines = PayrollLine.everything.filter(payroll=payroll, state__in=DUE_LINES).filter(Exists(judged))
    if update_from(lines, state=LineState.HELD, hold_reason=HoldReason.FLAGGED):
        held = PayrollLine.everything.filter(payroll=payroll, state__in=HELD_LINES, hold_reason=HoldReason.FLAGGED)
        add_holds(held, was_owed=False)
        recount(payroll)
    if not payroll.line_count:
        raise Refusal(_("Every payment of this payroll is held, so there is nothing to approve."))


@steps_of(approve_payroll, title=_("Approve the payroll %(number)s"))
def post_approval(work: Work) -> bool:
    """The movements of one key range of lines."""
    due = ranges.current(work)
    if due is None:
        return False
    posting, accounts = Posting.objects.get(pk=work.params["posting"]), work.params["accounts"]
    lines = due.of(PayrollLine.everything.filter(payroll_id=work.params["payroll"], state__in=DUE_LINES))
    if posting.declared_minor:  # what a re-issue pays is owed already
        post_movements(posting, lines, source=accounts[Station.FUND], target=accounts[Station.OWED], step="approved", expected=due.rows)
    return ranges.advance(work)


@post_approval.begin
def plan_approval(work: Work) -> None:
    """Nothing is approved that is not what was calculated; then fix the key ranges."""
    lines = PayrollLine.everything.filter(payroll_id=work.params["payroll"])
    refuse_changed(lines)
    ranges.plan(work, lines=lines.filter(state__in=DUE_LINES))


@post_approval.finish
def close_approval(work: Work) -> None:
    """The closing event: the posting counts, once the fund is locked and holds enough."""
    posting = post(Posting.objects.get(pk=work.params["posting"]))
    payroll = locked(work.params["payroll"])
    if posting.declared_minor != taken_from_fund(payroll).amount_minor:
        raise Refusal(_("The total has changed since it was approved. Nothing was posted. Tell your administrator."))
    move(payroll, PayrollState.APPROVED, job_id=None, posting_id=None)
    work.report = {"lines": work.done, "total_minor": posting.declared_minor}


@post_approval.abandon
def give_up_approval(work: Work) -> bool:
    """The posting stays and never counts; the payroll is again only verified."""
    give_back(work.params["payroll"], PayrollState.APPROVING, PayrollState.VERIFIED)
    return False


def account_ids(payroll: Payroll) -> dict[str, int]:
    """The accounts of a payroll's fund by kind, for a job's inputs."""
    return {kind: account.pk for kind, account in accounts_of(payroll.fund).items()}

"""Unclaimed money: how long it waits, and giving it back to the fund (owed → fund)."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import update_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.long import steps_of
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.config.settings import setting
from coremis.kernel.jobs import ranges
from coremis.kernel.jobs.work import Work
from coremis.modules.ledger.models import Account, Posting
from coremis.modules.ledger.queries import accounts_of
from coremis.modules.ledger.services import abandon, open_posting, post, post_movements
from coremis.modules.payments.models import Payroll, PayrollLine, UnclaimedPolicy
from coremis.modules.payments.services.approval import account_ids
from coremis.modules.payments.services.checking import WITH_RESULTS, later_attempts
from coremis.modules.payments.services.steps import locked, require_state
from coremis.modules.payments.states import FileState, LineState, PayrollState
from coremis.modules.programmes.models import Programme

Station = Account.Station


@action(_("Save the rule for unclaimed money"))
def save_unclaimed_policy(*, programme: Programme, grace_days: int, actor: Actor) -> UnclaimedPolicy:
    """How many days after a cycle the money of those who did not come is kept for them."""
    if not 0 <= grace_days <= 3650:
        raise Refusal(_("Give a number of days from 0 to 3650."))
    policy = UnclaimedPolicy.objects.filter(programme=programme).first() or UnclaimedPolicy(programme=programme)
    policy.grace_days = grace_days
    policy.save()
    return policy


def claimable_until(payroll: Payroll) -> date:
    """The last day on which unclaimed money of a payroll can be paid out."""
    return payroll.cycle.ends_on + timedelta(days=grace_days(payroll.cycle.programme_id))


def grace_days(programme_id: int) -> int:
    """How many days after a cycle the programme's unclaimed money is kept."""
    policy = UnclaimedPolicy.objects.filter(programme=programme_id).first()
    return policy.grace_days if policy else int(setting("payments.grace_days"))


def forfeitable(payroll: "Payroll | int") -> Any:
    """Lines that nobody collected and that were not re-issued."""
    return PayrollLine.everything.filter(~Exists(later_attempts()), payroll=payroll, state=LineState.UNCOLLECTED, forfeited_on=None)


@action(_("Give unclaimed money back to the fund"), approvable=True)
def forfeit_unclaimed(*, payroll: Payroll, note: str = "", actor: Actor) -> Payroll:
    """After the days of grace, what nobody collected goes back: owed → fund. Paid later all the same, it is an incident."""
    fresh = locked(payroll)
    require_state(fresh, *WITH_RESULTS)
    last = claimable_until(fresh)
    if timezone.localdate() <= last:
        raise Refusal(_("This money can be claimed until %(day)s. Wait until then."), day=last)
    if fresh.files.filter(state=FileState.APPLYING).exists() or fresh.job_id:
        raise Refusal(_("Results of this payroll are being applied. Wait until that is done."))
    if fresh.reissued_in.filter(state=PayrollState.PREPARING).exists():
        raise Refusal(_("Unpaid lines of this payroll are being re-issued. Wait until that is done."))
    total = forfeitable(fresh).aggregate(total=Sum("amount_minor"))["total"] or 0
    if not total:
        raise Refusal(_("Nothing of this payroll is unclaimed."))
    owed, amount = accounts_of(fresh.fund)[Station.OWED], Money(total, fresh.currency)
    posting = open_posting(Posting.Purpose.FORFEIT, fresh, amount, takes_from=owed, reason=note)
    params = {"payroll": fresh.pk, "posting": posting.pk, "accounts": account_ids(fresh), "on": timezone.localdate().isoformat()}
    job = post_forfeit.start(params, title_params={"number": fresh.number_text})
    return move_job(fresh, job.pk)


def move_job(payroll: Payroll, job_id: int | None) -> Payroll:
    """Note which work is under way."""
    payroll.job_id = job_id
    payroll.save()
    return payroll


@steps_of(forfeit_unclaimed, title=_("Give unclaimed money of %(number)s back to the fund"))
def post_forfeit(work: Work) -> bool:
    """The movements of one key range of lines, and the day on each."""
    due = ranges.current(work)
    if due is None:
        return False
    posting, accounts = Posting.objects.get(pk=work.params["posting"]), work.params["accounts"]
    lines = due.of(forfeitable(work.params["payroll"]))
    post_movements(posting, lines, source=accounts[Station.OWED], target=accounts[Station.FUND], step="forfeited", expected=due.rows)
    update_from(lines, forfeited_on=date.fromisoformat(work.params["on"]))
    return ranges.advance(work)


@post_forfeit.begin
def plan_forfeit(work: Work) -> None:
    """Fix the key ranges."""
    ranges.plan(work, lines=forfeitable(work.params["payroll"]))


@post_forfeit.finish
def close_forfeit(work: Work) -> None:
    """The closing event: the posting counts."""
    posting = post(Posting.objects.get(pk=work.params["posting"]))
    move_job(locked(work.params["payroll"]), None)
    work.report = {"lines": work.done, "total_minor": posting.declared_minor}


@post_forfeit.abandon
def give_up_forfeit(work: Work) -> bool:
    """The lines are owed again, in ranges; the posting stays and never counts."""
    gone = PayrollLine.everything.filter(payroll=work.params["payroll"], forfeited_on=date.fromisoformat(work.params["on"])).order_by("pk")
    if update_from(PayrollLine.everything.filter(pk__in=gone.values("pk")[: ranges.CHUNK]), forfeited_on=None):
        return True
    abandon(Posting.objects.get(pk=work.params["posting"]))
    move_job(locked(work.params["payroll"]), None)
    return False

"""Carrying on what was not paid: it goes back to the fund, and is paid together with the beneficiary's next payment.

A line that was finally not paid is either re-issued or carried on, never both: only lines that can still be re-issued are taken,
and what was carried on bears the day on which its money left, which keeps it from being re-issued (pitfall M16).
"""

from datetime import date

from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import update_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.long import steps_of
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.jobs import ranges
from coremis.kernel.jobs.work import Work
from coremis.modules.benefits.models import RuleVersion
from coremis.modules.ledger.models import Account, Posting
from coremis.modules.ledger.queries import accounts_of
from coremis.modules.ledger.services import abandon, open_posting, post, post_movements
from coremis.modules.payments.models import Payroll, PayrollLine
from coremis.modules.payments.reissuing import reissuable
from coremis.modules.payments.services.approval import account_ids
from coremis.modules.payments.services.forfeiting import move_job
from coremis.modules.payments.services.steps import locked, require_state
from coremis.modules.payments.states import FREE_LINES, FileState, PayrollState
from coremis.modules.programmes.models import PAYABLE

Station = Account.Station
UNPAID = F("amount_minor") - F("paid_minor")


def carriable(payroll: "Payroll | int") -> "QuerySet[PayrollLine]":
    """The lines that could be re-issued, of beneficiaries who can have a next payment."""
    return reissuable(payroll).filter(~Q(state__in=FREE_LINES), enrolment__status__in=PAYABLE)


def somebody_takes_backlog(programme_id: int) -> bool:
    """Whether a benefit rule in use pays what earlier payments left."""
    in_use = RuleVersion.objects.filter(rule__programme=programme_id, state=RuleVersion.State.ACTIVE)
    return any(definition.get("takes_backlog") is True for definition in in_use.values_list("definition", flat=True))


@action(_("Carry unpaid amounts on to the next payment"), approvable=True)
def carry_unpaid(*, payroll: Payroll, note: str = "", actor: Actor) -> Payroll:
    """What was finally not paid goes back to the fund (owed → fund) and is added to the next payment of each beneficiary.

    Only of a closed payroll, and only where a benefit rule of the programme takes up what earlier payments left.
    """
    fresh = locked(payroll)
    require_state(fresh, PayrollState.CLOSED)
    if not somebody_takes_backlog(fresh.cycle.programme_id):
        raise Refusal(_("No benefit rule of this programme pays what earlier payments left. Re-issue these payments instead."))
    if fresh.files.filter(state=FileState.APPLYING).exists() or fresh.job_id:
        raise Refusal(_("Results of this payroll are being applied. Wait until that is done."))
    if fresh.reissued_in.filter(state=PayrollState.PREPARING).exists():
        raise Refusal(_("Unpaid lines of this payroll are being re-issued. Wait until that is done."))
    total = carriable(fresh).aggregate(total=Sum(UNPAID))["total"] or 0
    if not total:
        raise Refusal(_("Nothing of this payroll can be carried on: all of it was paid, re-issued or given back."))
    owed, amount = accounts_of(fresh.fund)[Station.OWED], Money(total, fresh.currency)
    posting = open_posting(Posting.Purpose.CARRY, fresh, amount, takes_from=owed, reason=note)
    params = {"payroll": fresh.pk, "posting": posting.pk, "accounts": account_ids(fresh), "on": timezone.localdate().isoformat()}
    job = post_carried.start(params, title_params={"number": fresh.number_text})
    return move_job(fresh, job.pk)


@steps_of(carry_unpaid, title=_("Carry unpaid amounts of %(number)s on"))
def post_carried(work: Work) -> bool:
    """The movements of one key range of lines; each says what of it waits for the next payment."""
    due = ranges.current(work)
    if due is None:
        return False
    posting, accounts = Posting.objects.get(pk=work.params["posting"]), work.params["accounts"]
    lines = due.of(carriable(work.params["payroll"]))
    post_movements(
        posting, lines, source=accounts[Station.OWED], target=accounts[Station.FUND], step="carried", amount=UNPAID, expected=due.rows
    )
    update_from(lines, forfeited_on=date.fromisoformat(work.params["on"]), rolled_minor=UNPAID)
    return ranges.advance(work)


@post_carried.begin
def plan_carried(work: Work) -> None:
    """Fix the key ranges."""
    ranges.plan(work, lines=carriable(work.params["payroll"]))


@post_carried.finish
def close_carried(work: Work) -> None:
    """The closing event: the posting counts, and the next payroll finds the amounts."""
    posting = post(Posting.objects.get(pk=work.params["posting"]))
    move_job(locked(work.params["payroll"]), None)
    work.report = {"lines": work.done, "total_minor": posting.declared_minor}


@post_carried.abandon
def give_up_carried(work: Work) -> bool:
    """The lines are owed again, in ranges; the posting stays and never counts."""
    day = date.fromisoformat(work.params["on"])
    moved = PayrollLine.everything.filter(payroll=work.params["payroll"], forfeited_on=day, rolled_minor__gt=0).order_by("pk")
    if update_from(PayrollLine.everything.filter(pk__in=moved.values("pk")[: ranges.CHUNK]), forfeited_on=None, rolled_minor=0):
        return True
    abandon(Posting.objects.get(pk=work.params["posting"]))
    move_job(locked(work.params["payroll"]), None)
    return False

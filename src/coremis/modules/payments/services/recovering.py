"""Booking what closed payrolls kept back for overpaid amounts: to recover → paid, since that much of the benefit was received before.

The fund gets nothing: what is kept back never left it. What a payroll gave back is booked the other way.
"""

from typing import Any

from django.db.models import Case, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Abs
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.long import steps_of
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.jobs import ranges
from coremis.kernel.jobs.work import Work
from coremis.modules.ledger.models import Account, Posting
from coremis.modules.ledger.queries import accounts_of
from coremis.modules.ledger.services import abandon, open_posting, post, post_movements
from coremis.modules.payments.models import Payroll, PayrollLine
from coremis.modules.payments.services.approval import account_ids
from coremis.modules.payments.services.steps import locked, require_state
from coremis.modules.payments.states import FREE_LINES, PayrollState

Station = Account.Station
TOUCHED = ~Q(recovered_minor=0)


@action(_("Book what was kept back"))
def book_recoveries(*, payroll: Payroll, actor: Actor) -> Payroll:
    """Move what a closed payroll kept back from its beneficiaries: to recover → paid, once.

    It is booked about the fund, so that the balance of the payroll itself stays what its lines say.
    """
    fresh = locked(payroll)
    require_state(fresh, PayrollState.CLOSED)
    total = kept_back(fresh.pk).aggregate(total=Sum("recovered_minor"))["total"]
    if fresh.recovery_posting_id or total is None:
        raise Refusal(_("There is nothing to book: nothing was kept back, or it was booked before."))
    source, amount = accounts_of(fresh.fund)[Station.TO_RECOVER], Money(total, fresh.currency)
    posting = open_posting(Posting.Purpose.RECOVERY, fresh.fund, amount, takes_from=source, name=fresh.number_text)
    params = {"payroll": fresh.pk, "posting": posting.pk, "accounts": account_ids(fresh)}
    post_recoveries.start(params, title_params={"number": fresh.number_text}, area_ids=fresh.place_ids())
    fresh.recovery_posting_id = posting.pk
    fresh.save()
    return fresh


def kept_back(payroll_id: int) -> "QuerySet[PayrollLine]":
    """The lines of a payroll from which something was kept back, or with which it was given back."""
    rows: QuerySet[PayrollLine] = PayrollLine.everything.filter(TOUCHED, payroll_id=payroll_id)
    return rows.exclude(state__in=FREE_LINES)


@steps_of(book_recoveries, title=_("Book what %(number)s kept back"))
def post_recoveries(work: Work) -> bool:
    """The movements of one key range of lines."""
    due = ranges.current(work)
    if due is None:
        return False
    posting, accounts = Posting.objects.get(pk=work.params["posting"]), work.params["accounts"]
    lines = due.of(kept_back(work.params["payroll"]))
    owing, paid = Value(accounts[Station.TO_RECOVER]), Value(accounts[Station.PAID])
    post_movements(
        posting, lines, step="recovered", amount=Abs(F("recovered_minor")), expected=due.rows,
        source=Case(When(recovered_minor__gt=0, then=owing), default=paid),
        target=Case(When(recovered_minor__gt=0, then=paid), default=owing),
    )  # fmt: skip
    return ranges.advance(work)


@post_recoveries.begin
def plan_recoveries(work: Work) -> None:
    """Fix the key ranges."""
    ranges.plan(work, lines=kept_back(work.params["payroll"]))


@post_recoveries.finish
def close_recoveries(work: Work) -> None:
    """The posting counts."""
    posting = post(Posting.objects.get(pk=work.params["posting"]))
    work.report = {"lines": work.done, "total_minor": posting.declared_minor}


@post_recoveries.abandon
def give_up_recoveries(work: Work) -> bool:
    """The posting never counts; it can be booked again."""
    abandon(Posting.objects.get(pk=work.params["posting"]))
    payroll = locked(work.params["payroll"])
    payroll.recovery_posting_id = None
    payroll.save()
    return False


def waiting_for_booking() -> "QuerySet[Any]":
    """Closed payrolls that kept something back and have not booked it."""
    lines = PayrollLine.objects.filter(TOUCHED).exclude(state__in=FREE_LINES)
    return Payroll.objects.filter(state=PayrollState.CLOSED, recovery_posting_id=None, pk__in=lines.values("payroll_id"))

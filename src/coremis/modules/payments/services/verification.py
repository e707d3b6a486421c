"""Verifying a payroll: a second person has looked at who is left out, at the flags and at the difference to the cycle before."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.refusal import Refusal
from coremis.modules.ledger.models import Account
from coremis.modules.ledger.queries import accounts_of, available
from coremis.modules.payments.models import Payroll, Review
from coremis.modules.payments.queries import refuse_other_totals, taken_from_fund, to_approve
from coremis.modules.payments.services.steps import locked, move, require_state, take_step
from coremis.modules.payments.states import PayrollState, Step


@action(_("Verify a payroll"))
def verify_payroll(*, payroll: Payroll, note: str = "", actor: Actor) -> Payroll:
    """Say that the payroll was looked through. Refused before it was compared, and where the fund does not hold what is needed."""
    fresh = locked(payroll)
    require_state(fresh, PayrollState.CALCULATED)
    take_step(fresh, Step.VERIFY, actor)
    if not Review.objects.filter(payroll=fresh).exists():
        raise Refusal(_("This payroll is still being compared with the cycle before. Wait a moment and try again."))
    refuse_other_totals(fresh)
    require_funds(fresh)
    return move(fresh, PayrollState.VERIFIED)


def require_funds(payroll: Payroll) -> None:
    """Refuse where the fund does not hold what would be owed; the approval blocks it."""
    fund = accounts_of(payroll.fund)[Account.Station.FUND]
    there, needed = available(fund), taken_from_fund(payroll, to_approve(payroll)[1])
    if there < needed:
        raise Refusal(
            _("“%(account)s” has %(there)s free, and %(needed)s is needed. Enter the funds received first."),
            account=fund.owner, there=there.text(), needed=needed.text(),
        )  # fmt: skip

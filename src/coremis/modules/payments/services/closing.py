"""Explaining what is left, and closing a payroll."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.ledger.models import Account, Movement, Posting
from coremis.modules.ledger.queries import accounts_of
from coremis.modules.ledger.services import open_posting, post
from coremis.modules.payments.models import Payroll, ResultRow
from coremis.modules.payments.queries import what_blocks_closing
from coremis.modules.payments.services.steps import locked, move, require_state, take_step
from coremis.modules.payments.states import BLOCKING_PROBLEMS, FileState, LineState, PayrollState, Step

Station = Account.Station


@action(_("Close a payroll"), approvable=True)
def close_payroll(*, payroll: Payroll, note: str = "", actor: Actor) -> Payroll:
    """Close when everything is explained in number and value (rulebook 2.11.2); otherwise say every difference (pitfall M14)."""
    fresh = locked(payroll)
    require_state(fresh, PayrollState.RELEASED)
    take_step(fresh, Step.RECONCILE, actor)
    differences = what_blocks_closing(fresh)
    if differences:
        raise Refusal(_("The payroll cannot be closed yet. %(differences)s"), differences=" ".join(differences))
    return move(fresh, PayrollState.CLOSED, closed_at=timezone.now())


@action(_("Write off a difference"), approvable=True)
def write_off(*, row: ResultRow, reason: str, actor: Actor) -> ResultRow:
    """Explain a row that names an unknown payment, or give up recovering what was overpaid: to recover → written off."""
    if not reason.strip():
        raise Invalid(_("The reason is missing."), {"reason": [_("Give the reason.")]})
    fresh = ResultRow.objects.select_for_update(of=("self",)).select_related("file__payroll__fund", "line").get(pk=row.pk)
    overpaid = fresh.outcome == LineState.OVERPAID
    if fresh.resolution or fresh.file.state != FileState.APPLIED or not (overpaid or fresh.problem in BLOCKING_PROBLEMS):
        raise Refusal(_("This row has nothing to write off."))
    if overpaid:
        _write_off_excess(fresh, reason)
    fresh.resolution = reason[:300]
    fresh.save()
    return fresh


def _write_off_excess(row: ResultRow, reason: str) -> None:
    payroll, line = row.file.payroll, row.line
    assert line is not None
    accounts = accounts_of(payroll.fund)
    excess = Money(line.paid_minor - line.amount_minor, line.currency)
    posting = open_posting(Posting.Purpose.WRITE_OFF, payroll, excess, takes_from=accounts[Station.TO_RECOVER], reason=reason)
    Movement(
        posting=posting, line_id=line.pk, step="written off",
        from_account=accounts[Station.TO_RECOVER], to_account=accounts[Station.WRITTEN_OFF],
        amount_minor=excess.amount_minor, currency=excess.currency, reason=posting.purpose, effective_on=posting.effective_on,
        recorded_at=timezone.now(), area_id=line.area_id,
    ).save()  # fmt: skip
    post(posting)

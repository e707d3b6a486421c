"""Incidents: opening a dispute, and deciding. Money moves only by a posting of the decision (rulebook 2.11.2)."""

from typing import Any

from django.db.models import Exists
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import update_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.ledger.models import Account, Movement, Posting
from coremis.modules.ledger.queries import accounts_of
from coremis.modules.ledger.services import open_posting, post
from coremis.modules.payments.earlier import still_to_recover
from coremis.modules.payments.models import Incident, PayrollLine
from coremis.modules.payments.services.applying import calm, reverse_payments
from coremis.modules.payments.services.approval import account_ids
from coremis.modules.payments.services.checking import later_attempts
from coremis.modules.payments.states import (
    ENDS,
    PAID_LINES,
    IncidentEnd,
    IncidentKind,
    IncidentState,
    LineState,
    UnpaidReason,
)  # fmt: skip

Station = Account.Station
# From where to where, by what is decided.
MOVES = {
    IncidentEnd.CLAIM: (Station.FUND, Station.TO_RECOVER),
    IncidentEnd.RECOVERED: (Station.TO_RECOVER, Station.FUND),
    IncidentEnd.WRITTEN_OFF: (Station.TO_RECOVER, Station.WRITTEN_OFF),
}


@action(_("Note that a payee did not receive the money"))
def dispute_payment(*, line: PayrollLine, explanation: str, actor: Actor) -> Incident:
    """Open an incident about a payment with a proof. The money stays paid until somebody has found out."""
    if not explanation.strip():
        raise Invalid(_("The reason is missing."), {"explanation": [_("Say what the payee said, and when.")]})
    fresh = PayrollLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    if fresh.state not in PAID_LINES or fresh.state == LineState.DISPUTED:
        raise Refusal(_("Only a payment that counts as paid can be disputed. Look at its status."))
    incident = Incident(
        payroll_id=fresh.payroll_id, kind_of=IncidentKind.DISPUTED, line=fresh, area_id=fresh.area_id, amount_minor=fresh.paid_minor,
        currency=fresh.currency, explanation=explanation[:300],
    )  # fmt: skip
    incident.save()
    fresh.state = LineState.DISPUTED
    fresh.save()
    return incident


@action(_("Decide about an incident"), approvable=True)
def settle_incident(*, incident: Incident, end: IncidentEnd, explanation: str, actor: Actor) -> Incident:
    """Say how an incident ends: explained, to be recovered, recovered or written off; received or not received."""
    if not explanation.strip():
        raise Invalid(_("The explanation is missing."), {"explanation": [_("Give the explanation.")]})
    fresh = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    if end not in ENDS.get((fresh.kind_of, fresh.state), ()):
        raise Refusal(_("This cannot be decided about this incident now. Reload the page to see what can."))
    return decide(fresh, end, explanation, actor)


def decide(incident: Incident, end: IncidentEnd, explanation: str, actor: Any) -> Incident:
    """The decision, its movement and its effect on the payment; called inside an action, with the incident locked."""
    if end in MOVES:
        _move(incident, end, explanation)
    elif end in (IncidentEnd.RECEIVED, IncidentEnd.NOT_RECEIVED):
        _end_dispute(incident, end == IncidentEnd.RECEIVED, explanation)
    incident.state = IncidentState.CLAIMED if end == IncidentEnd.CLAIM else IncidentState.SETTLED
    incident.end, incident.explanation, incident.settled_by_id = end, explanation[:300], actor.pk
    incident.save()
    if incident.row is not None and not incident.row.resolution and incident.state == IncidentState.SETTLED:
        incident.row.resolution = explanation[:300]
        incident.row.save()
    return incident


def _move(incident: Incident, end: IncidentEnd, reason: str) -> None:
    accounts = accounts_of(incident.payroll.fund)
    source, target = (accounts[station] for station in MOVES[end])
    purpose = Posting.Purpose.WRITE_OFF if end == IncidentEnd.WRITTEN_OFF else Posting.Purpose.INCIDENT
    amount = moved_by(incident, end)
    if amount.amount_minor:
        posting = open_posting(purpose, incident.payroll, amount, takes_from=source, reason=reason)
        Movement(
            posting=posting, line_id=incident.line_id or 0, step=end.lower(), from_account=source, to_account=target,
            amount_minor=amount.amount_minor, currency=incident.currency, reason=posting.purpose, effective_on=posting.effective_on,
            recorded_at=timezone.now(), area_id=incident.area_id,
        ).save()  # fmt: skip
        post(posting)
    if end == IncidentEnd.CLAIM:
        incident.to_recover_minor = amount.amount_minor
        return
    incident.settled_minor = amount.amount_minor
    if end == IncidentEnd.RECOVERED:
        incident.to_recover_minor -= amount.amount_minor


def moved_by(incident: Incident, end: IncidentEnd) -> Money:
    """What a decision moves: all the incident is about, or what later payments have not kept back of it yet."""
    if incident.kind_of != IncidentKind.OVERPAID or incident.line is None or end == IncidentEnd.CLAIM:
        return incident.amount
    left = still_to_recover(incident.line)
    return Money(max(0, min(left, incident.amount_minor)), incident.currency)


def _end_dispute(incident: Incident, received: bool, reason: str) -> None:
    line = PayrollLine.objects.select_for_update(of=("self",)).get(pk=incident.line_id)
    if line.state != LineState.DISPUTED:
        raise Refusal(_("Only a payment that counts as paid can be disputed. Look at its status."))
    if not received:
        return _take_back(incident, line, reason)
    difference = line.paid_minor - line.amount_minor
    line.state = LineState.PAID if not difference else LineState.PARTIAL if difference < 0 else LineState.OVERPAID
    line.save()
    return None


def _take_back(incident: Incident, line: PayrollLine, reason: str) -> None:
    """The payment is reversed, and what was due is owed again."""
    if PayrollLine.everything.filter(Exists(later_attempts()), pk=line.pk).exists():
        raise Refusal(_("The rest of this payment was re-issued. Settle that payment first."))
    accounts, ids = accounts_of(incident.payroll.fund), account_ids(incident.payroll)
    kept = Money(min(line.paid_minor, line.amount_minor), line.currency)
    posting = open_posting(Posting.Purpose.INCIDENT, incident.payroll, kept, takes_from=accounts[Station.PAID], reason=reason)
    reverse_payments(posting, [line.pk], incident.payroll_id, ids)
    post(posting)
    calm(Incident.objects.filter(line=line, kind_of=IncidentKind.OVERPAID))
    lines = PayrollLine.everything.filter(pk=line.pk)
    update_from(
        lines, state=LineState.REVERSED, paid_minor=0, receipt="", proof="", collected_by="", paid_on=None,
        unpaid_reason=UnpaidReason.OTHER,
    )  # fmt: skip

"""Explaining what is left, and closing a payroll."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.refusal import Invalid, NotPermitted, Refusal
from coremis.modules.payments.models import Incident, Payroll, ResultRow
from coremis.modules.payments.queries import what_blocks_closing
from coremis.modules.payments.services.incidents import decide
from coremis.modules.payments.services.steps import locked, move, require_state, take_step
from coremis.modules.payments.states import BLOCKING_PROBLEMS, FileState, IncidentEnd, IncidentState, LineState, PayrollState, Step


@action(_("Close a payroll"), approvable=True)
def close_payroll(*, payroll: Payroll, note: str = "", actor: Actor) -> Payroll:
    """Close when everything is explained in number and value (rulebook 2.11.2); otherwise say every difference (pitfall M14).

    Nobody closes what they brought results for.
    """
    fresh = locked(payroll)
    require_state(fresh, PayrollState.RELEASED)
    if actor.pk is not None and fresh.files.filter(sent_by=actor.pk, state=FileState.APPLIED).exists():
        raise NotPermitted(_("You brought results of this payroll. Another person must close it."))
    take_step(fresh, Step.RECONCILE, actor)
    differences = what_blocks_closing(fresh)
    if differences:
        raise Refusal(_("The payroll cannot be closed yet. %(differences)s"), differences=" ".join(differences))
    return move(fresh, PayrollState.CLOSED, closed_at=timezone.now())


@action(_("Write off a difference"), approvable=True)
def write_off(*, row: ResultRow, reason: str, actor: Actor) -> ResultRow:
    """Explain a row that fits no payment, or give up recovering what was overpaid: to recover → written off."""
    if not reason.strip():
        raise Invalid(_("The reason is missing."), {"reason": [_("Give the reason.")]})
    fresh = ResultRow.objects.select_for_update(of=("self",)).select_related("file__payroll__fund", "line").get(pk=row.pk)
    overpaid = fresh.outcome == LineState.OVERPAID
    if fresh.resolution or fresh.file.state != FileState.APPLIED or not (overpaid or fresh.problem in BLOCKING_PROBLEMS):
        raise Refusal(_("This row has nothing to write off."))
    for incident in Incident.objects.select_for_update(of=("self",)).filter(row=fresh).exclude(state=IncidentState.SETTLED):
        end = IncidentEnd.WRITTEN_OFF if overpaid else IncidentEnd.EXPLAINED
        decide(incident, end, reason, actor)
    fresh.resolution = reason[:300]
    fresh.save()
    return fresh

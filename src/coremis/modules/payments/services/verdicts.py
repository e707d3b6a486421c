"""Verdicts on payments that may be for the same person: pay or hold, with a reason. Remembered from cycle to cycle."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.approvals.models import Request
from coremis.kernel.base.refusal import Invalid, NotPermitted, Refusal
from coremis.modules.payments.findings import Verdict
from coremis.modules.payments.models import FlagGroup, Payroll
from coremis.modules.payments.services.approval import approve_payroll
from coremis.modules.payments.services.steps import locked, require_state
from coremis.modules.payments.states import DUE_LINES, PayrollState, Step

WRONG = _("The verdict cannot be taken like this. Correct what is marked.")
# Whoever did one of these on the payroll says nothing about its payments.
OTHERS = (Step.CALCULATE, Step.RELEASE, Step.RECONCILE)


@action(_("Give a verdict on a flagged group"))
def decide_flag(*, group: FlagGroup, verdicts: dict[str, Any], reason: str, actor: Actor) -> FlagGroup:
    """Pay or hold each payment of a group: ``verdicts`` by payment number. What is held is not paid when the payroll is approved.

    While others are asked to approve, a payment can still be held, but none that is held can be let go.
    """
    payroll = locked(group.payroll_id)
    require_state(payroll, PayrollState.CALCULATED, PayrollState.VERIFIED)
    _refuse_own_payroll(payroll, actor)
    fresh = FlagGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
    members = list(fresh.members.filter(elsewhere=False).select_related("line").order_by("pk"))
    _check(members, verdicts, reason, asked=asked_about(payroll))
    for member in members:
        member.verdict = Verdict(verdicts[str(member.line.number)])
        member.save()
    held = any(member.verdict == Verdict.HOLD for member in members)
    fresh.verdict, fresh.reason = Verdict.HOLD if held else Verdict.PAY, reason.strip()[:300]
    fresh.decided_by_id, fresh.decided_at = actor.pk, timezone.now()
    fresh.save()
    return fresh


def asked_about(payroll: Payroll) -> bool:
    """Whether the approval of a payroll is being asked for."""
    waiting = Request.objects.filter(subject_kind=payroll.kind(), subject_id=payroll.pk, state=Request.State.PENDING)
    return waiting.filter(action=approve_payroll.name).exists()


def _refuse_own_payroll(payroll: Payroll, actor: Any) -> None:
    mine = payroll.steps.filter(person_id=actor.pk, step__in=OTHERS).first()
    if mine is not None:
        raise NotPermitted(
            _("You have done another step of this payroll (%(step)s). A different person must give the verdict."),
            step=mine.get_step_display(),
        )  # fmt: skip


def _check(members: list[Any], verdicts: dict[str, Any], reason: str, *, asked: bool) -> None:
    numbers = {str(member.line.number) for member in members}
    if set(verdicts) != numbers or not set(verdicts.values()) <= set(Verdict.values):
        raise Invalid(WRONG, {"verdicts": [_("Say “pay” or “hold” for each payment.")]})
    if not reason.strip():
        raise Invalid(WRONG, {"reason": [_("Give the reason.")]})
    for member in members:
        pays = verdicts[str(member.line.number)] == Verdict.PAY
        if pays and member.line.state not in DUE_LINES:
            raise Refusal(_("The payment %(number)s is held already. Let it go from its own page."), number=member.line.number_text)
        if pays and asked and member.verdict == Verdict.HOLD:
            raise Refusal(_("The approval is already asked for, so nothing that is held can be let go. Take the request back first."))

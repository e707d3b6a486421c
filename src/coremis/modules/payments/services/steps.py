"""Moving a payroll from state to state, and seeing to it that different people do its steps."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions import context
from coremis.kernel.approvals.models import Decision
from coremis.kernel.base.refusal import NotPermitted, Refusal
from coremis.modules.ledger.models import Posting
from coremis.modules.ledger.services import abandon
from coremis.modules.payments.models import Payroll, PayrollLine, PayrollStep
from coremis.modules.payments.queries import declared_lines
from coremis.modules.payments.states import HELD_LINES, PayrollState, Step


def locked(payroll: Payroll | int) -> Payroll:
    """The payroll as it is now, held until the transaction ends."""
    key = payroll if isinstance(payroll, int) else payroll.pk
    return Payroll.objects.select_for_update(of=("self",)).select_related("cycle__programme", "fund").get(pk=key)


def require_state(payroll: Payroll, *allowed: PayrollState) -> None:
    """Refuse, naming the state, where it is none of these (pitfalls M6, M8)."""
    if payroll.state not in allowed:
        raise Refusal(
            _("The payroll %(number)s is now “%(state)s”, so this cannot be done. Reload the page to see what can."),
            number=payroll.number_text, state=payroll.get_state_display(),
        )  # fmt: skip


def move(payroll: Payroll, state: PayrollState, **values: Any) -> Payroll:
    """Set the state and what goes with it."""
    for name, value in {**values, "state": state}.items():
        setattr(payroll, name, value)
    payroll.save()
    return payroll


def recount(payroll: Payroll) -> Payroll:
    """Write down anew what remains to be paid and what is held, after single lines were held, let go or voided. Two statements."""
    remain = declared_lines(payroll).aggregate(count=Count("pk"), total=Sum("amount_minor"))
    held = PayrollLine.everything.filter(payroll=payroll, state__in=HELD_LINES).aggregate(count=Count("pk"), total=Sum("amount_minor"))
    payroll.line_count, payroll.total_minor = remain["count"], remain["total"] or 0
    payroll.held_count, payroll.held_minor = held["count"], held["total"] or 0
    payroll.save()
    return payroll


def give_back(payroll_id: int, working: PayrollState, before: PayrollState) -> None:
    """Work on a payroll ended without result: its posting is given up and it is again what it was before."""
    payroll = locked(payroll_id)
    if payroll.posting_id:
        abandon(Posting.objects.get(pk=payroll.posting_id))
    if payroll.state == working:
        move(payroll, before, posting_id=None, job_id=None)


def take_step(payroll: Payroll, step: Step, actor: Any) -> None:
    """Note who does a step, and refuse whoever did another one on the same payroll; those who decide count as well."""
    people = deciders()
    refuse_second_step(payroll, people, Step.APPROVE)
    if actor.pk is not None:
        refuse_second_step(payroll, [actor.pk], step)
        note_step(payroll, [actor.pk], step)


def note_step(payroll: Payroll, people: Iterable[int], step: Step) -> None:
    """Remember that these people did this step."""
    known = set(payroll.steps.values_list("person_id", flat=True))
    for person in set(people) - known:
        PayrollStep(payroll=payroll, step=step, person_id=person).save()


def refuse_second_step(payroll: Payroll, people: Iterable[int], step: Step) -> None:
    """Nobody does two different steps of one payroll, whatever the profiles allow (rulebook 2.11.1)."""
    other = payroll.steps.filter(person_id__in=list(people)).exclude(step=step).select_related("person").first()
    if other is not None:
        raise NotPermitted(
            _("%(person)s has already done another step of this payroll (%(step)s). A different person must do this one."),
            person=str(other.person), step=other.get_step_display(),
        )  # fmt: skip


def deciders() -> list[int]:
    """Who agreed to the action in progress."""
    given = context.required().authority
    if given is None or given.request_id is None:
        return []
    said = Decision.objects.filter(request_id=given.request_id, verdict=Decision.Verdict.APPROVED)
    return list(said.values_list("person_id", flat=True))

"""Sending an approved payroll for payment, except those payments whose payee is no longer who it was."""

from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Sum, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import update_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.long import steps_of
from coremis.kernel.base.money import Money
from coremis.kernel.jobs import ranges
from coremis.kernel.jobs.work import Work
from coremis.modules.ledger.models import Account, Posting
from coremis.modules.ledger.queries import accounts_of
from coremis.modules.ledger.services import open_posting, post, post_movements
from coremis.modules.payments.models import Payroll, PayrollLine
from coremis.modules.payments.queries import refuse_changed, refuse_other_totals
from coremis.modules.payments.services.approval import account_ids
from coremis.modules.payments.services.flags import add_holds
from coremis.modules.payments.services.steps import give_back, locked, move, recount, require_state, take_step
from coremis.modules.payments.states import DUE_LINES, HELD_LINES, HELD_SINCE, HoldReason, LineState, PayrollState, Step
from coremis.modules.programmes.models import ENDED, PAYABLE, Enrolment
from coremis.modules.registry.models import Person, Recipient

Station = Account.Station


@action(_("Send a payroll for payment"), approvable=True)
def release_payroll(*, payroll: Payroll, note: str = "", actor: Actor) -> Payroll:
    """Put every line on its way: owed → in transit. By somebody who did none of its other steps.

    Lines whose payee died, left, was suspended or was replaced since the data freeze are held instead; they stay owed.
    """
    fresh = locked(payroll)
    require_state(fresh, PayrollState.APPROVED)
    take_step(fresh, Step.RELEASE, actor)
    refuse_other_totals(fresh)
    params = {"payroll": fresh.pk, "note": note, "accounts": account_ids(fresh)}
    job = post_release.start(params, title_params={"number": fresh.number_text}, total=fresh.line_count)
    return move(fresh, PayrollState.RELEASING, job_id=job.pk)


def changed_since(lines: "QuerySet[PayrollLine]") -> "QuerySet[PayrollLine]":
    """The lines whose payee died, whose beneficiary left or was suspended, or whose recipient is another person today."""
    return lines.filter(~Q(enrolment__status__in=PAYABLE) | _other_payee())


def replaced(lines: "QuerySet[PayrollLine]") -> "QuerySet[PayrollLine]":
    """The lines whose payee died, or is no longer the recipient: nobody may send these to the payee of the data freeze."""
    return lines.filter(_other_payee())


def why_held() -> Any:
    """The reason for lines of ``changed_since``, the gravest first."""
    person = Person.objects.filter(pk=OuterRef("payee_id"), death_date__isnull=False)
    mine = Enrolment._base_manager.filter(pk=OuterRef("enrolment_id"))
    whens = [
        When(Exists(person), then=Value(HoldReason.DIED)),
        When(Exists(mine.filter(status__in=ENDED)), then=Value(HoldReason.LEFT)),
        When(~Exists(mine.filter(status__in=PAYABLE)), then=Value(HoldReason.SUSPENDED)),
    ]
    return Case(*whens, default=Value(HoldReason.RECIPIENT_CHANGED), output_field=CharField())


def hold_changed(payroll: Payroll) -> int:
    """Hold the lines that must not be sent as they are, and count anew. Returns how many were held."""
    lines = PayrollLine.everything.filter(payroll=payroll)
    count = update_from(changed_since(lines.filter(state__in=DUE_LINES)), state=LineState.HELD, hold_reason=why_held())
    if count:
        add_holds(lines.filter(state__in=HELD_LINES, hold_reason__in=HELD_SINCE), was_owed=True)
        recount(payroll)
    return count


@steps_of(
    release_payroll, title=_("Send the payroll %(number)s for payment"), report={"held": _("Held for a decision")},
)  # fmt: skip
def post_release(work: Work) -> bool:
    """The movements and the new state of one key range of lines."""
    due = ranges.current(work)
    if due is None:
        return False
    posting, accounts = Posting.objects.get(pk=work.cursor["posting"]), work.params["accounts"]
    lines = due.of(PayrollLine.everything.filter(payroll_id=work.params["payroll"], state__in=DUE_LINES))
    post_movements(posting, lines, source=accounts[Station.OWED], target=accounts[Station.TRANSIT], step="sent", expected=due.rows)
    update_from(lines, state=LineState.SENT)
    return ranges.advance(work)


@post_release.begin
def plan_release(work: Work) -> None:
    """Nothing is sent that is not what was approved (rulebook 2.11.1), nor to whom it no longer belongs; then fix the key ranges."""
    payroll = locked(work.params["payroll"])
    lines = PayrollLine.everything.filter(payroll=payroll)
    refuse_changed(lines)
    work.cursor["held"] = hold_changed(payroll)
    due = lines.filter(state__in=DUE_LINES)
    total = due.aggregate(total=Sum("amount_minor"))["total"] or 0
    if total:
        owed, amount = accounts_of(payroll.fund)[Station.OWED], Money(total, payroll.currency)
        posting = open_posting(Posting.Purpose.RELEASE, payroll, amount, takes_from=owed, reason=work.params["note"])
        work.cursor["posting"] = posting.pk
        move(payroll, PayrollState.RELEASING, posting_id=posting.pk)
    ranges.plan(work, lines=due)


@post_release.finish
def close_release(work: Work) -> None:
    """The closing event: the posting counts and the payroll is in payment."""
    total = post(Posting.objects.get(pk=work.cursor["posting"])).declared_minor if "posting" in work.cursor else 0
    move(locked(work.params["payroll"]), PayrollState.RELEASED, job_id=None, posting_id=None)
    work.report = {"lines": work.done, "total_minor": total, "held": work.cursor["held"]}


@post_release.abandon
def give_up_release(work: Work) -> bool:
    """Lines go back to what they were, in ranges; the posting stays and never counts. What was held waits for its decision."""
    sent = PayrollLine.everything.filter(payroll_id=work.params["payroll"], state=LineState.SENT).order_by("pk")
    if update_from(PayrollLine.everything.filter(pk__in=sent.values("pk")[: ranges.CHUNK]), state=LineState.DUE):
        return True
    give_back(work.params["payroll"], PayrollState.RELEASING, PayrollState.APPROVED)
    return False


def _other_payee() -> Q:
    collects = Recipient.on(timezone.localdate()).filter(household=OuterRef("enrolment__household"), rank=0, person=OuterRef("payee_id"))
    return Q(payee__death_date__isnull=False) | Q(enrolment__household__isnull=False) & Q(~Exists(collects))

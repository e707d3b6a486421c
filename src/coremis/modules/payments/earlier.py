"""What earlier payments of a beneficiary used up, left and overpaid: the running account from which the next payment is computed.

Nothing is marked: a line says itself what it left (``carried_minor``, and ``rolled_minor`` where it was not paid and carried on),
what it took over (``backlog_minor``) and what it kept back (``recovered_minor``). Their sums are the account, so each franc is
taken once, and a cancelled line gives back. Where a payment that was overpaid is itself taken back after later ones kept something
back for it, the account falls below zero: the next payment gives that back (``recovered_minor`` below zero).
"""

from typing import Any

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, IntegerField, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from coremis.modules.payments.models import Cycle, Incident, LeftOut, PayrollLine
from coremis.modules.payments.states import FREE_LINES, POSTED_PAYROLLS, IncidentEnd, IncidentKind, PayrollState
from coremis.modules.programmes.models import Enrolment

NOTHING = Value(0, output_field=BigIntegerField())
NONE = Value(0, output_field=IntegerField())


def still_there() -> Q:
    """Lines that hold their key: also cancelled ones whose cancellation may still be given up."""
    return ~Q(state__in=FREE_LINES) | Q(payroll__state=PayrollState.CANCELLING)


def past_of(cycle: Cycle | None, base: "QuerySet[Any]", component: str) -> "list[QuerySet[Any]]":
    """For these beneficiaries a key and the columns of PAST: used in the cycle, used in all, payments, backlog, to recover.

    Without a cycle nothing was used in it.
    Payments are counted for the one component; all else is about the beneficiary, whatever it was paid for.
    """
    keys = base.order_by().values("pk")
    return [_lines(cycle, keys, component), _below_minimum(cycle, keys), _settled(keys)]


def _less(one: Any, other: Any) -> Any:
    return ExpressionWrapper(one - other, output_field=BigIntegerField())


def _sum(amount: Any, only: Q | None = None) -> Any:
    return Coalesce(Sum(amount, filter=only, output_field=BigIntegerField()), NOTHING)


def _lines(cycle: Cycle | None, keys: Any, component: str) -> "QuerySet[Any]":
    over, posted = Q(paid_minor__gt=F("amount_minor")), Q(payroll__state__in=POSTED_PAYROLLS)
    lines = PayrollLine.everything.filter(still_there(), enrolment_id__in=keys).order_by().values("enrolment_id")
    found = lines.annotate(
        cycle_used=Coalesce(Sum("entitled_minor", filter=Q(cycle=cycle)), NOTHING), all_used=Sum("entitled_minor"),
        times=Count("pk", filter=Q(reissue_of=None, component=component)),
        left=_less(
            Coalesce(Sum("carried_minor", filter=posted), NOTHING) + Coalesce(Sum("rolled_minor", filter=Q(payroll__job_id=None)), NOTHING),
            Sum("backlog_minor"),
        ),
        excess=_less(_sum(_less(F("paid_minor"), F("amount_minor")), over), Sum("recovered_minor")),
    )  # fmt: skip
    return found.values_list("enrolment_id", "cycle_used", "all_used", "times", "left", "excess")


def _below_minimum(cycle: Cycle | None, keys: Any) -> "QuerySet[Any]":
    """Amounts that were too small to pay: they count to the caps, and are paid later."""
    rows = LeftOut.everything.filter(enrolment_id__in=keys, carried_minor__gt=0, payroll__state__in=POSTED_PAYROLLS).order_by()
    found = rows.values("enrolment_id").annotate(
        cycle_used=Coalesce(Sum("carried_minor", filter=Q(payroll__cycle=cycle)), NOTHING), all_used=Sum("carried_minor"), times=NONE,
        left=Sum("carried_minor"), excess=NOTHING,
    )  # fmt: skip
    return found.values_list("enrolment_id", "cycle_used", "all_used", "times", "left", "excess")


def _settled(keys: Any) -> "QuerySet[Any]":
    """What was overpaid and has come back, or is no longer asked back, by a decision about its incident.

    What somebody brought counts also after the payment itself was taken back: it is theirs again.
    """
    brought, still_over = Q(end=IncidentEnd.RECOVERED), Q(line__paid_minor__gt=F("line__amount_minor"))
    rows = Incident.objects.filter(brought | still_over, line__enrolment_id__in=keys, kind_of=IncidentKind.OVERPAID).order_by()
    found = rows.filter(settled_minor__gt=0).values("line__enrolment_id").annotate(
        cycle_used=NOTHING, all_used=NOTHING, times=NONE, left=NOTHING, excess=_less(NOTHING, Sum("settled_minor")),
    )  # fmt: skip
    return found.values_list("line__enrolment_id", "cycle_used", "all_used", "times", "left", "excess")


def gave_something(programme_id: int) -> bool:
    """Whether any beneficiary of a programme has given something back, by less in a payment or by hand: it may be theirs again."""
    kept = PayrollLine.everything.filter(~Q(recovered_minor=0), cycle__programme=programme_id)
    brought = Incident.objects.filter(line__cycle__programme=programme_id, end=IncidentEnd.RECOVERED, settled_minor__gt=0)
    return bool(kept.exists() or brought.exists())


def account_of(enrolment: Enrolment) -> tuple[int, int]:
    """The running account of a beneficiary, in minor units: what earlier payments left, and what is to be given back by it.

    The second is below zero where the programme has to give back.
    """
    own = Enrolment._base_manager.filter(pk=enrolment.pk)
    rows = [row for found in past_of(None, own, "") for row in found]
    return sum(int(row[4] or 0) for row in rows), sum(int(row[5] or 0) for row in rows)


def still_to_recover(line: PayrollLine) -> int:
    """What the beneficiary of a line still has to give back of all that was overpaid; below zero: what is to be given back."""
    return account_of(line.enrolment)[1]

"""What earlier payments of a beneficiary used up, left and overpaid: the running account from which the next payment is computed.

Nothing is marked: a line says itself what it left (``carried_minor``, and ``rolled_minor`` where it was not paid and carried on),
what it took over (``backlog_minor``) and what it kept back (``recovered_minor``). Their sums are the account, so each franc is
taken once, and a cancelled line gives back.
"""

from typing import Any

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, IntegerField, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from coremis.modules.payments.models import Cycle, LeftOut, PayrollLine, ResultRow
from coremis.modules.payments.states import FREE_LINES, POSTED_PAYROLLS, LineState, PayrollState

NOTHING = Value(0, output_field=BigIntegerField())
NONE = Value(0, output_field=IntegerField())


def still_there() -> Q:
    """Lines that hold their key: also cancelled ones whose cancellation may still be given up."""
    return ~Q(state__in=FREE_LINES) | Q(payroll__state=PayrollState.CANCELLING)


def past_of(cycle: Cycle, base: "QuerySet[Any]") -> "list[QuerySet[Any]]":
    """For these beneficiaries a key and the columns of PAST: used in the cycle, used in all, payments, backlog, to recover."""
    keys = base.order_by().values("pk")
    return [_lines(cycle, keys), _below_minimum(cycle, keys), _written_off(keys)]


def _less(one: Any, other: Any) -> Any:
    return ExpressionWrapper(one - other, output_field=BigIntegerField())


def _sum(amount: Any, only: Q | None = None) -> Any:
    return Coalesce(Sum(amount, filter=only, output_field=BigIntegerField()), NOTHING)


def _lines(cycle: Cycle, keys: Any) -> "QuerySet[Any]":
    over, posted = Q(state=LineState.OVERPAID), Q(payroll__state__in=POSTED_PAYROLLS)
    lines = PayrollLine.everything.filter(still_there(), enrolment_id__in=keys).order_by().values("enrolment_id")
    found = lines.annotate(
        cycle_used=Coalesce(Sum("entitled_minor", filter=Q(cycle=cycle)), NOTHING), all_used=Sum("entitled_minor"),
        times=Count("pk", filter=Q(reissue_of=None)),
        left=_less(
            Coalesce(Sum("carried_minor", filter=posted), NOTHING) + Coalesce(Sum("rolled_minor", filter=Q(payroll__job_id=None)), NOTHING),
            Sum("backlog_minor"),
        ),
        excess=_less(_sum(_less(F("paid_minor"), F("amount_minor")), over), Sum("recovered_minor")),
    )  # fmt: skip
    return found.values_list("enrolment_id", "cycle_used", "all_used", "times", "left", "excess")


def _below_minimum(cycle: Cycle, keys: Any) -> "QuerySet[Any]":
    """Amounts that were too small to pay: they count to the caps, and are paid later."""
    rows = LeftOut.everything.filter(enrolment_id__in=keys, carried_minor__gt=0, payroll__state__in=POSTED_PAYROLLS).order_by()
    found = rows.values("enrolment_id").annotate(
        cycle_used=Coalesce(Sum("carried_minor", filter=Q(payroll__cycle=cycle)), NOTHING), all_used=Sum("carried_minor"), times=NONE,
        left=Sum("carried_minor"), excess=NOTHING,
    )  # fmt: skip
    return found.values_list("enrolment_id", "cycle_used", "all_used", "times", "left", "excess")


def _written_off(keys: Any) -> "QuerySet[Any]":
    """What was overpaid and is no longer asked back."""
    rows = (
        ResultRow.objects.filter(line__enrolment_id__in=keys, line__state=LineState.OVERPAID, outcome=LineState.OVERPAID)
        .exclude(resolution="")
        .order_by()
    )
    found = rows.values("line__enrolment_id").annotate(
        cycle_used=NOTHING, all_used=NOTHING, times=NONE, left=NOTHING,
        excess=_sum(_less(F("line__amount_minor"), F("line__paid_minor"))),
    )  # fmt: skip
    return found.values_list("line__enrolment_id", "cycle_used", "all_used", "times", "left", "excess")

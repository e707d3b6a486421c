"""The cycle before, as queries: which of its payments stand beside those of a payroll, and the figures of both by place."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from coremis.kernel.areas.models import Area
from coremis.kernel.areas.queries import below
from coremis.modules.payments.models import Cycle, Payroll, PayrollLine
from coremis.modules.payments.states import FREE_LINES, LIVE_PAYROLLS

Lines = "QuerySet[PayrollLine]"
MOST_UNITS = 200


def cycle_before(payroll: Payroll) -> Cycle | None:
    """The last cycle before this one in which the programme has a payroll of the same kind that stands."""
    held = Payroll.objects.filter(cycle=OuterRef("pk"), component=payroll.component, state__in=LIVE_PAYROLLS)
    earlier = Cycle.objects.filter(programme_id=payroll.cycle.programme_id, starts_on__lt=payroll.cycle.starts_on)
    return earlier.filter(Exists(held)).order_by("-starts_on").first()


def lines_before(payroll: Payroll, cycle: Cycle | None) -> "QuerySet[PayrollLine]":
    """The payments of the cycle before, each beneficiary once."""
    rows: QuerySet[PayrollLine] = PayrollLine.everything.filter(
        cycle=cycle, component=payroll.component, payroll__state__in=LIVE_PAYROLLS, attempt=1
    )
    return rows.exclude(state__in=FREE_LINES) if cycle else rows.none()


def in_places(rows: "QuerySet[PayrollLine]", payroll: Payroll) -> "QuerySet[PayrollLine]":
    """Only the payments in the places that were chosen for a payroll."""
    return rows.filter(area_id__in=below(payroll.places.values_list("area_id", flat=True)))


def gone(payroll: Payroll, cycle: Cycle | None) -> "QuerySet[PayrollLine]":
    """The payments of the cycle before whose beneficiary has none in this cycle, whatever payroll it is in."""
    now = PayrollLine.objects.filter(
        cycle_id=payroll.cycle_id, component=payroll.component, enrolment=OuterRef("enrolment"), payroll__state__in=LIVE_PAYROLLS
    ).exclude(state__in=FREE_LINES)
    return in_places(lines_before(payroll, cycle), payroll).filter(~Exists(now))


def units_of(payroll: Payroll) -> list[Area]:
    """The places by which a payroll is compared: the chosen ones, or what lies directly within the only one."""
    chosen = list(Area.objects.filter(pk__in=payroll.places.values("area_id")).order_by("name"))
    if len(chosen) > 1:
        return chosen[:MOST_UNITS]
    return list(Area.objects.filter(parent__in=chosen).order_by("name")[:MOST_UNITS]) or chosen


def by_unit(rows: "QuerySet[PayrollLine]", units: list[Area]) -> dict[int, tuple[int, int]]:
    """Number and value of payments in each of these places and below. One statement."""
    inside = rows.filter(area__ancestors_of__ancestor__in=[unit.pk for unit in units]).order_by()
    found: Any = inside.values_list("area__ancestors_of__ancestor").annotate(count=Count("pk"), total=Sum("amount_minor"))
    return {unit: (count, total) for unit, count, total in found}


def sums(rows: "QuerySet[Any]", amount: str = "amount_minor", **condition: Any) -> tuple[int, int]:
    """Number and value of rows."""
    found = rows.filter(Q(**condition)).order_by().aggregate(count=Count("pk"), total=Sum(amount))
    return found["count"], found["total"] or 0

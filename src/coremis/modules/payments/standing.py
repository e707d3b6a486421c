"""Where the money of a payment stands, and whether it came in time: as expressions that lists filter by and dashboards count."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, F, Q, QuerySet, TextChoices, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.filters import ChoiceFilter
from coremis.modules.payments.states import (
    AWAITING_LINES,
    FREE_LINES,
    HELD_BEFORE,
    HELD_LINES,
    PAID_LINES,
    POSTED_PAYROLLS,
    UNPAID_LINES,
    LineState,
)
from coremis.modules.payments.unpaid import latest_cycles


class Standing(TextChoices):
    """Where the money of a payment stands (rulebook 2.11.2); each payment stands in one place."""

    PLANNED = "PLANNED", _("calculated, not owed yet")
    OWED = "OWED", _("owed")
    TRANSIT = "TRANSIT", _("in transit")
    PAID = "PAID", _("paid")
    PART = "PART", _("partly paid, the rest owed")
    REPLACED = "REPLACED", _("paid again by another payment")
    BACK = "BACK", _("back in the fund")
    VOID = "VOID", _("cancelled")


class Window(TextChoices):
    """Whether a payment came within the days of payment of its cycle."""

    OPEN = "OPEN", _("days of payment not over")
    IN_TIME = "IN_TIME", _("paid in time")
    AFTER = "AFTER", _("paid later")
    LATE = "LATE", _("late, not paid")
    UNSET = "UNSET", _("no days of payment set, or cancelled")


OPEN_ENDED = (Standing.PLANNED, Standing.OWED, Standing.TRANSIT, Standing.PART)


def standing() -> Case:
    """The standing of a payment.

    A re-issue is owed before its approval, because the first attempt left it owed; so is what a cancelled re-issue was to pay.
    """
    again = Q(attempt__gt=1, reissued_as=None, forfeited_on=None)
    kept = Q(state__in=HELD_LINES, hold_reason__in=HELD_BEFORE)
    rest = Q(state=LineState.PARTIAL, paid_minor__lt=F("amount_minor"), reissued_as=None, forfeited_on=None)
    return Case(
        When(Q(state__in=FREE_LINES) & again, then=Value(Standing.OWED)),
        When(state__in=FREE_LINES, then=Value(Standing.VOID)),
        When(state__in=AWAITING_LINES, then=Value(Standing.TRANSIT)),
        When(rest, then=Value(Standing.PART)),
        When(state__in=PAID_LINES, then=Value(Standing.PAID)),
        When(forfeited_on__isnull=False, then=Value(Standing.BACK)),
        When(reissued_as__isnull=False, then=Value(Standing.REPLACED)),
        When(state__in=UNPAID_LINES, then=Value(Standing.OWED)),
        When(again | Q(payroll__state__in=POSTED_PAYROLLS) & ~kept, then=Value(Standing.OWED)),
        default=Value(Standing.PLANNED), output_field=CharField(),
    )  # fmt: skip


def owed_minor() -> Case:
    """Of an amount, what is still owed: all of it, or the rest."""
    return Case(
        When(state=LineState.PARTIAL, then=F("amount_minor") - F("paid_minor")), default=F("amount_minor"), output_field=BigIntegerField()
    )


def window(today: date) -> Case:
    """Whether a payment came in time, as of a day. What was voided, paid again or given back has no time."""
    until = F("cycle__pay_until")
    gone = Q(standing__in=[Standing.VOID, Standing.REPLACED, Standing.BACK])
    return Case(
        When(Q(cycle__pay_until=None) | gone, then=Value(Window.UNSET)),
        When(state__in=PAID_LINES, paid_on__gt=until, then=Value(Window.AFTER)),
        When(state__in=PAID_LINES, then=Value(Window.IN_TIME)),
        When(cycle__pay_until__lt=today, then=Value(Window.LATE)),
        default=Value(Window.OPEN), output_field=CharField(),
    )  # fmt: skip


def with_standing(rows: QuerySet[Any]) -> Any:
    """The payments with ``standing`` and ``window`` of today."""
    return rows.alias(standing=standing()).alias(window=window(timezone.localdate()))


@dataclass(frozen=True)
class StandingFilter(ChoiceFilter):
    """Payments by ``standing`` or ``window``, whichever is the filter's name."""

    def apply(self, rows: QuerySet[Any], value: list[tuple[Any, str]]) -> QuerySet[Any]:
        found: QuerySet[Any] = with_standing(rows).filter(**{f"{self.name}__in": [stored for stored, _words in value]})
        return found


@dataclass(frozen=True)
class LatestFilter(ChoiceFilter):
    """Payments of the newest cycle of each programme of which something was sent for payment."""

    def apply(self, rows: QuerySet[Any], value: list[tuple[Any, str]]) -> QuerySet[Any]:
        newest = Q(cycle__in=list(latest_cycles().values()))
        wanted = {stored for stored, _words in value}
        return rows if len(wanted) == 2 else rows.filter(newest if "yes" in wanted else ~newest)

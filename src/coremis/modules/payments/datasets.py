"""What can be counted of payments: number and money by what became of them, in time or late, to whom and where."""

from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.datasets.dataset import Dataset, Dimension, Measure, Query
from coremis.kernel.datasets.widget import Chart, Size, Step, Widget
from coremis.kernel.module.contributions import Contribution
from coremis.modules.payments.models import Cycle, PayrollLine
from coremis.modules.payments.queries import kept_amount
from coremis.modules.payments.standing import Standing, Window, owed_minor, standing, window
from coremis.modules.payments.states import PAID_LINES, UNPAID_LINES, LineState, UnpaidReason
from coremis.modules.payments.tables import LineTable, points_to_choose, programmes_to_choose
from coremis.modules.payments.unpaid import latest_cycles
from coremis.modules.registry.models import Sex

PAYMENTS = "payments.payments"
MOST_CYCLES = 60
LIVE = Q(standing__in=[one for one in Standing if one != Standing.VOID])
FIRST = Q(reissue_of=None)
TO_PAY = Q(standing__in=[Standing.OWED, Standing.PART])
OVER = (Window.IN_TIME, Window.AFTER, Window.LATE)


def payments() -> Any:
    """Every payment of the payrolls that are calculated."""
    rows = PayrollLine.objects.annotate(standing=standing(), kept_minor=kept_amount(), owed_minor=owed_minor(), sex=F("payee__sex"))
    return rows.annotate(window=window(timezone.localdate()), is_latest=in_latest_cycle())


def in_latest_cycle() -> Any:
    """Whether a payment belongs to the newest cycle of its programme of which something was sent."""
    return Q(cycle__in=list(latest_cycles().values()))


def of_standing(*standings: Standing) -> Query:
    """The filter of the list of payments."""
    return {"standing": [one.value for one in standings]}


def cycle_words(values: Any, user: Any) -> list[tuple[int, str]]:
    """Payment cycles with their programme, the earliest first; to choose from, the newest."""
    rows = Cycle.objects.visible_to(user, "payments.view_cycle").select_related("programme")
    if values is None:
        return [(row.pk, f"{row} · {row.programme}") for row in rows.order_by("-starts_on", "-pk")[:MOST_CYCLES]]
    return [(row.pk, str(row)) for row in rows.filter(pk__in=[value for value in values if value]).order_by("starts_on", "pk")]


def point_words(values: Any, user: Any) -> list[tuple[Any, Any]]:
    """Payment points that a person may see or that pay people of theirs, by name; those without a point last."""
    rows = points_to_choose(user).filter(pk__in=[value for value in values or () if value])
    return [*((row.pk, row.name) for row in rows.order_by("search_name", "pk")), ("", _("without a payment point"))]


NOT_VOID = of_standing(*(one for one in Standing if one != Standing.VOID))
DIMENSIONS = [
    Dimension("programme", _("Programme"), on="cycle__programme_id", choices=lambda values, user: programmes_to_choose(user), on_top=True),
    Dimension("cycle", _("Cycle"), on="cycle_id", choices=cycle_words, over_time=True, on_top=True),
    Dimension("state", _("Status"), choices=LineState.choices),
    Dimension("standing", _("Money"), choices=Standing.choices),
    Dimension("window", _("In time"), choices=Window.choices),
    Dimension(
        "reason",
        _("Reason"),
        on="unpaid_reason",
        choices=[*UnpaidReason.choices, ("", _("without a reason"))],
        query=lambda value: {"reason": [value or "none"]},
    ),
    Dimension("sex", _("Sex of the payee"), choices=Sex.choices),
    Dimension("point", _("Payment point"), on="point_id", choices=point_words, query=lambda value: {"point": [value or "none"]}),
]
LATE: Query = {"window": [Window.LATE.value]}
IN_TIME: Query = {"window": [Window.IN_TIME.value]}
PAID: Query = {"state": [state.value for state in PAID_LINES]}
UNPAID: Query = {"state": [state.value for state in UNPAID_LINES], **of_standing(Standing.OWED)}
MEASURES = [
    Measure("payments", _("Payments"), _("Number of payments that were not cancelled."), where=LIVE, query=NOT_VOID),
    Measure(
        "planned",
        _("Planned amount"),
        _("Sum of the amounts of first payments that were not cancelled. Re-issues pay the same again."),
        of="amount_minor",
        where=LIVE & FIRST,
        query={**NOT_VOID, "first": ["yes"]},
        money=True,
    ),
    Measure(
        "paid_count",
        _("Payments made"),
        _("Number of payments that arrived, in full or in part."),
        where=Q(state__in=PAID_LINES),
        query=PAID,
    ),
    Measure(
        "paid",
        _("Paid amount"),
        _("Sum of what arrived, of each payment at most what was due."),
        of="kept_minor",
        where=Q(state__in=PAID_LINES),
        query=PAID,
        money=True,
    ),
    Measure(
        "payment_rate",
        _("Payment rate"),
        _("Paid amount, of the planned amount."),
        of="kept_minor",
        where=Q(state__in=PAID_LINES),
        query=PAID,
        money=True,
        per="planned",
    ),
    Measure(
        "owed",
        _("Owed"),
        _("Sum of what was approved and is neither sent nor paid, with the rest of part payments."),
        of="owed_minor",
        where=TO_PAY,
        query=of_standing(Standing.OWED, Standing.PART),
        money=True,
    ),
    Measure(
        "transit",
        _("In transit"),
        _("Sum of the payments that were sent and have no result yet."),
        of="amount_minor",
        where=Q(standing=Standing.TRANSIT),
        query=of_standing(Standing.TRANSIT),
        money=True,
    ),
    Measure(
        "late",
        _("Late payments"),
        _("Payments not made although the days of payment of their cycle are over."),
        where=Q(window=Window.LATE),
        query=LATE,
    ),
    Measure(
        "over",
        _("Payments whose days are over"),
        _("Payments of cycles whose days of payment are over, and those already made."),
        where=Q(window__in=OVER),
        query={"window": [one.value for one in OVER]},
    ),
    Measure(
        "in_time",
        _("Paid in time"),
        _("Payments made within the days of payment, of all that were made or are late."),
        where=Q(window=Window.IN_TIME),
        query=IN_TIME,
        per="over",
    ),
    Measure(
        "unpaid",
        _("Not collected or returned"),
        _("Payments that did not arrive and are owed again."),
        where=Q(state__in=UNPAID_LINES, standing=Standing.OWED),
        query=UNPAID,
    ),
    Measure(
        "paid_latest",
        _("Paid in the last cycle"),
        _("Payments that arrived, of the newest cycle of each programme that was sent for payment."),
        where=Q(state__in=PAID_LINES, is_latest=True),
        query={**PAID, "latest": ["yes"]},
    ),
]

DATASETS: list[Contribution] = [
    Dataset(
        PAYMENTS,
        _("Payments"),
        _("Every payment of a payroll that is calculated, with what became of it."),
        LineTable.permission,
        payments,
        "payments:line_list",
        DIMENSIONS,
        MEASURES,
        currency="currency",
    ),
    Step(_("Paid in the last cycle"), PAYMENTS, "paid_latest", order=60),
    Widget(
        _("Owed"), PAYMENTS, "owed", Chart.FIGURE, size=Size.SMALL, seats={"manager": 14, "payments": 20, "accountant": 10, "approver": 14}
    ),
    Widget(
        _("In transit"),
        PAYMENTS,
        "transit",
        Chart.FIGURE,
        size=Size.SMALL,
        seats={"manager": 15, "payments": 21, "accountant": 11, "approver": 15},
    ),
    Widget(
        _("Paid amount"),
        PAYMENTS,
        "paid",
        Chart.FIGURE,
        size=Size.SMALL,
        seats={"manager": 16, "payments": 22, "accountant": 12, "auditor": 13},
    ),
    Widget(
        _("Payment rate"),
        PAYMENTS,
        "payment_rate",
        Chart.FIGURE,
        size=Size.SMALL,
        seats={"manager": 17, "payments": 23, "accountant": 13, "auditor": 14, "verifier": 13},
    ),
    Widget(
        _("Late payments"),
        PAYMENTS,
        "late",
        Chart.FIGURE,
        size=Size.SMALL,
        seats={"manager": 13, "payments": 12, "commune": 13, "verifier": 10, "approver": 16},
    ),
    Widget(_("Paid in time"), PAYMENTS, "in_time", Chart.FIGURE, size=Size.SMALL, seats={"payments": 13, "auditor": 22, "verifier": 11}),
    Widget(_("Paid amount by cycle"), PAYMENTS, "paid", Chart.LINE, by="cycle", seats={"manager": 50, "payments": 40, "accountant": 40}),
    Widget(
        _("What became of the payments of each cycle"),
        PAYMENTS,
        "payments",
        Chart.SHARE,
        by="cycle",
        across="standing",
        seats={"manager": 52, "payments": 42, "accountant": 42, "auditor": 50},
    ),
    Widget(
        _("Not collected or returned, by reason"),
        PAYMENTS,
        "unpaid",
        Chart.BARS,
        by="reason",
        seats={"payments": 50, "commune": 40, "manager": 85},
    ),
    Widget(_("Late payments by place"), PAYMENTS, "late", Chart.BARS, by="place", seats={"payments": 60}),
    Widget(
        _("Payments by payment point"),
        PAYMENTS,
        "payments",
        Chart.TABLE,
        by="point",
        across="standing",
        size=Size.WIDE,
        seats={"payments": 70, "commune": 80},
    ),
    Widget(_("Payment rate by programme"), PAYMENTS, "payment_rate", Chart.BARS, by="programme", seats={"accountant": 50}),
]

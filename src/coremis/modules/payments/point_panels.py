"""What this module shows of payment points: on the page of a payroll, and on the page of a point."""

from typing import Any, ClassVar

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coremis.kernel.base.money import Money
from coremis.kernel.screens.columns import Column, money_text, text_of
from coremis.kernel.screens.details import Fact
from coremis.kernel.screens.tables import Table, small_table
from coremis.modules.payments.models import Payroll, PayrollLine, TakenPaper
from coremis.modules.payments.paper.contents import NOT_LISTED
from coremis.modules.payments.states import HIDDEN_PAYROLLS, LIVE_PAYROLLS
from coremis.modules.points.models import PaymentPoint

FIRST = 200
NEWEST = 6
Shown = dict[str, Any] | None


class PaperTable(Table):
    """Papers that were taken."""

    model = TakenPaper
    permission = "payments.view_takenpaper"
    columns: ClassVar = [
        Column("paper", gettext_lazy("Paper"), show=lambda row: row.get_paper_display()),
        Column("point", gettext_lazy("Payment point"), show=lambda row: row.point.name if row.point else "–"),
        Column("payroll", gettext_lazy("Payroll"), show=lambda row: row.payroll.number_text, kind="code"),
        Column("number", gettext_lazy("Version"), kind="number"),
        Column("copy", gettext_lazy("Copy"), show=lambda row: row.copy or gettext_lazy("Original")),
        Column("count", gettext_lazy("Payments"), show=lambda row: row.line_count, kind="number"),
        Column("total", gettext_lazy("Total"), show=lambda row: Money(row.total_minor, row.payroll.currency), kind="amount"),
        Column("taken_by", gettext_lazy("Taken by"), show=lambda row: str(row.taken_by or "–")),
        Column("taken_at", gettext_lazy("Taken on"), show=lambda row: row.taken_at, kind="date"),
        Column("code", gettext_lazy("Code on the pages"), kind="code"),
    ]

    @classmethod
    def prepare(cls, rows: Any) -> Any:
        return rows.select_related("point", "payroll", "taken_by")


def payroll_points(request: Any, payroll: Payroll) -> Shown:
    """Number and value at each point; those without a point first, as a warning."""
    if payroll.state in HIDDEN_PAYROLLS:
        return None
    lines = PayrollLine.objects.visible_to(request.user, "payments.view_payrollline").filter(payroll=payroll).exclude(state__in=NOT_LISTED)
    rows = list(lines.order_by().values_list("point_id", "point_name").annotate(count=Count("pk"), total=Sum("amount_minor")))
    rows.sort(key=lambda row: (row[0] is not None, row[1], row[0] or 0))
    seen = PaymentPoint.objects.visible_to(request.user, "points.view_paymentpoint").filter(pk__in=[row[0] for row in rows if row[0]])
    open_to = set(seen.values_list("pk", flat=True))
    facts = [
        Fact(
            name if point else _("Warning: without a payment point"), _worth(count, total, payroll.currency),
            reverse("points:point_detail", kwargs={"pk": point}) if point in open_to else "",
        ).ready()
        for point, name, count, total in rows[:FIRST]
    ]  # fmt: skip
    return {"facts": facts} if facts else {"text": _("Nobody can be paid in this payroll now.")}


def payroll_papers(request: Any, payroll: Payroll) -> Shown:
    """Who took which paper of a payroll, newest first."""
    return _papers(request, ("payroll",), payroll=payroll)


def point_papers(request: Any, point: PaymentPoint) -> Shown:
    """Who took which paper of a point, newest first."""
    return _papers(request, ("point",), point=point)


def _papers(request: Any, omit: tuple[str, ...], **which: Any) -> Shown:
    rows = list(PaperTable.visible(request.user).filter(**which).order_by("-pk")[:FIRST])
    return {"table": small_table(PaperTable, rows, request.user, omit)} if rows else {"text": _("Nothing was printed yet.")}


def point_payrolls(request: Any, point: PaymentPoint) -> Shown:
    """How many are paid here in the newest payrolls, and the papers to take."""
    user = request.user
    lines = PayrollLine.objects.visible_to(user, "payments.view_payrollline").filter(point=point, payroll__state__in=LIVE_PAYROLLS)
    counted = (
        lines.exclude(state__in=NOT_LISTED).order_by().values_list("payroll_id").annotate(count=Count("pk"), total=Sum("amount_minor"))
    )
    found = {payroll: (count, total) for payroll, count, total in counted.order_by("-payroll_id")[:NEWEST]}
    if not found:
        return {"text": _("No payroll pays here yet.")}
    payrolls = Payroll.objects.filter(pk__in=found).select_related("cycle__programme").order_by("-pk")
    facts = [
        Fact(f"{row.number_text} · {row.cycle.programme} · {row.cycle}", _worth(*found[row.pk], row.currency)).ready() for row in payrolls
    ]  # fmt: skip
    newest = payrolls[0].number
    wanted = {"take_point_list": _("Payee list"), "take_cash_sheet": _("Cash sheet")}
    links = [
        {"url": f"{reverse(f'payments:{name}', kwargs={'pk': point.pk})}?payroll={newest}", "title": title}
        for name, title in wanted.items() if user.may(f"payments.{name}", [point.area_id])
    ]  # fmt: skip
    return {"facts": facts, "links": links}


def _worth(count: int, total: int, currency: str) -> str:
    words = ngettext("%(count)s payment, %(amount)s", "%(count)s payments, %(amount)s", count)
    return words % {"count": text_of(count), "amount": money_text(Money(total, currency))}

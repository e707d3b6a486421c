"""What those who prepare payments see on the home page: cycles, steps, who is left out, lists to print, and what to pay again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coremis.kernel.approvals.models import Request
from coremis.kernel.base.money import Money
from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.contributions import Shown
from coremis.kernel.screens.details import Fact
from coremis.kernel.screens.tables import figure_table, small_table
from coremis.modules.payments.models import LeftOut, Payroll, PayrollLine, TakenPaper
from coremis.modules.payments.paper.contents import NOT_LISTED
from coremis.modules.payments.states import PAID_LINES, Exclusion, PayrollState, UnpaidReason
from coremis.modules.payments.tables import CycleTable, PayrollTable
from coremis.modules.payments.unpaid import AGAIN, LAST, latest_cycles, unpaid
from coremis.modules.payments.words import status_of
from coremis.modules.points.models import PaymentPoint
from coremis.modules.programmes.models import Programme
from coremis.modules.programmes.services import ProgrammeFigure
from coremis.modules.registry.services.hooks import PlaceFigure

P = PayrollState
OPEN_PAYROLLS = (P.CALCULATED, P.VERIFIED, P.APPROVING, P.APPROVED, P.RELEASING, P.RELEASED)
PRINTABLE = (P.APPROVED, P.RELEASING, P.RELEASED)
FEW, MOST = 6, 30
SOON = timedelta(days=45)
LISTS = (TakenPaper.Paper.PAYEES, TakenPaper.Paper.WORKBOOK)
# What comes next in each state: the title of the button, and the action; its page and its permission bear the same name.
NEXT = {
    P.CALCULATED: (gettext_lazy("Verify"), "verify_payroll"),
    P.VERIFIED: (gettext_lazy("Ask for approval"), "approve_payroll"),
    P.APPROVED: (gettext_lazy("Send for payment"), "release_payroll"),
    P.RELEASED: (gettext_lazy("Bring results"), "upload_results"),
}


def lines_address(**query: Any) -> str:
    """The list of payments, filtered."""
    return f"{reverse('payments:line_list')}?{urlencode(query, doseq=True)}"


def seen_lines(user: Any) -> Any:
    """The payments that the reader may see."""
    return PayrollLine.objects.visible_to(user, "payments.view_payrollline").order_by()


def cycles(request: HttpRequest) -> Shown:
    """The cycles that run or come soon, newest first: freeze, window, what is next, and what is late."""
    today = timezone.localdate()
    rows = CycleTable.visible(request.user).filter(closed_at=None, starts_on__lte=today + SOON).order_by("-starts_on", "-pk")[:FEW]
    table = small_table(CycleTable, list(rows), request.user, omit=["starts_on", "ends_on", "calculate_by", "approve_by"])
    links = [{"url": reverse("payments:cycle_list") + "?clear=1", "title": _("All cycles")}]
    return {"table": table, "links": links} if table["rows"] else {"text": _("No cycle runs now."), "links": links}


def steps(request: HttpRequest) -> Shown:
    """The payrolls under way, each with its next step; a button where the reader may take it."""
    user: Any = request.user
    payrolls = list(PayrollTable.visible(user).filter(state__in=OPEN_PAYROLLS).order_by("-pk")[:FEW])
    if not payrolls:
        return {"text": _("No payroll is under way.")}
    asked = Request.objects.filter(subject_kind=Payroll.kind(), subject_id__in=[row.pk for row in payrolls], state=Request.State.PENDING)
    waiting = {row.subject_id: row for row in asked.select_related("level_profile")}
    heads = [
        (_("Payroll"), "code"), (_("Cycle"), ""), (_("Status"), "status"), (_("Payments"), "number"), (_("Total"), "amount"),
        (_("Next step"), ""),
    ]  # fmt: skip
    rows = [
        [
            (row.number_text, reverse("payments:payroll_detail", args=[row.pk])), (f"{row.cycle.programme} · {row.cycle}", ""),
            (status_of(row), ""), (row.line_count, reverse("payments:payroll_lines", args=[row.pk])), (row.total, ""),
            next_step(row, waiting.get(row.pk), user),
        ]
        for row in payrolls
    ]  # fmt: skip
    return {"table": figure_table(heads, rows)}


def next_step(payroll: Payroll, asked: Request | None, user: Any) -> tuple[Any, str]:
    """What comes next, and its page where the reader may open it."""
    if asked is not None:
        return _("waits for: %(who)s") % {"who": asked.level_profile}, ""
    title, action = NEXT.get(PayrollState(payroll.state), ("", ""))
    open_to = action and user.has_perm(f"payments.{action}")
    return title, reverse(f"payments:{action}", args=[payroll.pk]) if open_to else ""


def left_out(request: HttpRequest) -> Shown:
    """Who is left out of the payrolls under way, by reason; each number leads to the names."""
    user: Any = request.user
    payrolls = {
        row.pk: row
        for row in Payroll.objects.visible_to(user, "payments.view_payroll").filter(state__in=OPEN_PAYROLLS).order_by("-pk")[:FEW]
    }
    rows = LeftOut.objects.visible_to(user, "payments.view_leftout").filter(payroll__in=list(payrolls)).order_by()
    counts = sorted(rows.values_list("payroll_id", "reason").annotate(count=Count("pk")), key=lambda row: (-row[0], -row[2]))[:MOST]
    facts = [
        Fact(
            f"{payrolls[payroll].number_text} · {Exclusion(reason).label}", count,
            f"{reverse('payments:payroll_left_out', args=[payroll])}?reason={reason}",
        ).ready()
        for payroll, reason, count in counts
    ]  # fmt: skip
    return {"facts": facts} if facts else {"text": _("Nobody is left out of the payrolls under way.")}


def lists_to_print(request: HttpRequest) -> Shown:
    """The points of my places where a payroll that is approved or in payment pays, with their payee lists and cash sheets."""
    user: Any = request.user
    found = paying_points(user)
    if not found:
        return {"text": _("No list is to be printed now.")}
    papers = [
        (name, title)
        for name, title in (("take_point_list", _("Payee list")), ("take_cash_sheet", _("Cash sheet")))
        if user.has_perm(f"payments.{name}")
    ]
    rows = [
        [*point_cells(point, payroll, count, total)]
        + [(title, f"{reverse(f'payments:{name}', args=[point.pk])}?payroll={payroll.number}") for name, title in papers]
        for point, payroll, count, total in found[:MOST]
    ]
    return {"table": figure_table([*POINT_HEADS, *((title, "") for _name, title in papers)], rows)}


def without_lists(request: HttpRequest) -> Shown:
    """The points whose payee list nobody has taken yet, of payrolls that are approved or in payment."""
    user: Any = request.user
    found = paying_points(user)
    papers = TakenPaper.objects.filter(payroll__in={payroll.pk for _point, payroll, _count, _total in found}, paper__in=LISTS)
    taken = set(papers.values_list("payroll_id", "point_id"))
    missing = [row for row in found if (row[1].pk, row[0].pk) not in taken]
    if not missing:
        return {"text": _("Every point has its payee list.")}
    words = _("%(count)s payee lists are not taken yet.") % {"count": text_of(len(missing))}
    return {"text": words, "table": figure_table(POINT_HEADS, [point_cells(*row) for row in missing[:MOST]])}


POINT_HEADS = [
    (gettext_lazy("Payment point"), ""), (gettext_lazy("Payroll"), "code"), (gettext_lazy("Payments"), "number"),
    (gettext_lazy("Total"), "amount"),
]  # fmt: skip


def point_cells(point: PaymentPoint, payroll: Payroll, count: int, total: Money) -> list[tuple[Any, str]]:
    """One point and payroll; the number leads to these payments."""
    listed = [state for state in PayrollLine._meta.get_field("state").choices if state[0] not in NOT_LISTED]  # type: ignore[union-attr]
    address = lines_address(point=point.pk, payroll=payroll.pk, state=[code for code, _words in listed])
    return [(point.name, reverse("points:point_detail", args=[point.pk])), (payroll.number_text, ""), (count, address), (total, "")]


def paying_points(user: Any) -> list[tuple[PaymentPoint, Payroll, int, Money]]:
    """Number and value at each point in my places, of the newest payrolls that are approved or in payment. Three queries."""
    payrolls = {row.pk: row for row in Payroll.objects.filter(state__in=PRINTABLE).order_by("-pk")[:FEW]}
    lines = seen_lines(user).filter(payroll__in=list(payrolls), point__isnull=False).exclude(state__in=NOT_LISTED)
    rows = lines.values_list("point_id", "payroll_id").annotate(count=Count("pk"), total=Sum("amount_minor"))
    points = PaymentPoint.objects.visible_to(user, "points.view_paymentpoint").order_by("name").in_bulk()
    found = [
        (points[point], payrolls[payroll], count, Money(total, payrolls[payroll].currency))
        for point, payroll, count, total in rows if point in points
    ]  # fmt: skip
    return sorted(found, key=lambda row: (-row[1].pk, row[0].name, row[0].pk))


def unpaid_reasons(request: HttpRequest) -> Shown:
    """Who was not paid in the last cycle, by reason."""
    rows = seen_lines(request.user).filter(unpaid(LAST))
    counts = sorted(rows.values_list("unpaid_reason").annotate(count=Count("pk")), key=lambda row: -row[1])
    if not counts:
        return {"text": _("Everybody was paid in the last cycle.")}
    facts = [
        Fact(UnpaidReason(reason).label.capitalize(), count, lines_address(unpaid=LAST, reason=reason))
        for reason, count in counts
        if reason
    ]
    facts.append(Fact(_("All"), sum(count for _reason, count in counts), lines_address(unpaid=LAST)))
    return {"facts": [fact.ready() for fact in facts]}


def to_pay_again(request: HttpRequest) -> Shown:
    """Payments that finally did not arrive and were not paid again, by payroll, newest first."""
    user: Any = request.user
    rows = seen_lines(user).filter(unpaid(AGAIN)).values_list("payroll_id").annotate(count=Count("pk"), total=Sum("amount_minor"))
    counts = {payroll: (count, total) for payroll, count, total in rows.order_by("-payroll_id")[:FEW]}
    payrolls = Payroll.objects.filter(pk__in=counts).select_related("cycle__programme").order_by("-pk")
    may = user.has_perm("payments.reissue_payroll")
    cells = [
        [
            (f"{row.number_text} · {row.cycle.programme} · {row.cycle}", reverse("payments:payroll_detail", args=[row.pk])),
            (counts[row.pk][0], lines_address(payroll=row.pk, unpaid=AGAIN)),
            (_("Re-issue unpaid lines"), reverse("payments:reissue_payroll", args=[row.pk])) if may else ("", ""),
        ]
        for row in payrolls
    ]  # fmt: skip
    if not cells:
        return {"text": _("Nothing is to be paid again.")}
    return {"table": figure_table([(_("Payroll"), ""), (_("Payments"), "number"), (_("Next step"), "")], cells)}


def paid_in_cycle(user: Any, programmes: Sequence[Programme]) -> Mapping[int, tuple[int, str]]:
    """For each programme, how many were paid in the newest cycle that was sent for payment."""
    newest = latest_cycles()
    lines = seen_lines(user).filter(cycle__in=[newest[one.pk] for one in programmes if one.pk in newest], state__in=PAID_LINES)
    counts = dict(lines.values_list("cycle_id").annotate(count=Count("pk")))
    return {
        one.pk: (counts.get(newest[one.pk], 0), lines_address(cycle=newest[one.pk], state=list(PAID_LINES)))
        for one in programmes if one.pk in newest
    }  # fmt: skip


def unpaid_by_place(user: Any) -> Iterable[tuple[int, int]]:
    """Who was not paid in the last cycle, by place."""
    return seen_lines(user).filter(unpaid(LAST)).values_list("area_id").annotate(count=Count("pk"))  # type: ignore[no-any-return]


FIGURES: list[Contribution] = [
    ProgrammeFigure(gettext_lazy("Paid in the last cycle"), "payments.view_payrollline", paid_in_cycle, order=10),
    PlaceFigure(
        gettext_lazy("Unpaid in the last cycle"), "payments.view_payrollline", unpaid_by_place,
        lambda place: lines_address(area=place, unpaid=LAST), order=50,
    ),
]  # fmt: skip

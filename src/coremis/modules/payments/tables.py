"""The lists of this module; all of them count exactly."""

from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.money import Money
from coremis.kernel.base.numbers import number_text
from coremis.kernel.screens.columns import Column, Status, text_of
from coremis.kernel.screens.filters import AreaFilter, BooleanFilter, ChoiceFilter, SearchFilter
from coremis.kernel.screens.tables import Table
from coremis.modules.ledger.models import Account
from coremis.modules.ledger.queries import with_balance
from coremis.modules.payments.calendar import due_next, placed, with_phase
from coremis.modules.payments.findings import Phase
from coremis.modules.payments.models import Cycle, Fund, LeftOut, Payroll, PayrollLine, ResultFile, ResultRow
from coremis.modules.payments.standing import LatestFilter, Standing, StandingFilter, Window
from coremis.modules.payments.states import Exclusion, FileState, HoldReason, LineState, PayrollState, RowProblem, UnpaidReason
from coremis.modules.payments.unpaid import AGAIN, LAST, ReasonFilter, RowFilter, UnpaidFilter
from coremis.modules.payments.words import file_status, phase_status, status_of
from coremis.modules.points.models import PaymentPoint, Provider
from coremis.modules.programmes.models import Programme
from coremis.modules.registry.models import Household, Sex


class FundTable(Table):
    """Funds with what is in them."""

    model = Fund
    permission = "payments.view_fund"
    exact = True
    columns: ClassVar = [
        Column("code", _("Code"), kind="code", sort="code"),
        Column("name", _("Name"), show=str),
        Column("programme", _("Programme"), show=lambda row: str(row.programme)),
        Column("balance", _("Balance"), show=lambda row: Money(getattr(row, "balance_minor", None) or 0, row.currency), kind="amount"),
        Column("is_active", _("In use")),
    ]
    default_sort = "code"
    export_name = "funds"

    @classmethod
    def prepare(cls, rows: Any) -> Any:
        held: Any = Account.objects.filter(station=Account.Station.FUND, owner_kind=Fund.kind(), owner_id=OuterRef("pk"))
        summed: Any = with_balance(held)
        return rows.select_related("programme").annotate(balance_minor=Subquery(summed.values("balance_minor")[:1]))

    @staticmethod
    def row_link(row: Any) -> str:
        return reverse("payments:fund_detail", kwargs={"pk": row.pk})


def window_of(cycle: Any) -> str:
    """From when until when a cycle pays."""
    return " – ".join(text_of(day) for day in (cycle.pay_from, cycle.pay_until) if day)


def next_of(cycle: Any) -> str:
    """What comes next in a cycle, and by when."""
    what, day = due_next(cycle)
    return f"{what} · {text_of(day)}" if day else str(what)


class CycleTable(Table):
    """Payment cycles, newest first: the calendar."""

    model = Cycle
    permission = "payments.view_cycle"
    exact = True
    columns: ClassVar = [
        Column("name", _("Name"), show=str),
        Column("programme", _("Programme"), show=lambda row: str(row.programme)),
        Column("phase", _("Status"), show=phase_status, kind="status"),
        Column("next", _("Next step"), show=next_of),
        Column("starts_on", _("First day"), kind="date", sort="starts_on"),
        Column("ends_on", _("Last day"), kind="date"),
        Column("freeze_on", _("Data freeze"), kind="date", help=_("Who is paid, and to whom, is taken as it was on this day.")),
        Column("window", _("Payment"), show=window_of),
    ]
    only_in_files: ClassVar = [
        Column("calculate_by", _("Calculate by"), kind="date"),
        Column("approve_by", _("Approve by"), kind="date"),
        Column("reconcile_by", _("Reconcile by"), kind="date"),
    ]
    filters: ClassVar = [ChoiceFilter("phase", _("Status"), choices=Phase.choices)]
    default_sort = "-starts_on"
    export_name = "cycles"

    @classmethod
    def file_columns_for(cls, user: Any) -> list[Column]:
        """With the days by which each step is due; a page shows the next one of them."""
        return [*super().file_columns_for(user), *cls.only_in_files]

    @classmethod
    def prepare(cls, rows: Any) -> Any:
        return with_phase(rows.select_related("programme"))

    @staticmethod
    def row_link(row: Any) -> str:
        return reverse("payments:cycle_detail", kwargs={"pk": row.pk})

    @staticmethod
    def row_needs_attention(row: Any) -> bool:
        return bool(placed(row).phase == Phase.LATE)


class PayrollTable(Table):
    """Payrolls, newest first."""

    model = Payroll
    permission = "payments.view_payroll"
    exact = True
    columns: ClassVar = [
        Column("number", _("Number"), show=lambda row: row.number_text, kind="code", sort="number"),
        Column("programme", _("Programme"), show=lambda row: str(row.cycle.programme)),
        Column("cycle", _("Cycle"), show=lambda row: str(row.cycle)),
        Column("state", _("Status"), show=status_of, kind="status"),
        Column("lines", _("Payments"), show=lambda row: row.line_count, kind="number"),
        Column("total", _("Total"), show=lambda row: row.total, kind="amount"),
        Column("held", _("Held"), show=lambda row: row.held_count, kind="number"),
        Column("left_out", _("Left out"), show=lambda row: row.left_out_count, kind="number"),
    ]
    search = SearchFilter("search", _("Number"), within=(), number="number")
    filters: ClassVar = [ChoiceFilter("state", _("Status"), choices=PayrollState.choices)]
    default_sort = "-number"
    export_name = "payrolls"

    @classmethod
    def prepare(cls, rows: Any) -> Any:
        return rows.select_related("cycle__programme")

    @staticmethod
    def row_link(row: Any) -> str:
        return reverse("payments:payroll_detail", kwargs={"pk": row.pk})


def payrolls_of(user: Any) -> QuerySet[Any]:
    """The payrolls that pay somebody whom this person may see, newest first."""
    seen = PayrollLine.objects.visible_to(user, LineTable.permission).filter(payroll=OuterRef("pk"))
    return Payroll.objects.filter(Exists(seen)).order_by("-pk")


def programmes_to_choose(user: Any) -> list[tuple[int, str]]:
    """The programmes that this person may see."""
    return [(row.pk, str(row)) for row in Programme.objects.visible_to(user, "programmes.view_programme").order_by("code")]


def points_to_choose(user: Any) -> "QuerySet[PaymentPoint]":
    """The points that this person may see, and those elsewhere that pay people of theirs: the page of a payment names them, too."""
    visible: QuerySet[PaymentPoint] = PaymentPoint.objects.visible_to(user, "points.view_paymentpoint")
    if user.places_for("points.view_paymentpoint").everywhere:
        return visible
    mine = PayrollLine.objects.visible_to(user, LineTable.permission).filter(point__isnull=False).order_by()
    rows: QuerySet[PaymentPoint] = PaymentPoint.objects.filter(Q(pk__in=visible.values("pk")) | Q(pk__in=mine.values("point")))
    return rows


ROWS_OF_LINES = (
    ChoiceFilter("programme", _("Programme"), on="cycle__programme_id", choices=programmes_to_choose),
    RowFilter("cycle", _("Cycle"), on="cycle_id", rows=lambda user: Cycle.objects.visible_to(user, "payments.view_cycle")),
    RowFilter("payroll", _("Payroll"), on="payroll_id", rows=payrolls_of),
    RowFilter(
        "point", _("Payment point"), on="point_id", blank=_("without a payment point"), rows=points_to_choose,
    ),
    RowFilter(
        "provider", _("Provider"), on="provider_id", blank=_("the programme itself"),
        rows=lambda user: Provider.objects.visible_to(user, "points.view_provider"),
    ),
    UnpaidFilter("unpaid", _("Unpaid"), choices=[(LAST, _("in the last cycle")), (AGAIN, _("to be paid again"))]),
)  # fmt: skip


class LineTable(Table):
    """Single payments."""

    model = PayrollLine
    permission = "payments.view_payrollline"
    exact = True
    columns: ClassVar = [
        Column("number", _("Payment number"), show=lambda row: row.number_text, kind="code", sort="number"),
        Column("payee", _("Payee"), show=lambda row: row.payee_name, sort="payee_search"),
        Column("household", _("Household"), show=lambda row: number_text(Household.number_prefix, row.household_number), kind="code"),
        Column("area", _("Place"), show=lambda row: row.area_name),
        Column("cycle", _("Cycle"), show=lambda row: str(row.cycle)),
        Column("amount", _("Amount"), kind="amount"),
        Column("state", _("Status"), show=status_of, kind="status"),
        Column("paid", _("Paid"), show=lambda row: row.paid if row.paid_minor else None, kind="amount"),
        Column("reason", _("Reason"), show=lambda row: row.get_unpaid_reason_display()),
    ]
    search = SearchFilter("search", _("Name or payment number"), within=("payee_search",), number="number")
    filters: ClassVar = [
        AreaFilter("area", on="area"),
        *ROWS_OF_LINES,
        ChoiceFilter("state", _("Status"), choices=LineState.choices),
        ReasonFilter("reason", _("Reason"), on="unpaid_reason", choices=[*UnpaidReason.choices, ("none", _("without a reason"))]),
        ChoiceFilter("held", _("Held because"), on="hold_reason", choices=HoldReason.choices),
        StandingFilter("standing", _("Money"), choices=Standing.choices),
        StandingFilter("window", _("In time"), choices=Window.choices),
        ChoiceFilter("sex", _("Sex of the payee"), on="payee__sex", choices=Sex.choices),
        BooleanFilter("first", _("First payment, no re-issue"), on="reissue_of__isnull"),
        LatestFilter("latest", _("In the last cycle"), choices=[("yes", _("Yes")), ("no", _("No"))]),
    ]
    default_sort = "number"
    export_name = "payments"

    @classmethod
    def prepare(cls, rows: Any) -> Any:
        return rows.select_related("cycle")

    @staticmethod
    def row_link(row: Any) -> str:
        return reverse("payments:line_detail", kwargs={"pk": row.pk})


class LeftOutTable(Table):
    """Who is not paid in a payroll, and why."""

    model = LeftOut
    permission = "payments.view_leftout"
    exact = True
    columns: ClassVar = [
        Column("number", _("Beneficiary"), show=lambda row: row.number_text, kind="code"),
        Column("name", _("Name")),
        Column("area", _("Place"), show=lambda row: row.area.name),
        Column("reason", _("Reason"), show=lambda row: row.get_reason_display()),
        Column("kept", _("Kept for the next payment"), show=lambda row: row.kept, kind="amount"),
    ]
    filters: ClassVar = [AreaFilter("area", on="area"), ChoiceFilter("reason", _("Reason"), choices=Exclusion.choices)]
    export_name = "left-out"

    @classmethod
    def prepare(cls, rows: Any) -> Any:
        return rows.select_related("area", "payroll")


class ResultFileTable(Table):
    """Files of results."""

    model = ResultFile
    permission = "payments.view_resultfile"
    exact = True
    columns: ClassVar = [
        Column("name", _("File")),
        Column("payroll", _("Payroll"), show=lambda row: row.payroll.number_text, kind="code"),
        Column("sent_at", _("Sent on"), kind="date"),
        Column("sent_by", _("Sent by"), show=lambda row: str(row.sent_by or "")),
        Column("state", _("Status"), show=file_status, kind="status"),
        Column("good", _("Good rows"), show=lambda row: row.good_count, kind="number"),
        Column("bad", _("Not applied"), show=lambda row: row.bad_count, kind="number"),
    ]
    filters: ClassVar = [ChoiceFilter("state", _("Status"), choices=FileState.choices)]
    export_name = "result-files"

    @classmethod
    def prepare(cls, rows: Any) -> Any:
        return rows.select_related("payroll", "sent_by")

    @staticmethod
    def row_link(row: Any) -> str:
        return reverse("payments:result_file_detail", kwargs={"pk": row.pk})


def result_of(row: ResultRow) -> Status:
    """What a row does, or why it does nothing."""
    if row.problem:
        return Status("off" if row.resolution else "stop", row.get_problem_display())
    return Status("good" if row.outcome == LineState.PAID else "wait", row.get_outcome_display())


class ResultRowTable(Table):
    """The rows of a file of results, each with what it does."""

    model = ResultRow
    permission = "payments.view_resultrow"
    exact = True
    columns: ClassVar = [
        Column("position", _("Row"), kind="number", sort="position"),
        Column("reference", _("Payment number"), kind="code"),
        Column("payee", _("Payee"), show=lambda row: row.line.payee_name if row.line else ""),
        Column("due", _("Due"), show=lambda row: row.line.amount if row.line else None, kind="amount"),
        Column("amount", _("In the file"), kind="amount"),
        Column("result", _("Result"), show=result_of, kind="status"),
        Column("reason", _("Reason"), show=lambda row: row.get_unpaid_reason_display()),
        Column("receipt", _("Receipt"), kind="code"),
        Column("resolution", _("Explanation")),
    ]
    filters: ClassVar = [
        ChoiceFilter(
            "outcome", _("Result"), choices=[choice for choice in LineState.choices if choice[0] not in ("DUE", "SENT", "CANCELLED")]
        ),
        ChoiceFilter("problem", _("Problem"), choices=RowProblem.choices),
        BooleanFilter("explained", _("Explained"), on=~Q(resolution="")),
    ]
    default_sort = "position"
    export_name = "result-rows"

    @classmethod
    def prepare(cls, rows: Any) -> Any:
        return rows.select_related("line", "file")

    @staticmethod
    def row_link(row: Any) -> str:
        return reverse("payments:result_row_detail", kwargs={"pk": row.pk})

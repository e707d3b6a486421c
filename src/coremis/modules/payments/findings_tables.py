"""The lists of what was found in a payroll, and of payments that are held."""

from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.money import Money
from coremis.kernel.screens.columns import Column, Status
from coremis.kernel.screens.filters import AreaFilter, BooleanFilter, ChoiceFilter
from coremis.kernel.screens.tables import Table
from coremis.modules.payments.findings import NEEDS_VERDICT, DifferenceKind, FlagKind, HoldDecision, Severity, Verdict
from coremis.modules.payments.models import Difference, FlagGroup, FlagMember, Hold
from coremis.modules.payments.states import HoldReason
from coremis.modules.payments.words import flag_status, verdict_status
from coremis.modules.registry.queries import PHONE, masked


def line_url(line: Any) -> str:
    """The page of a payment."""
    return reverse("payments:line_detail", kwargs={"pk": line.pk})


def payee_of(line: Any) -> str:
    """Who is paid, with the year of birth where it is known."""
    born = line.payee.birth_date
    return f"{line.payee_name} ({born.year})" if born and born.year else str(line.payee_name)


def place_of(line: Any) -> str:
    """The place of a payment, with the one it lies in: two villages may have one name."""
    return f"{line.area_name}, {line.area.parent.name}" if line.area.parent else str(line.area_name)


class FlagGroupTable(Table):
    """Payments that may be for the same person, those without a verdict first."""

    model = FlagGroup
    permission = "payments.view_flaggroup"
    exact = True
    columns: ClassVar = [
        Column("kind", _("Flag"), show=lambda row: row.get_kind_display()),
        Column("severity", _("Weight"), show=lambda row: row.get_severity_display()),
        Column("size", _("Payments"), kind="number", sort="size"),
        Column("state", _("Verdict"), show=flag_status, kind="status"),
        Column("reason", _("Reason")),
        Column("decided_by", _("Decided by"), show=lambda row: str(row.decided_by or "")),
        Column("decided_at", _("Decided on"), kind="date"),
        Column("remembered", _("From an earlier cycle"), show=lambda row: row.remembered_id is not None),
    ]
    filters: ClassVar = [
        ChoiceFilter("kind", _("Flag"), choices=FlagKind.choices),
        ChoiceFilter("severity", _("Weight"), choices=Severity.choices),
        ChoiceFilter("verdict", _("Verdict"), choices=[("", _("no verdict yet")), *Verdict.choices]),
        BooleanFilter("undecided", _("No verdict yet"), on="decided_at__isnull"),
    ]
    export_name = "flagged-groups"

    @classmethod
    def prepare(cls, rows: Any) -> Any:
        return rows.select_related("decided_by")

    @staticmethod
    def row_link(row: Any) -> str:
        return reverse("payments:flag_detail", kwargs={"pk": row.pk})

    @staticmethod
    def row_needs_attention(row: Any) -> bool:
        return not row.verdict and row.severity in NEEDS_VERDICT


class FlagMemberTable(Table):
    """Who the payees of a flagged group are, side by side."""

    model = FlagMember
    permission = "payments.view_flagmember"
    exact = True
    columns: ClassVar = [
        Column("number", _("Payment number"), show=lambda row: row.line.number_text, kind="code", link=lambda row: line_url(row.line)),
        Column("payee", _("Payee"), show=lambda row: payee_of(row.line)),
        Column("place", _("Place"), show=lambda row: place_of(row.line)),
        Column(
            "phone",
            _("Phone"),
            show=lambda row: row.line.payee_phone,
            kind="code",
            permission=PHONE,
            masked=lambda row: masked(row.line.payee_phone) if row.line.payee_phone else "",
        ),
        Column("document", _("Document"), show=lambda row: f"…{row.line.document_end}" if row.line.document_end else "", kind="code"),
        Column("members", _("Household members"), show=lambda row: getattr(row, "members", None), kind="number"),
        Column("before", _("Payments before"), show=lambda row: getattr(row, "paid_before", 0), kind="number"),
        Column("amount", _("Amount"), show=lambda row: row.line.amount, kind="amount"),
        Column("payroll", _("Payroll"), show=lambda row: row.line.payroll.number_text, kind="code"),
        Column("verdict", _("Verdict"), show=verdict_status, kind="status"),
    ]
    export_name = "flagged-payments"

    @classmethod
    def prepare(cls, rows: Any) -> Any:
        return rows.select_related("group", "line__payroll", "line__payee", "line__area__parent")


class HoldTable(Table):
    """Held payments, and what was decided."""

    model = Hold
    permission = "payments.view_hold"
    exact = True
    columns: ClassVar = [
        Column("number", _("Payment number"), show=lambda row: row.line.number_text, kind="code"),
        Column("payee", _("Payee"), show=lambda row: row.line.payee_name),
        Column("place", _("Place"), show=lambda row: row.line.area_name),
        Column("amount", _("Amount"), show=lambda row: row.line.amount, kind="amount"),
        Column("reason", _("Held because"), show=lambda row: row.get_reason_display()),
        Column("held_at", _("Held on"), kind="date"),
        Column("state", _("Decision"), show=lambda row: hold_status(row), kind="status"),
        Column("note", _("Reason of the decision")),
    ]
    filters: ClassVar = [
        AreaFilter("area", on="area"),
        ChoiceFilter("reason", _("Held because"), choices=HoldReason.choices),
        ChoiceFilter("decision", _("Decision"), choices=HoldDecision.choices),
        BooleanFilter("undecided", _("Not decided yet"), on="decided_at__isnull"),
    ]
    export_name = "held-payments"

    @classmethod
    def prepare(cls, rows: Any) -> Any:
        return rows.select_related("line")

    @staticmethod
    def row_link(row: Any) -> str:
        return line_url(row.line)


def hold_status(row: Any) -> Status:
    """What was decided about a held payment."""
    if not row.decision:
        return Status("stop", _("waits for a decision"))
    return Status("good" if row.decision == HoldDecision.PAY else "off", row.get_decision_display())


class DifferenceTable(Table):
    """What is not as in the cycle before, the largest change first."""

    model = Difference
    permission = "payments.view_difference"
    exact = True
    columns: ClassVar = [
        Column("number", _("Payment number"), show=lambda row: row.shown.number_text, kind="code"),
        Column("payee", _("Payee"), show=lambda row: row.shown.payee_name),
        Column("former", _("Payee before"), show=lambda row: row.before.payee_name if row.line and row.before else ""),
        Column("place", _("Place"), show=lambda row: row.shown.area_name),
        Column("kind", _("Difference"), show=lambda row: row.get_kind_display()),
        Column("reason", _("Reason"), show=lambda row: row.reason_text()),
        Column("now", _("Amount"), show=lambda row: row.line.amount if row.line else None, kind="amount"),
        Column("then", _("Amount before"), show=lambda row: row.before.amount if row.before else None, kind="amount"),
        Column("size", _("Difference"), show=lambda row: Money(row.change_minor, row.shown.currency), kind="amount", sort="size_minor"),
    ]
    filters: ClassVar = [AreaFilter("area", on="area"), ChoiceFilter("kind", _("Difference"), choices=DifferenceKind.choices)]
    default_sort = "-size"
    export_name = "differences"

    @classmethod
    def prepare(cls, rows: Any) -> Any:
        return rows.select_related("line", "before")

    @staticmethod
    def row_link(row: Any) -> str:
        return line_url(row.shown)

"""The list of incidents."""

from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.columns import Column
from coremis.kernel.screens.filters import AreaFilter, ChoiceFilter
from coremis.kernel.screens.tables import Table
from coremis.modules.payments.models import Incident
from coremis.modules.payments.states import IncidentKind, IncidentState
from coremis.modules.payments.words import status_of


def payment_named(row: Incident) -> str:
    """The payment it is about, or what the file calls it."""
    if row.line is not None:
        return row.line.number_text
    return row.row.reference if row.row is not None else ""


class IncidentTable(Table):
    """Incidents, newest first, each with the payments it is about."""

    model = Incident
    permission = "payments.view_incident"
    exact = True
    columns: ClassVar = [
        Column("opened_at", _("Opened on"), kind="date", sort="opened_at"),
        Column("kind_of", _("Incident"), show=lambda row: row.get_kind_of_display()),
        Column("payroll", _("Payroll"), show=lambda row: row.payroll.number_text, kind="code"),
        Column("line", _("Payment"), show=payment_named, kind="code"),
        Column("other", _("The other payment"), show=lambda row: row.other.number_text if row.other else "", kind="code"),
        Column("payee", _("Payee"), show=lambda row: row.line.payee_name if row.line else ""),
        Column("amount", _("Amount"), kind="amount"),
        Column("state", _("Status"), show=status_of, kind="status"),
        Column("explanation", _("Explanation")),
    ]
    filters: ClassVar = [
        AreaFilter("area", on="area"),
        ChoiceFilter("state", _("Status"), choices=IncidentState.choices),
        ChoiceFilter("incident", _("Incident"), on="kind_of", choices=IncidentKind.choices),
    ]
    default_sort = "-opened_at"
    export_name = "incidents"

    @classmethod
    def prepare(cls, rows: Any) -> Any:
        return rows.select_related("payroll", "line", "other", "row")

    @staticmethod
    def row_link(row: Any) -> str:
        return reverse("payments:incident_detail", kwargs={"pk": row.pk})

"""The list of the dashboards of profiles."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.columns import Column
from coremis.kernel.screens.tables import Table
from coremis.modules.dashboards.models import Dashboard


class DashboardTable(Table):
    """The dashboards of profiles that are in use."""

    model = Dashboard
    permission = "dashboards.arrange_profile_dashboard"
    columns: ClassVar = [
        Column("name", _("Name"), show=str),
        Column("profile", _("Access profile"), show=lambda row: str(row.profile)),
        Column("figures", _("Figures"), show=lambda row: len(row.widgets), kind="number"),
    ]
    export_name = "dashboards"

    @classmethod
    def prepare(cls, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Nobody's own."""
        return rows.filter(is_shown=True, user=None).select_related("profile")

    @staticmethod
    def row_link(row: Any) -> str:
        return f"{reverse('dashboards:arrange')}?dashboard={row.pk}"

"""The list of filters."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.columns import Column, Status
from coremis.kernel.screens.facts import subjects
from coremis.kernel.screens.filters import BooleanFilter, ChoiceFilter
from coremis.kernel.screens.tables import Table
from coremis.modules.filters.models import SavedFilter


def subject_title(code: str) -> str:
    """What a filter is about, in words."""
    subject = subjects().get(code)
    return str(subject.title) if subject else str(_("switched off here"))


class SavedFilterTable(Table):
    """One's own filters and those shared with one."""

    model = SavedFilter
    permission = "filters.view_savedfilter"
    columns = (
        Column("name", _("Name"), sort="name"),
        Column("subject", _("About"), show=lambda row: subject_title(row.subject)),
        Column("owner", _("Made by"), show=lambda row: str(row.owner)),
        Column("shared", _("Shared with"), show=lambda row: row.get_shared_display()),
        Column(
            "state",
            _("Status"),
            show=lambda row: Status("good", _("in use")) if row.is_active else Status("off", _("retired")),
            kind="status",
        ),
    )
    filters = (
        ChoiceFilter("subject", _("About"), choices=lambda user: [(one.code, one.title) for one in subjects().values()]),
        BooleanFilter("is_active", _("In use")),
    )
    default_sort = "name"
    export_name = "filters"

    @classmethod
    def prepare(cls, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """With who made them."""
        return rows.select_related("owner")

    @staticmethod
    def row_link(row: Any) -> str:
        """The page of the filter."""
        return reverse("filters:saved_filter_detail", kwargs={"pk": row.pk})

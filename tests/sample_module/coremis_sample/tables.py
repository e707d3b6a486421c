"""The list of meeting places."""

from typing import Any, ClassVar

from coremis_sample.models import MeetingPlace
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.numbers import number_text
from coremis.kernel.screens.columns import Column, Status
from coremis.kernel.screens.filters import AreaFilter, Filter, SearchFilter
from coremis.kernel.screens.tables import Table


def place_url(place: MeetingPlace) -> str:
    """The page of a meeting place."""
    return reverse("sample_places:place_detail", kwargs={"pk": place.pk})


def state_of(place: MeetingPlace) -> Status:
    """Open or closed."""
    return Status("good", _("open")) if place.is_open else Status("off", _("closed"))


class MeetingPlaceTable(Table):
    """Every meeting place in the reader's places."""

    model = MeetingPlace
    permission = "sample_places.view_meetingplace"
    columns: ClassVar[list[Column]] = [
        Column("number", _("Number"), show=lambda row: number_text("M", row.number), kind="code", sort="number"),
        Column("name", _("Name"), sort="name"),
        Column("area", _("Place"), show=lambda row: row.area.name),
        Column("state", _("Status"), show=state_of, kind="status"),
    ]
    search = SearchFilter("search", _("Name or number"), within=("name",), number="number")
    filters: ClassVar[list[Filter]] = [AreaFilter("area", on="area")]
    default_sort = "name"
    export_name = "meeting-places"

    @classmethod
    def prepare(cls, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With the place of each, in the same query."""
        return rows.select_related("area")

    @staticmethod
    def row_link(row: Any) -> str:
        """Each row leads to its page."""
        return place_url(row)

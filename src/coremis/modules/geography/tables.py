"""The lists of this module."""

from dataclasses import replace
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from coremis.kernel.approvals.models import Request
from coremis.kernel.areas.models import Area, AreaLevel, FormerArea
from coremis.kernel.areas.services import FIRST_DAY
from coremis.kernel.exchange.models import Batch, BatchRow
from coremis.kernel.screens.columns import Column, Status
from coremis.kernel.screens.filters import AreaFilter, BooleanFilter, ChoiceFilter, SearchFilter, TextFilter
from coremis.kernel.screens.tables import Table
from coremis.modules.geography.imports import KINDS, NAMES
from coremis.modules.geography.measures import place_page, with_unit
from coremis.modules.geography.models import AreaFigure, AreaGroup, AreaShape, CodeLink, FigureKind, GroupPlace
from coremis.modules.geography.services.figures import end_figure, save_figure_kind
from coremis.modules.geography.services.files import send_places
from coremis.modules.geography.services.groups import leave_group

TONES = {
    "NEW": "info", "CHECKING": "wait", "CHECKED": "info", "APPLYING": "wait", "APPLIED": "good", "CANCELLED": "off", "UNDOING": "wait",
    "UNDONE": "off",
}  # fmt: skip
ROW_TONES = {"GOOD": "good", "BAD": "stop", "APPLIED": "good", "UNCHANGED": "off", "UNDONE": "off", "KEPT": "wait"}


def levels(user: Any) -> list[tuple[int, str]]:
    """The levels of the tree."""
    return [(level.pk, str(level)) for level in AreaLevel.objects.all()]


def kinds(user: Any) -> list[tuple[int, str]]:
    """The figures that are defined."""
    return [(kind.pk, str(kind)) for kind in FigureKind.objects.all()]


class UnitTable(Table):
    """The tree as a list; its file has the columns that a file of units brings, so that it can be sent again."""

    model = Area
    permission = "areas.view_area"
    export_name = "units"
    columns = (
        Column("code", _("Code"), kind="code", sort="code"),
        Column("name", _("Name"), sort="search_name"),
        Column("level", _("Level"), show=lambda row: str(row.level)),
        Column("parent", _("Code of the unit above"), kind="code", show=lambda row: row.parent.code if row.parent else ""),
        Column("valid_from", _("Valid from"), kind="date", show=lambda row: None if row.valid_from == FIRST_DAY else row.valid_from),
        Column("valid_until", _("Valid until"), kind="date"),
        Column("former_code", _("Former code"), kind="code", show=lambda row: getattr(row, "former_code", "")),
    )
    search = SearchFilter("name", _("Name"), private=False, within=("search_name",))
    filters = (
        AreaFilter("area", _("Within"), "id"),
        ChoiceFilter("level", _("Level"), "level_id", choices=levels),
        TextFilter("code", _("Code"), "code"),
        BooleanFilter("closed", _("Closed"), "closed"),
    )
    default_sort = "code"

    @classmethod
    def prepare(cls, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        in_use = Area.objects.filter(code=OuterRef("code"), valid_until=None)
        former = FormerArea.objects.filter(area=OuterRef("pk")).exclude(code=F("area__code")).filter(~Exists(in_use))
        newest = former.order_by("-valid_until", "-pk").values("code")[:1]
        named: QuerySet[Any] = rows.select_related("level", "parent")
        found: QuerySet[Any] = named.annotate(former_code=Subquery(newest), closed=Q(valid_until__isnull=False))
        return found

    @staticmethod
    def row_link(row: Area) -> str:
        return place_page(row.pk)


def status_of(batch: Batch) -> Status:
    """The status in words; one that waits for others says so."""
    waiting = batch.waits if hasattr(batch, "waits") else batch.waiting_request is not None
    return Status("wait", _("waits for approval")) if waiting else Status(TONES[batch.state], batch.get_state_display())


class FileTable(Table):
    """Files of places that were sent."""

    model = Batch
    permission = send_places.name
    columns = (
        Column("name", _("File")),
        Column("kind", _("What the file brings"), show=lambda row: row.kind_title),
        Column("area", _("Place"), show=lambda row: row.area.name),
        Column("sent_by", _("Sent by"), show=lambda row: str(row.sent_by or "")),
        Column("sent_at", _("Sent on"), kind="date", sort="sent_at"),
        Column("state", _("Status"), show=status_of, kind="status"),
        Column("row_count", _("Rows"), kind="number"),
        Column("bad_count", _("Refused"), kind="number"),
        Column("applied_count", _("Taken in"), kind="number"),
    )
    filters = (
        ChoiceFilter("brings", _("What the file brings"), "import_kind", choices=[(kind.name, kind.title) for kind in KINDS]),
        ChoiceFilter("state", _("Status"), choices=Batch.State.choices, on="state"),
    )
    default_sort = "-sent_at"
    export_name = "files"

    @classmethod
    def prepare(cls, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        pending = Request.objects.filter(subject_kind=Batch.kind(), subject_id=OuterRef("pk"), state=Request.State.PENDING)
        found: QuerySet[Any] = rows.filter(import_kind__in=NAMES).select_related("area", "sent_by").annotate(waits=Exists(pending))
        return found

    @staticmethod
    def row_link(row: Batch) -> str:
        return reverse("geography:file", args=[row.pk])


def told_about(row: BatchRow) -> str:
    """Everything that was noted on a row."""
    return " ".join(told["text"] + (f" ({told['value']})" if told["value"] else "") for told in row.problem_texts)


def effect(row: BatchRow) -> Status:
    """What becomes, or became, of a row."""
    if row.state == BatchRow.State.GOOD:
        return Status("good", _("new")) if row.target_id is None else Status("info", _("changed"))
    return Status(ROW_TONES[row.state], _("refused") if row.state == BatchRow.State.BAD else row.get_state_display())


class RowTable(Table):
    """The rows of a file."""

    model = BatchRow  # type: ignore[assignment]
    permission = send_places.name
    columns = (
        Column("number", _("Row"), kind="code", sort="number"),
        Column("what", _("What it says"), show=lambda row: ", ".join(str(value) for value in row.values.values() if value)[:120]),
        Column("state", _("Status"), show=effect, kind="status"),
        Column("told", _("Reason"), show=told_about),
    )
    filters = (
        ChoiceFilter("state", _("Status"), choices=BatchRow.State.choices, on="state"),
        BooleanFilter("new", _("New"), "is_new"),
    )
    default_sort = "number"
    export_name = "rows"

    @classmethod
    def visible(cls, user: Any) -> "QuerySet[Any]":
        """Rows follow their file."""
        mine = Batch.objects.visible_to(user, send_places.name).filter(import_kind__in=NAMES)
        return BatchRow.objects.filter(batch__in=mine).annotate(is_new=Q(target_id__isnull=True))


def figure_words(row: AreaFigure) -> str:
    """A value with its decimals and its unit."""
    value = number_format(round(row.value, row.kind.decimals), row.kind.decimals, use_l10n=True, force_grouping=True)
    return with_unit(value, row.kind.unit)


class FigureTable(Table):
    """Figures of places; the file has the columns that a file of figures brings."""

    model = AreaFigure
    permission = "geography.view_areafigure"
    columns = (
        Column("area", _("Place"), show=lambda row: row.area.name, link=lambda row: place_page(row.area_id)),
        Column("code", _("Code of the place"), kind="code", show=lambda row: row.area.code),
        Column("kind", _("Figure"), show=lambda row: str(row.kind), export=lambda row: row.kind.code),
        Column("value", _("Value"), kind="number", show=figure_words, export=lambda row: row.value, sort="value"),
        Column("year", _("Year"), kind="code", show=lambda row: str(row.year), sort="year", export=lambda row: row.year),
        Column("source", _("Source")),
        Column("valid_from", _("Valid from"), kind="date"),
        Column("valid_until", _("Valid until"), kind="date"),
        Column(
            "end", "", show=lambda row: _("End") if row.valid_until is None else "",
            link=lambda row: reverse("geography:end_figure", args=[row.pk]) if row.valid_until is None else "", export=lambda row: None,
        ),
    )  # fmt: skip
    filters = (
        AreaFilter("area", on="area"),
        ChoiceFilter("kind", _("Figure"), "kind_id", choices=kinds),
        TextFilter("source", _("Source"), "source", beginning=True),
    )
    default_sort = "-year"
    export_name = "figures"

    @classmethod
    def prepare(cls, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        return rows.select_related("area", "kind")

    @classmethod
    def columns_for(cls, user: Any) -> list[Column]:
        """Ending is offered to whoever may do it."""
        return [column for column in cls.columns if column.name != "end" or user.has_perm(end_figure.name)]

    @classmethod
    def file_columns_for(cls, user: Any) -> list[Column]:
        """Without the name of the place and without links."""
        return [column for column in cls.columns if column.name not in ("area", "end")]


class KindTable(Table):
    """What is counted or estimated."""

    model = FigureKind
    permission = "geography.view_figurekind"
    columns = (
        Column("code", _("Code"), kind="code", sort="code"),
        Column("name", _("Name"), show=str),
        Column("unit", _("Unit")),
        Column("decimals", _("Decimals"), kind="number"),
    )
    default_sort = "code"
    export_name = "figure-kinds"

    @classmethod
    def columns_for(cls, user: Any) -> list[Column]:
        """Changing is offered to whoever may do it."""
        first, *others = cls.columns
        return [replace(first, link=change_kind_page), *others] if user.has_perm(save_figure_kind.name) else [first, *others]


def change_kind_page(row: FigureKind) -> str:
    """Where a kind of figure is changed."""
    return reverse("geography:change_kind", args=[row.pk])


def share_words(row: CodeLink) -> str:
    """40 %."""
    return f"{number_format(round(100 * row.share, 2))} %"


class LinkTable(Table):
    """The crosswalk; the file has the columns that a file of former codes brings."""

    model = CodeLink
    permission = "geography.view_codelink"
    columns = (
        Column("former_code", _("Former code"), kind="code", sort="former_code"),
        Column("former_name", _("Former name")),
        Column("area", _("Place now"), show=lambda row: row.area.name, link=lambda row: place_page(row.area_id)),
        Column("code", _("Code of the place now"), kind="code", show=lambda row: row.area.code),
        Column("share", _("Share"), kind="number", show=share_words, export=lambda row: row.share),
        Column("why", _("Why"), show=lambda row: row.get_why_display()),
        Column("valid_from", _("Since"), kind="date", sort="valid_from"),
        Column("source", _("Source")),
    )  # fmt: skip
    search = TextFilter("code", _("Former code"), "former_code", beginning=True)
    filters = (AreaFilter("area", on="area"), ChoiceFilter("why", _("Why"), choices=CodeLink.Why.choices, on="why"))
    default_sort = "former_code"
    export_name = "former-codes"

    @classmethod
    def prepare(cls, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        return rows.select_related("area")

    @classmethod
    def file_columns_for(cls, user: Any) -> list[Column]:
        """Without the names that codes stand for."""
        return [column for column in cls.columns if column.name not in ("area", "why")]


class ShapeTable(Table):
    """The outlines that are held."""

    model = AreaShape
    permission = "geography.view_areashape"
    columns = (
        Column("area", _("Place"), show=lambda row: row.area.name, sort="area__search_name"),
        Column("code", _("Code"), kind="code", show=lambda row: row.area.code),
        Column("level", _("Level"), show=lambda row: str(row.area.level)),
        Column("source", _("Source")),
    )
    filters = (AreaFilter("area", on="area"), ChoiceFilter("level", _("Level"), "area__level_id", choices=levels))
    default_sort = "area"
    export_name = "outlines"

    @classmethod
    def prepare(cls, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        return rows.select_related("area__level").defer("geometry")

    @staticmethod
    def row_link(row: AreaShape) -> str:
        return place_page(row.area_id)


class GroupTable(Table):
    """Groups of places."""

    model = AreaGroup
    permission = "geography.view_areagroup"
    columns = (
        Column("code", _("Code"), kind="code", sort="code"),
        Column("name", _("Name"), show=str),
        Column("purpose", _("Purpose"), sort="purpose"),
        Column("state", _("Status"), show=lambda row: Status("good", _("in use")) if row.is_active else Status("off", _("out of use"))),
    )
    default_sort = "code"
    export_name = "groups-of-places"

    @staticmethod
    def row_link(row: AreaGroup) -> str:
        return reverse("geography:group", args=[row.pk])


class GroupPlaceTable(Table):
    """The places of groups."""

    model = GroupPlace
    permission = "geography.view_groupplace"
    columns = (
        Column("area", _("Place"), show=lambda row: row.area.name, link=lambda row: place_page(row.area_id)),
        Column("code", _("Code"), kind="code", show=lambda row: row.area.code),
        Column("group", _("Group"), show=lambda row: str(row.group), link=lambda row: reverse("geography:group", args=[row.group_id])),
        Column("valid_from", _("Since"), kind="date"),
        Column("valid_until", _("Until"), kind="date"),
        Column(
            "end", "", show=lambda row: _("Take out") if row.valid_until is None else "",
            link=lambda row: reverse("geography:leave_group", args=[row.pk]) if row.valid_until is None else "", export=lambda row: None,
        ),
    )  # fmt: skip

    @classmethod
    def prepare(cls, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        return rows.select_related("area", "group")

    @classmethod
    def columns_for(cls, user: Any) -> list[Column]:
        """Taking out is offered to whoever may do it."""
        return [column for column in cls.columns if column.name != "end" or user.has_perm(leave_group.name)]

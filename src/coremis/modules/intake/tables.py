"""The lists of this module."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from coremis.kernel.approvals.models import Request
from coremis.kernel.exchange.correcting import undo_correction
from coremis.kernel.exchange.kinds import import_kinds
from coremis.kernel.exchange.models import Batch, BatchRow, Correction, SavedMapping
from coremis.kernel.exchange.rows import ALONE
from coremis.kernel.exchange.saved import retire_mapping
from coremis.kernel.screens.columns import Column, Status
from coremis.kernel.screens.filters import AreaFilter, ChoiceFilter, DateRangeFilter
from coremis.kernel.screens.tables import Table
from coremis.modules.intake.columns import FIXED, INTERVIEW, PERSON_CONSENT, covered

SEE = "exchange.view_batch"
TONES = {
    "NEW": "info",
    "CHECKING": "wait",
    "CHECKED": "info",
    "APPLYING": "wait",
    "APPLIED": "good",
    "CANCELLED": "off",
    "UNDOING": "wait",
    "UNDONE": "off",
}
ROW_TONES = {"GOOD": "good", "BAD": "stop", "APPLIED": "good", "UNCHANGED": "off", "UNDONE": "off", "KEPT": "wait"}
TITLES = {column.code: column.title for column in (*FIXED, *INTERVIEW, *PERSON_CONSENT)}


def status_of(batch: Batch) -> Status:
    """The status in words; one that waits for others says so."""
    waiting = batch.waits if hasattr(batch, "waits") else batch.waiting_request is not None
    if waiting:
        return Status("wait", _("waits for approval"))
    return Status(TONES[batch.state], batch.get_state_display())


def rows_address(batch: Batch, state: str) -> str:
    """The rows of an import in one state."""
    return f"{reverse('intake:rows', args=[batch.pk])}?state={state}"


def share_of(batch: Batch) -> str:
    """The share of the rows that could not be used."""
    if not batch.row_count:
        return ""
    return f"{number_format(round(100 * batch.bad_count / batch.row_count, 1))} %"


class BatchTable(Table):
    """The imports."""

    model = Batch
    permission = SEE
    columns = (
        Column("name", _("File")),
        Column("area", _("Place"), show=lambda row: row.area.name),
        Column("sent_by", _("Sent by"), show=lambda row: row.sent_by.name or row.sent_by.username if row.sent_by else ""),
        Column("sent_at", _("Sent on"), kind="date", sort="sent_at"),
        Column("state", _("Status"), show=status_of, kind="status"),
        Column("row_count", _("Rows"), kind="number"),
        Column("good_count", _("Good"), kind="number", link=lambda row: rows_address(row, "GOOD")),
        Column("bad_count", _("To correct"), kind="number", link=lambda row: rows_address(row, "BAD")),
        Column("share", _("Share to correct"), show=lambda row: share_of(row), kind="number"),
        Column("applied_count", _("Taken in"), kind="number"),
    )
    filters = (
        AreaFilter("area", on="area"),
        ChoiceFilter("state", _("Status"), choices=Batch.State.choices, on="state"),
        DateRangeFilter("sent", _("Sent on"), on="sent_at"),
    )
    default_sort = "-sent_at"
    export_name = "imports"

    @classmethod
    def prepare(cls, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        pending = Request.objects.filter(subject_kind=Batch.kind(), subject_id=OuterRef("pk"), state=Request.State.PENDING)
        elsewhere = [kind.name for kind in import_kinds().values() if kind.page]
        found: QuerySet[Any] = rows.exclude(import_kind__in=elsewhere).select_related("area", "sent_by").annotate(waits=Exists(pending))
        return found

    @staticmethod
    def row_link(row: Batch) -> str:
        return reverse("intake:batch", args=[row.pk])


def person_in(row: BatchRow) -> str:
    """Who a row is about."""
    return f"{row.values.get('given_names', '')} {row.values.get('surname', '')}".strip()


def told_about(row: BatchRow) -> str:
    """“Birth date “31/02/2019”: …” for everything that was noted."""
    return " ".join(in_words(row.batch, problem) for problem in row.problem_texts)


def in_words(batch: Batch, problem: dict[str, Any]) -> str:
    """One thing that was noted: the column as the file calls it, the value, the reason."""
    title, value = column_title(batch, problem["column"]), f"“{problem['value']}”" if problem["value"] else ""
    place = " ".join(part for part in (title, value) if part)
    return f"{place}: {problem['text']}" if place else str(problem["text"])


def column_title(batch: Batch, code: str) -> str:
    """The title of a column in the file, else its name here."""
    return ", ".join(batch.mapping[code]) if code in batch.mapping else str(TITLES.get(code, ""))


class RowTable(Table):
    """The rows of one import, with everything that is wrong or worth a look."""

    model = BatchRow  # type: ignore[assignment]
    permission = SEE
    columns = (
        Column("number", _("Row"), kind="code", sort="number"),
        Column("group_key", _("Household key"), kind="code", show=lambda row: "" if row.group_key.startswith(ALONE) else row.group_key),
        Column("person", _("Person"), show=person_in),
        Column("state", _("Status"), show=lambda row: Status(ROW_TONES[row.state], row.get_state_display()), kind="status"),
        Column("told", _("What to correct or look at"), show=told_about),
    )
    filters = (ChoiceFilter("state", _("Status"), choices=BatchRow.State.choices, on="state"),)
    default_sort = "number"
    export_name = "rows"

    @classmethod
    def visible(cls, user: Any) -> "QuerySet[Any]":
        """Rows follow their import."""
        return BatchRow.objects.filter(batch__in=Batch.objects.visible_to(user, SEE)).select_related("batch")


class CorrectionTable(Table):
    """What was put in place of what the file says, with who did it."""

    model = Correction
    permission = SEE
    columns = (
        Column("row", _("Row"), show=lambda row: str(row.row) if row.row is not None else _("all rows"), kind="code"),
        Column("column", _("Column"), show=lambda row: column_title(row.batch, row.column)),
        Column("before", _("Before"), show=lambda row: shown_text(row, row.before)),
        Column("after", _("After"), show=lambda row: shown_text(row, row.after)),
        Column("made_by", _("By"), show=lambda row: row.made_by.name or row.made_by.username if row.made_by else ""),
        Column("made_at", _("On"), kind="date", sort="made_at"),
        Column("state", _("Status"), show=lambda row: Status("off", _("undone")) if row.undone else ""),
        Column(
            "undo", "", show=lambda row: _("Undo") if undo_offered(row) else "",
            link=lambda row: reverse("intake:undo_correction", args=[row.pk]) if undo_offered(row) else "", export=lambda row: None,
        ),
    )  # fmt: skip
    default_sort = "-made_at"
    export_name = "corrections"

    @classmethod
    def prepare(cls, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        return rows.select_related("batch", "made_by")

    @classmethod
    def columns_for(cls, user: Any) -> list[Column]:
        """Undoing is offered to whoever may do it."""
        return [column for column in super().columns_for(user) if column.name != "undo" or user.has_perm(undo_correction.name)]


def shown_text(row: Correction, text: str) -> str:
    """A text of a correction; of a masked column no more than its end."""
    kind = import_kinds().get(row.batch.import_kind)
    column = kind.all_columns().get(row.column) if kind and text else None
    return covered(row.column, text) if column is not None and column.masked else text or "–"


def undo_offered(row: Correction) -> bool:
    """Only before the import is taken in."""
    return not row.undone and row.batch.state == Batch.State.CHECKED


class SavedMappingTable(Table):
    """The saved mappings that somebody may use."""

    model = SavedMapping
    permission = "exchange.check_batch"
    columns = (
        Column("name", _("Name"), sort="name"),
        Column("kind", _("For"), show=lambda row: getattr(import_kinds().get(row.import_kind), "title", row.import_kind)),
        Column("source", _("Name of the list")),
        Column("shared", _("Used by"), show=lambda row: _("everybody with the right") if row.shared else _("only me")),
        Column("owner", _("Saved by"), show=lambda row: row.owner.name or row.owner.username),
        Column("version", _("Version"), kind="number"),
        Column("retire", "", show=lambda row: _("Put out of use"), link=lambda row: reverse("intake:retire_mapping", args=[row.pk])),
    )
    default_sort = "name"
    export_name = "mappings"

    @classmethod
    def prepare(cls, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        found: QuerySet[Any] = rows.filter(is_active=True).select_related("owner")
        return found

    @classmethod
    def columns_for(cls, user: Any) -> list[Column]:
        """Putting out of use is offered to whoever may do it."""
        return [column for column in super().columns_for(user) if column.name != "retire" or user.has_perm(retire_mapping.name)]

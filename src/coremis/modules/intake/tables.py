"""The lists of this module."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.approvals.models import Request
from coremis.kernel.exchange.models import Batch, BatchRow
from coremis.kernel.exchange.rows import ALONE
from coremis.kernel.screens.columns import Column, Status
from coremis.kernel.screens.filters import AreaFilter, ChoiceFilter, DateRangeFilter
from coremis.kernel.screens.tables import Table
from coremis.modules.intake.columns import FIXED

SEE = "exchange.view_batch"
TONES = {"NEW": "info", "CHECKING": "wait", "CHECKED": "info", "APPLYING": "wait", "APPLIED": "good", "CANCELLED": "off"}
ROW_TONES = {"GOOD": "good", "BAD": "stop", "APPLIED": "good", "UNCHANGED": "off"}
TITLES = {column.code: column.title for column in FIXED}


def status_of(batch: Batch) -> Status:
    """The status in words; one that waits for others says so."""
    waiting = batch.waits if hasattr(batch, "waits") else batch.waiting_request is not None
    if waiting:
        return Status("wait", _("waits for approval"))
    return Status(TONES[batch.state], batch.get_state_display())


def rows_address(batch: Batch, state: str) -> str:
    """The rows of an import in one state."""
    return f"{reverse('intake:rows', args=[batch.pk])}?state={state}"


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
        found: QuerySet[Any] = rows.select_related("area", "sent_by").annotate(waits=Exists(pending))
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

"""Taking a list home: at once up to 5,000 rows, as a job above. Reading many names is an event either way."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.text import slugify
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import User
from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor, required
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.models import Attachment
from coremis.kernel.files.storage import Content, attach
from coremis.kernel.files.writing import Sheet, SheetColumn, write_csv, write_xlsx
from coremis.kernel.jobs.queue import enqueue
from coremis.kernel.screens.columns import Column

FORMATS = ("xlsx", "csv")
AT_ONCE = 5_000
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@action(_("Take a list home as a file"))
def export_list(
    *, list_title: str, address: str, file_format: str, row_count: int, revealed: list[str] | None = None, actor: Actor
) -> int | None:
    """Note who read how many rows of which list. Above `AT_ONCE` rows a job makes the file; its id is returned.

    `address` is the path and filters of the list. It holds no name: a search for one stands under a number. `revealed` names
    the masked columns that stand open to this person.
    """
    if file_format not in FORMATS:
        raise Refusal(_("Choose Excel or CSV."))
    if row_count <= AT_ONCE:
        return None
    params = {"address": address, "format": file_format, "language": get_language() or "en"}
    event = required().event
    job = enqueue("screens.export_table", params, actor_id=actor.pk, cause_id=event.pk, total=row_count, title_params={"list": list_title})
    return int(job.pk)


@action(_("Keep a file made from a list"))
def save_exported_list(*, for_user: User, name: str, sha256: str, size: int, permission: str, actor: Actor) -> Attachment:
    """Note a finished file as this person's own; it opens for nobody else, and only while they hold `permission`."""
    return attach(Content(sha256, size), name, user=for_user, permission=permission)


def my_downloads(user: Any) -> QuerySet[Any]:
    """The files made for this person that they may still open, newest first."""
    rows: QuerySet[Any] = Attachment.objects.visible_to(user, "files.view_attachment")
    return rows.filter(user_id=user.pk).order_by("-pk")


def revealed_in(columns: Sequence[Column], user: Any) -> list[str]:
    """The names of the masked columns that stand open to this person somewhere."""
    return [column.name for column in columns if column.permission and user.has_perm(column.permission)]


def may_export(user: Any) -> bool:
    """Whether this person may take lists home."""
    return bool(user.has_perm(export_list.name))


def sheet_columns(columns: Sequence[Column]) -> list[SheetColumn]:
    """The columns as a file has them."""
    kinds = {"number", "amount", "date"}
    return [SheetColumn(str(column.title), column.kind if column.kind in kinds else "text") for column in columns]


def file_name(name: str, file_format: str) -> str:
    """ "households-2026-03-01.xlsx": what the list is and the day, never a person's name."""
    return f"{slugify(name) or 'list'}-{localdate().isoformat()}.{file_format}"


def write_table(target: Any, file_format: str, title: str, columns: Sequence[SheetColumn], rows: Iterable[Sequence[Any]]) -> int:
    """Write the file and return the number of its rows."""
    if file_format == "xlsx":
        return write_xlsx(target, [Sheet(title, columns, rows)])
    return write_csv(target, columns, rows, get_language() or "en")


def file_response(file_format: str, title: str, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """The file as an answer that the browser saves."""
    content = io.BytesIO()
    write_table(content, file_format, title, sheet_columns(columns), rows)
    response = HttpResponse(content.getvalue(), content_type=TYPES[file_format])
    response["Content-Disposition"] = f'attachment; filename="{file_name(name, file_format)}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response

"""Work of the pages that nobody waits for: long exports, and forgetting old searches."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, QueryDict
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import User
from coremis.kernel.actions.context import Source, coming_from
from coremis.kernel.actions.system import system
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import NotPermitted, Refusal
from coremis.kernel.files.storage import keep
from coremis.kernel.jobs.kinds import job_kind
from coremis.kernel.jobs.work import Work
from coremis.kernel.screens.exports import file_name, may_export, save_exported_list, sheet_columns, write_table
from coremis.kernel.screens.keyset import Order, Place, page_of
from coremis.kernel.screens.lists import Asked, ListScreen
from coremis.kernel.screens.models import forget_old_searches
from coremis.kernel.screens.tables import file_rows

CHUNK = 5_000
LARGEST_FILE = 10 << 30


@dataclass(frozen=True)
class Export:
    """One export, read again under the rights that its person has now."""

    screen: ListScreen
    user: User
    asked: Asked


@job_kind(title=_("File of a list: %(list)s"))
def export_table(work: Work) -> bool:
    """Add the next rows, by their ids, to the file in the making; a worker that was killed goes on from the last whole chunk."""
    with translation.override(work.params["language"]):
        export = read_export(work)
        visible, rows = export.screen.visible(export.user, export.asked.owner), export.screen.rows(export.user, export.asked)
        columns = export.screen.table.file_columns_for(export.user)
        part = part_of(work)
        if not cut_to_size(part, work.cursor.get("bytes", 0)):
            work.cursor, work.done = {}, 0
        page = page_of(export.screen.table.prepare_file(rows), visible, Order(), Place(after=work.cursor.get("after")), CHUNK)
        if page.lost:
            raise Refusal(_("The list changed while the file was being made. Ask for the file again."))
        cells = file_rows(export.screen.table, columns, page.rows, export.user)
        work.cursor = {"after": page.next, "bytes": append_rows(part, cells)}
        work.done += len(cells)
        return page.next is not None


@export_table.finish
def finish_export(work: Work) -> None:
    """Write the file in its format and keep it for the person who asked, alone."""
    with translation.override(work.params["language"]):
        export = read_export(work)
        table, title = export.screen.table, export.screen.title_for(export.asked.owner)
        name = file_name(table.export_name or title, work.params["format"])
        with TemporaryFile() as target:
            columns = sheet_columns(table.file_columns_for(export.user))
            write_table(target, work.params["format"], title, columns, stored_rows(part_of(work)))
            content = keep(target, LARGEST_FILE)
        with coming_from(Source(job_id=work.job_id, cause_id=work.cause_id)):
            attachment = save_exported_list(
                for_user=export.user, name=name, sha256=content.sha256, size=content.size, permission=table.permission,
                actor=system(save_exported_list.name),
            )  # fmt: skip
    work.report = {"attachment": attachment.pk, "rows": work.done}
    part_of(work).unlink(missing_ok=True)


@export_table.abandon
def abandon_export(work: Work) -> bool:
    """Remove the file in the making."""
    part_of(work).unlink(missing_ok=True)
    return False


@job_kind(title=_("Forget old searches"))
def forget_searches(work: Work) -> bool:
    """Delete kept searches that nobody used for a month."""
    work.done = forget_old_searches()
    return False


def read_export(work: Work) -> Export:
    """The list and its filters; refused when the person has lost the right, or the list or search is gone."""
    user = User.objects.filter(pk=work.actor_id or 0).first()
    address = urlsplit(work.params["address"])
    try:
        match = resolve(address.path)
        screen = match.func
        if user is None or not isinstance(screen, ListScreen):
            raise Resolver404
        if not (may_export(user) and user.has_perm(screen.table.permission)):
            raise NotPermitted(_("You may no longer take this list home. Ask an administrator if you need to."))
        query = {name: [str(text) for text in values] for name, values in QueryDict(address.query).lists()}
        asked = screen.read(user, query, match.kwargs)
    except (Resolver404, Http404):
        raise Refusal(_("This list is no longer there. Open it again and ask for a new file.")) from None
    if asked.selection.problems:
        raise Refusal("%(why)s", why=" ".join(asked.selection.problems))
    return Export(screen, user, asked)


def part_of(work: Work) -> Path:
    """Where the rows wait until the file is whole."""
    return Path(settings.MEDIA_ROOT) / "exports" / f"{work.job_id}.rows"


def cut_to_size(part: Path, size: int) -> bool:
    """Take away what a killed worker wrote beyond the last whole chunk; False where less is there than that."""
    part.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(part, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        there = file.seek(0, os.SEEK_END)
        file.truncate(size if there >= size else 0)
    return there >= size


def append_rows(part: Path, rows: list[list[Any]]) -> int:
    """Add rows as lines and return the size of the file."""
    with part.open("ab") as file:
        for row in rows:
            file.write(json.dumps([packed(value) for value in row], ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def stored_rows(part: Path) -> Iterator[list[Any]]:
    """The rows as they were added."""
    with part.open(encoding="utf-8") as file:
        for line in file:
            yield [unpacked(value) for value in json.loads(line)]


def packed(value: Any) -> Any:
    """A value of a file as plain data."""
    if isinstance(value, Money):
        return {"money": [value.amount_minor, value.currency]}
    if isinstance(value, Decimal):
        return {"number": str(value)}
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    return {"day": value.isoformat()} if isinstance(value, date) else value


def unpacked(value: Any) -> Any:
    """The value again."""
    if not isinstance(value, dict):
        return value
    readers: dict[str, Any] = {
        "money": lambda data: Money(*data), "number": Decimal, "moment": datetime.fromisoformat, "day": date.fromisoformat,
    }  # fmt: skip
    ((kind, data),) = value.items()
    return readers[kind](data)

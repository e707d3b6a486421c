"""Taking home the rows that were not taken in, with the reason beside each, to be corrected and sent again."""

import tempfile
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from django.utils import translation
from django.utils.translation import get_language, gettext

from coremis.kernel.exchange.kinds import find_kind
from coremis.kernel.exchange.models import Batch, BatchRow
from coremis.kernel.exchange.staging import table_of
from coremis.kernel.exchange.values import shown
from coremis.kernel.files.models import Attachment
from coremis.kernel.files.storage import store
from coremis.kernel.files.writing import Sheet, SheetColumn, write_csv, write_xlsx

MOST_IN_A_WORKBOOK = 20_000
State = BatchRow.State


def keep_rejected_rows(batch: Batch) -> Attachment | None:
    """Write the rows to correct into a file that belongs to the import, in its sender's language; None where there are none."""
    if not batch.bad_count:
        return None
    with translation.override(batch.sent_by.language if batch.sent_by else get_language()):
        return write_rows(batch, State.BAD, batch.bad_count, gettext("Rows to correct"), gettext("To correct"))


def keep_kept_rows(batch: Batch) -> Attachment | None:
    """The same for the rows that could not be taken back."""
    if not batch.kept_count:
        return None
    with translation.override(batch.sent_by.language if batch.sent_by else get_language()):
        return write_rows(batch, State.KEPT, batch.kept_count, gettext("Rows not taken back"), gettext("Why not"))


def write_rows(batch: Batch, state: str, count: int, title: str, reason: str) -> Attachment:
    """The rows in one state with the reasons, in the active language."""
    as_workbook = count <= MOST_IN_A_WORKBOOK
    columns, rows = rejected_columns(batch, reason), rejected_rows(batch, state)
    with tempfile.TemporaryFile() as target:
        if as_workbook:
            write_xlsx(target, [Sheet(title, columns, rows)])
        else:
            write_csv(target, columns, rows, get_language() or "en")
        name = f"{PurePath(batch.name).stem[:120]} - {title[:1].lower()}{title[1:]}.{'xlsx' if as_workbook else 'csv'}"
        return store(target, name, owner=batch, permission=find_kind(batch.import_kind).file_permission, most_bytes=1 << 40)


def rejected_columns(batch: Batch, reason: str) -> list[SheetColumn]:
    """The titles of the file as it was sent, then the row and what to correct there."""
    given = [SheetColumn(title) for title in batch.headers]
    return [*given, SheetColumn(free_title(gettext("Row"), batch)), SheetColumn(free_title(reason, batch), width=60)]


def free_title(title: str, batch: Batch) -> str:
    """A title that the file does not have yet: rows to correct may be sent, and rejected, more than once."""
    taken = {header.casefold() for header in batch.headers}
    while title.casefold() in taken:
        title += "’"
    return title


def rejected_rows(batch: Batch, state: str = State.BAD) -> Iterator[list[Any]]:
    """The rejected rows as they stand in the file (with the corrections made here), their number, and the reasons in words."""
    titles = {code: str(column.title) for code, column in find_kind(batch.import_kind).all_columns().items()}
    rejected = iter(BatchRow.objects.filter(batch=batch, state=state).order_by("number").iterator())
    waiting = next(rejected, None)
    width = len(batch.headers)
    for number, cells in table_of(batch).rows():
        if waiting is not None and number == waiting.number:
            texts = corrected_texts(batch, number, [shown(cell) for cell in cells[:width]])
            yield [*texts, str(number), reasons(waiting, titles, kept=state == State.KEPT)]
            waiting = next(rejected, None)


def corrected_texts(batch: Batch, number: int, texts: list[str]) -> list[str]:
    """The texts of a row with what was corrected in place of what was written."""
    for code, replaced in batch.replacements.items():
        if len(batch.mapping.get(code, ())) == 1:
            place = batch.headers.index(batch.mapping[code][0])
            texts[place] = replaced.get(texts[place], texts[place])
    for code, text in batch.corrections.get(str(number), {}).items():
        if len(batch.mapping.get(code, ())) == 1:
            texts[batch.headers.index(batch.mapping[code][0])] = text
    return texts


def reasons(row: BatchRow, titles: dict[str, str], kept: bool = False) -> str:
    """“Born: “31/02/1980” is not a date. …”"""
    texts = [problem for problem in row.problem_texts if "kept" in problem or not kept]
    told = [(titles.get(problem["column"], ""), problem["text"]) for problem in texts]
    return " ".join(f"{title}: {text}" if title else text for title, text in told)

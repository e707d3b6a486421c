"""Reading a table that somebody sends: CSV or .xlsx, recognised by its content, refused with a sentence where it is neither."""

import re
from collections.abc import Callable, Hashable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.cells import Cell, Row, Rows, check_row, column_letter
from coremis.kernel.files.delimited import Source, delimited_rows, encoding_of, opened, separator_of
from coremis.kernel.files.workbook import check_workbook, sheets_of, workbook_rows

CSV, XLSX = "csv", "xlsx"
TITLES_WITHIN = 40  # filled rows among which the titles are looked for
BEGINNINGS = (
    (b"PK\x05\x06", _("This archive is empty. Send the table itself, as .xlsx or CSV.")),
    (b"%PDF", _("This is a PDF. Send the table itself, as .xlsx or CSV.")),
    (b"<", _("This is a web page, even if its name says otherwise. Open it in your spreadsheet program and save it as .xlsx.")),
    (b"{", _("This is a data file for programs, not a table. Send the table as .xlsx or CSV.")),
)
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PASSWORD_MARK = "EncryptedPackage".encode("utf-16-le")
MARK_LEFTOVER = re.compile(r"^(?:\ufeff|ï»¿|X\.U\.FEFF\.)+")


class RowSource(Protocol):
    """Gives all rows of a table with their numbers, each time from the beginning."""

    def __call__(self) -> Rows: ...


@dataclass(frozen=True)
class TableReader:
    """A table with its titles; ``rows`` can be asked for again and again, and never keeps more than it yields (CSV)."""

    format: str
    headers: list[str]
    header_row: int
    source: RowSource
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()

    def rows(self, after: int = 0) -> Iterator[Row]:
        """``(number in the file, cells)`` of every row that is not blank, from the row after ``after``.

        Short rows are filled with None. A row with values beyond the last title keeps them: whoever takes it in reports it.
        """
        start, width = max(after, self.header_row), len(self.headers)
        with closing(self.source()) as rows:
            for number, cells in rows:
                if number > start and any(cell is not None for cell in cells):
                    check_row(number, cells)
                    yield number, fitted(cells, width)


class OpenTables:
    """Where the last chunk stopped reading, so that the next one goes on there; without it, reading begins anew and skips.

    One table is kept open at a time: a chunk never costs more because it stands further down in the file.
    """

    def __init__(self) -> None:
        self._open: tuple[Hashable, int, Iterator[Row]] | None = None

    def read(self, key: Hashable, rows_after: Callable[[int], Iterator[Row]], after: int, count: int) -> list[Row]:
        """The next ``count`` rows after row ``after`` of the table known by ``key``; ``rows_after`` opens it where it is not open."""
        kept, self._open = self._open, None
        rows = kept[2] if kept and after and kept[:2] == (key, after) else rows_after(after)
        found = list(islice(rows, count))
        if found and len(found) == count:
            self._open = (key, found[-1][0], rows)
        return found


def fitted(cells: list[Cell], width: int) -> list[Cell]:
    """As many cells as there are titles; more only where a value stands there."""
    last = len(cells)
    while last > width and cells[last - 1] is None:
        last -= 1
    return cells[:last] + [None] * (width - last)


def open_table(
    source: Source | str, name: str = "", *, encoding: str = "", separator: str = "", sheet: str = "", header_row: int = 0
) -> TableReader:
    """The table in a file; ``name`` is never trusted. Encoding, separator, sheet and row of titles are found out unless given."""
    place: Source = Path(source) if isinstance(source, str) else source
    with opened(place) as handle:
        head = handle.read(1 << 16)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\x00\r\n\t ,;"):
        raise Refusal(_("The file is empty. Choose the file with the table, and send it again."))
    if head.startswith(b"PK\x03\x04"):
        return _open_workbook(place, sheet, header_row)
    _refuse_other_kinds(place, head)
    return _open_delimited(place, encoding, separator, header_row)


def _refuse_other_kinds(source: Source, head: bytes) -> None:
    if head.startswith(OLD_OFFICE):
        with opened(source) as handle:
            locked = any(PASSWORD_MARK in piece for piece in iter(partial(handle.read, 1 << 20), b""))
        if locked:
            raise Refusal(_("This file is locked with a password. Save it without a password, and send that."))
        raise Refusal(_("This is an old Excel file (.xls). Open it, save it as .xlsx, and send that."))
    for beginning, sentence in BEGINNINGS:
        if head.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(beginning):
            raise Refusal(sentence)


def _open_workbook(source: Source, sheet: str, header_row: int) -> TableReader:
    check_workbook(source)
    sheets = sheets_of(source)
    if sheet and sheet not in sheets:
        raise Refusal(_("This workbook has no sheet “%(sheet)s”. Choose one of: %(sheets)s."), sheet=sheet, sheets=", ".join(sheets))
    if sheet:
        return _open_sheet(source, sheet, sheets, header_row)
    refusals: list[Refusal] = []
    for candidate in sheets:  # many workbooks begin with a sheet of instructions: a table has at least two titles
        try:
            table = _open_sheet(source, candidate, sheets, header_row)
        except Refusal as refusal:
            refusals.append(refusal)
            continue
        if len(table.headers) > 1 or len(sheets) == 1:
            return table
    raise refusals[0] if refusals else Refusal(_("No sheet of this workbook holds a table with two columns or more."))


def _open_sheet(source: Source, sheet: str, sheets: list[str], header_row: int) -> TableReader:
    rows = partial(workbook_rows, source, sheet)
    return _with_headers(rows, header_row, {"format": XLSX, "sheet": sheet, "sheets": tuple(sheets)})


def _open_delimited(source: Source, encoding: str, separator: str, header_row: int) -> TableReader:
    encoding = encoding or encoding_of(source)
    separator = separator or separator_of(source, encoding)
    rows = partial(delimited_rows, source, encoding, separator)
    return _with_headers(rows, header_row, {"format": CSV, "encoding": encoding, "separator": separator})


def _with_headers(source: RowSource, header_row: int, about: dict[str, Any]) -> TableReader:
    with closing(source()) as rows:
        first = list(islice((row for row in rows if any(cell is not None for cell in row[1])), TITLES_WITHIN))
    if header_row:
        first = [row for row in first if row[0] >= header_row]
        if not first:
            raise Refusal(_("There is no row %(row)s with titles among the first rows. Choose another."), row=header_row)
    else:
        first = first[place_of_titles(first) :]
    if not first:
        raise Refusal(_("The file is empty. Choose the file with the table, and send it again."))
    number, cells = first[0]
    check_row(number, cells)
    headers = titles_of(cells)
    if len(first) == 1:
        raise Refusal(_("The file has titles but no rows. Fill in the rows below the titles, and send it again."))
    return TableReader(headers=headers, header_row=number, source=source, **about)


def place_of_titles(rows: list[Row]) -> int:
    """Where the titles stand among these rows: the first one, unless it is a heading above a table that is much wider."""
    widths = [sum(cell is not None for cell in cells) for _number, cells in rows]
    widest = max(widths, default=0)
    if not rows or widths[0] > 2 or widths[0] * 2 >= widest:
        return 0
    for place, (_number, cells) in enumerate(rows[:-1]):
        named = [cell for cell in cells if cell is not None]
        if widths[place] * 10 >= widest * 8 and all(isinstance(cell, str) and any(map(str.isalpha, cell)) for cell in named):
            return place
    return 0


def titles_of(cells: list[Cell]) -> list[str]:
    """The titles as written, blanks tidied; a column without a title or two with the same one are refused."""
    titles = [" ".join(str(cell).split()) if cell is not None else "" for cell in fitted(cells, 0)]
    titles[0] = MARK_LEFTOVER.sub("", titles[0])
    seen: dict[str, str] = {}
    for position, title in enumerate(titles):
        letter = column_letter(position)
        if not title:
            raise Refusal(_("Column %(column)s has no title. Write one in the first row, or delete the column."), column=letter)
        if title.casefold() in seen:
            raise Refusal(
                _("Columns %(first)s and %(second)s have the same title “%(title)s”. Rename one of them."),
                first=seen[title.casefold()], second=letter, title=title[:60],
            )  # fmt: skip
        seen[title.casefold()] = letter
    return titles

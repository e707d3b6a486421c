"""Writing a table for people: .xlsx with typed cells, or CSV. What is written here is read back unchanged by ``reading``."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.money import Money, decimals_of, figures
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.cells import LONGEST_TEXT, guarded

Target = Path | BinaryIO

TEXT, NUMBER, AMOUNT, DATE = "text", "number", "amount", "date"
WIDTHS = {TEXT: 18, NUMBER: 12, AMOUNT: 16, DATE: 12}
WIDEST = 40
MOST_ROWS = 1_048_575  # what a sheet holds, without the titles
FIRST_SHEET_DATE = date(1900, 3, 1)  # spreadsheets count days wrongly before it
DECIMAL_COMMA = {"fr", "pt"}
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# Never part of a spreadsheet's sheet name.
FORBIDDEN_IN_NAME = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True)
class SheetColumn:
    """A column of a file. ``kind`` is text (codes and phones too), number, amount or date.

    An amount's cells are ``Money``, or smallest units of ``currency``; every other cell of a kind may also be None or a text.
    Where one column is ``editable``, all other cells of the sheet are protected; ``choices`` are offered in its cells.
    """

    title: Any
    kind: str = TEXT
    currency: str = ""
    width: int = 0
    editable: bool = False
    choices: Sequence[str] = ()


@dataclass(frozen=True)
class Sheet:
    """A named sheet; ``rows`` is read once, in order, and may be a generator."""

    title: Any
    columns: Sequence[SheetColumn]
    rows: Iterable[Sequence[Any]]


def write_xlsx(target: Target, sheets: Sequence[Sheet]) -> int:
    """Write a workbook and return how many rows it holds. Memory stays flat. No cell is ever a formula or a link."""
    written, names = 0, set[str]()
    with xlsxwriter.Workbook(target if not isinstance(target, Path) else str(target), OPTIONS) as book:
        formats = _Formats(book)
        for sheet in sheets:
            page = book.add_worksheet(_sheet_name(str(sheet.title), names))
            written += _write_sheet(page, sheet, formats)
    return written


def _write_sheet(page: Any, sheet: Sheet, formats: "_Formats") -> int:
    for position, column in enumerate(sheet.columns):
        width = column.width or min(WIDEST, max(WIDTHS[column.kind], len(str(column.title)) + 4))
        page.set_column(position, position, width, formats.of(column))
    page.freeze_panes(1, 0)
    for position, column in enumerate(sheet.columns):
        page.write_string(0, position, str(column.title), formats.header)
    writers = [_cell_writer(page, column, formats) for column in sheet.columns]
    row = 0
    for row, cells in enumerate(sheet.rows, start=1):
        if row > MOST_ROWS:
            raise Refusal(_("A sheet holds at most %(most)s rows. Choose CSV, or filter the list first."), most=MOST_ROWS)
        for position, (write, value) in enumerate(zip(writers, cells, strict=True)):
            if value is not None and value != "":
                write(row, position, value)
    if sheet.columns:
        page.autofilter(0, 0, row, len(sheet.columns) - 1)
    _protect(page, sheet, row)
    return row


def _protect(page: Any, sheet: Sheet, rows: int) -> None:
    """Lock what nobody should change, and offer choices. It keeps people from slips, not from intent: compare what comes back."""
    if not any(column.editable for column in sheet.columns):
        return
    page.protect("", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True})
    for position, column in enumerate(sheet.columns):
        if column.choices and rows:
            page.data_validation(1, position, rows, position, {"validate": "list", "source": list(column.choices), "error_type": "warning"})


def _cell_writer(page: Any, column: SheetColumn, formats: "_Formats") -> Callable[[int, int, Any], None]:
    usual = formats.of(column)

    def write(row: int, position: int, value: Any) -> None:
        if column.kind == AMOUNT and isinstance(value, Money | int):
            page.write_number(row, position, _decimal(value, column), formats.of(column, value))
        elif column.kind == NUMBER and isinstance(value, int | float | Decimal):
            page.write_number(row, position, value, usual)
        elif column.kind == DATE and isinstance(value, date) and _day(value) >= FIRST_SHEET_DATE:
            page.write_datetime(row, position, _local(value), formats.of(column, value))
        else:
            page.write_string(row, position, _shortened(str(value)), formats.open_text if column.editable else formats.text)

    return write


class _Formats:
    """The cell styles of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[str, Any] = {}
        self.header = book.add_format({"bold": True, "bg_color": "#E8EDF2", "bottom": 1, "text_wrap": True, "valign": "top"})
        self.text = self._format("@")
        self.open_text = book.add_format({"num_format": "@", "locked": False, "bg_color": "#FFF9E5"})

    def of(self, column: SheetColumn, value: Any = None) -> Any:
        """The style of a column's cells; codes keep their text style when somebody edits them. Only texts can be edited."""
        if column.editable:
            return self.open_text
        if column.kind == AMOUNT:
            places = decimals_of(value.currency if isinstance(value, Money) else column.currency)
            return self._format("#,##0" + ("." + "0" * places if places else ""))
        if column.kind == DATE:
            return self._format("yyyy-mm-dd hh:mm" if isinstance(value, datetime) else "yyyy-mm-dd")
        return self._format("General") if column.kind == NUMBER else self.text

    def _format(self, pattern: str) -> Any:
        if pattern not in self._made:
            self._made[pattern] = self._book.add_format({"num_format": pattern})
        return self._made[pattern]


def write_csv(target: Target, columns: Sequence[SheetColumn], rows: Iterable[Sequence[Any]], language: str = "en") -> int:
    """Write a CSV that opens by double click: UTF-8 with its mark; in French and Portuguese ``;`` and the decimal comma.

    Texts that a spreadsheet would run get an apostrophe, which reading takes away again (the rule is in ``cells``).
    """
    comma = language.split("-")[0] in DECIMAL_COMMA
    decimal = "," if comma else "."
    count = 0
    with _text_of(target) as text:
        # Every text is quoted: with another separator than the reader expects, a part of a text would become a cell of its own.
        writer = csv.writer(text, delimiter=";" if comma else ",", quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        writer.writerow([guarded(str(column.title)) for column in columns])
        for count, cells in enumerate(rows, start=1):  # noqa: B007
            writer.writerow([_plain(column, value, decimal) for column, value in zip(columns, cells, strict=True)])
    return count


@contextmanager
def _text_of(target: Target) -> Iterator[io.TextIOWrapper]:
    if isinstance(target, Path):
        with target.open("w", encoding="utf-8-sig", newline="") as text:
            yield text
        return
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="")
    try:
        yield text
    finally:
        text.detach()


def _plain(column: SheetColumn, value: Any, decimal: str) -> Any:
    if value is None or value == "":
        return ""
    if column.kind == AMOUNT and isinstance(value, Money | int):
        amount = value if isinstance(value, Money) else Money(value, column.currency)
        return figures(amount.amount_minor, amount.currency, thousands="", decimal=decimal)
    if column.kind == NUMBER and isinstance(value, int | float | Decimal):
        return value if isinstance(value, int) else str(value).replace(".", decimal)
    if column.kind == DATE and isinstance(value, datetime):
        return _local(value).isoformat(" ", "minutes")
    return guarded(str(value))


def _decimal(value: Money | int, column: SheetColumn) -> Decimal:
    amount = value if isinstance(value, Money) else Money(value, column.currency)
    return Decimal(amount.amount_minor).scaleb(-decimals_of(amount.currency))


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _local(value: Any) -> Any:
    """A moment on the clock of the country; spreadsheets know no time zones."""
    return timezone.make_naive(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def _sheet_name(title: str, taken: set[str]) -> str:
    """At most 31 signs, none of those a spreadsheet forbids, no two the same."""
    name = FORBIDDEN_IN_NAME.sub(" ", title).strip("' ")[:27] or "1"
    free = next(candidate for candidate in (name, *(f"{name} {number}" for number in range(2, 1000))) if candidate.casefold() not in taken)
    taken.add(free.casefold())
    return free

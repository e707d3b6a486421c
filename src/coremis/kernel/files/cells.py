"""What a cell of a table may hold, the limits of a table, and the rule for cells that a spreadsheet would run as a formula.

The apostrophe rule. A CSV has no cell types, so a spreadsheet takes a text that begins with ``= + - @`` or a tab for a formula.
``guarded`` puts one apostrophe before such a text, also where apostrophes already stand before the sign. ``unguarded`` takes
exactly one apostrophe away, and only where apostrophes are followed by such a sign. So ``unguarded(guarded(text)) == text`` for
every text, and a name such as ’Otukolo, ``'Otukolo`` or ``'t Hooft`` is never touched: a letter follows its apostrophe.
"""

import re
from collections.abc import Generator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Refusal

Cell = str | int | float | bool | date | None
Row = tuple[int, list[Cell]]
Rows = Generator[Row, None, None]

LONGEST_TEXT = 32_767  # what a cell of a spreadsheet can hold
MOST_COLUMNS = 1_000
EXACT_BELOW = 10**15  # a spreadsheet keeps 15 digits; a longer number has already lost some

SIGNS = r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"  # the last four: the same in full width, which some spreadsheets take for them
DANGEROUS = re.compile(rf"'*\s*{SIGNS}")
GUARDED = re.compile(rf"'+\s*{SIGNS}")


def guarded(text: str) -> str:
    """The text as it may stand in a CSV: never a formula."""
    return "'" + text if DANGEROUS.match(text) else text


def unguarded(text: str) -> str:
    """The text that ``guarded`` was given."""
    return text[1:] if GUARDED.match(text) else text


def text_cell(text: str) -> str | None:
    """A cell of a CSV: the text as it stands, or None where it is blank. “nan” is a text like any other (pitfall M9)."""
    return unguarded(text) if text and not text.isspace() else None


def workbook_cell(value: Any) -> Cell:
    """A cell of a workbook: 3.0 is 3, midnight is a day, a time is “08:30”, blank is None."""
    if isinstance(value, str):
        return value if value and not value.isspace() else None
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT_BELOW:
        return int(value)
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else value
    if isinstance(value, time):
        return value.isoformat("minutes" if not value.second else "seconds")
    return str(value) if isinstance(value, timedelta) else value


def column_letter(position: int) -> str:
    """How spreadsheets name a column: 0 is A, 26 is AA."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def check_row(number: int, cells: list[Cell]) -> None:
    """Refuse a row that no honest table holds: too many cells, a text without end."""
    if len(cells) > MOST_COLUMNS and any(cell is not None for cell in cells[MOST_COLUMNS:]):
        raise Refusal(_("Row %(row)s has more than %(most)s columns. Remove the columns you do not need."), row=number, most=MOST_COLUMNS)
    for position, cell in enumerate(cells):
        if isinstance(cell, str) and len(cell) > LONGEST_TEXT:
            column = column_letter(position)
            raise Refusal(
                _("The cell %(cell)s holds too long a text. Shorten it, or check the quotation marks before it."), cell=f"{column}{number}"
            )

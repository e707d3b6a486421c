"""How a file is written, found out from a bounded sample: dates, decimal sign, lost zeros, damage done by spreadsheet programs.

Nothing is changed here: what was recognised is shown to people, who correct it; only what they confirm is done, and it is told.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from coremis.kernel.areas.models import Area
from coremis.kernel.areas.queries import below
from coremis.kernel.exchange.kinds import AREA, DATE, PARTIAL_DATE, TEXT, ImportColumn
from coremis.kernel.exchange.values import DAMAGED, serial_of
from coremis.kernel.files.cells import Cell
from coremis.kernel.files.reading import TableReader

SAMPLE = 2_000
DAY, MONTH, UNCLEAR, MIXED = "day", "month", "unclear", "mixed"
NUMERIC_DATE = re.compile(r"\s*(\d{1,2})[-/.](\d{1,2})[-/.]\d{4}\s*")
COMMA = re.compile(r"\s*-?(?:\d+|\d{1,3}(?:[. \u00a0\u202f]\d{3})+),\d+\s*")
POINT = re.compile(r"\s*-?\d+\.\d+\s*")


@dataclass(frozen=True)
class Signs:
    """What the sample shows about one column. ``dates`` is empty where there are none; ``zeros`` is the width to be restored."""

    dates: str = ""
    proofs: int = 0
    serials: int = 0
    zeros: int = 0
    short: int = 0
    sure: bool = False
    damaged: int = 0


@dataclass(frozen=True)
class Recognised:
    """What the sample shows about a file: ``day_first`` and ``decimal_comma`` are None where nothing shows them."""

    rows: int
    columns: dict[str, Signs] = field(default_factory=dict)
    day_first: bool | None = None
    unclear_dates: bool = False
    decimal_comma: bool | None = None
    both_signs: bool = False


def sample_of(table: TableReader, count: int = SAMPLE) -> list[list[Cell]]:
    """The first rows of a table."""
    with closing(table.rows()) as rows:  # type: ignore[type-var]
        return [cells for _number, cells in islice(rows, count)]


def recognise(headers: Sequence[str], rows: Sequence[Sequence[Cell]], brings: Mapping[str, ImportColumn], area: Area | None) -> Recognised:
    """Look at a sample. ``brings`` are the columns by title, as far as they are matched; ``area`` is the place of the codes."""
    signs = {}
    for place, title in enumerate(headers):
        cells = [row[place] for row in rows if place < len(row) and row[place] is not None]
        signs[title] = signs_of(cells, brings.get(title), area)
    texts = [cell for row in rows for cell in row if isinstance(cell, str)]
    commas, points = sum(bool(COMMA.fullmatch(text)) for text in texts), sum(bool(POINT.fullmatch(text)) for text in texts)
    proven = {found.dates for found in signs.values() if found.dates in (DAY, MONTH)}
    return Recognised(
        len(rows), signs,
        day_first=None if len(proven) != 1 else proven == {DAY},
        unclear_dates=not proven and any(found.dates == UNCLEAR and brings_date(brings.get(title)) for title, found in signs.items()),
        decimal_comma=None if not commas and not points else commas > points,
        both_signs=bool(commas and points),
    )  # fmt: skip


def signs_of(cells: Sequence[Cell], column: ImportColumn | None, area: Area | None) -> Signs:
    """What the filled cells of one column show."""
    texts = [cell for cell in cells if isinstance(cell, str)]
    dates, proofs = order_of_dates(texts)
    serials = sum(serial_of(cell) is not None for cell in cells) if brings_date(column) else 0
    zeros, short, sure = lost_zeros(cells, column, area)
    return Signs(
        dates, proofs, serials if serials * 2 > len(cells) else 0, zeros, short, sure, sum(bool(DAMAGED.fullmatch(text)) for text in texts)
    )


def brings_date(column: ImportColumn | None) -> bool:
    """Whether a column brings dates."""
    return column is not None and column.kind in (DATE, PARTIAL_DATE)


def order_of_dates(texts: Sequence[str]) -> tuple[str, int]:
    """Whether days or months come first, decided over the whole column, with the number of values that prove it."""
    found = [match for text in texts if (match := NUMERIC_DATE.fullmatch(text))]
    days = sum(int(match[1]) > 12 for match in found)
    months = sum(int(match[2]) > 12 for match in found)
    if not found:
        return "", 0
    if days and months:
        return MIXED, max(days, months)
    return (DAY, days) if days else (MONTH, months) if months else (UNCLEAR, len(found))


def lost_zeros(cells: Sequence[Cell], column: ImportColumn | None, area: Area | None) -> tuple[int, int, bool]:
    """(width, number of values that are too short, whether what the system holds shows it) where leading zeros were lost."""
    if column is None or column.kind not in (TEXT, AREA):
        return 0, 0, False
    digits = [text for cell in cells if (text := str(cell).strip()).isascii() and text.isdigit()]
    if not digits:
        return 0, 0, False
    if column.kind == AREA:
        return (*lost_in_codes(digits, area), True) if area is not None else (0, 0, False)
    if column.known_values is not None:
        known = [value for value in column.known_values() if value.isascii() and value.isdigit()]
        width = usual_width(known)
        lengths = {len(value) for value in known}
        short = [text for text in digits if len(text) == width - 1 and text[0] != "0" and len(text) not in lengths]
        if short:
            return width, len(short), True
    width = usual_width(digits, share=0.0)
    if not width or max(map(len, digits)) > width or any(len(text) != width for text in digits if text[0] == "0"):
        return 0, 0, False
    short = [text for text in digits if len(text) < width]
    return (width, len(short), column.known_values is not None) if short else (0, 0, False)


def usual_width(values: Sequence[str], share: float = 0.5) -> int:
    """How many digits values that begin with a zero usually have; 0 where less than a share of the values do."""
    widths = Counter(len(value) for value in values if value[0] == "0")
    return widths.most_common(1)[0][0] if values and widths and widths.total() >= share * len(values) else 0


def lost_in_codes(digits: Sequence[str], area: Area) -> tuple[int, int]:
    """Codes of places that are known only with zeros before them."""
    codes = {
        code for code in Area.objects.filter(pk__in=below([area.pk]), valid_until=None).values_list("code", flat=True) if code.isdigit()
    }
    unknown = [text for text in digits if text not in codes]
    widths = Counter(
        width for text in unknown for width in {len(code) for code in codes} if width > len(text) and text.zfill(width) in codes
    )
    return widths.most_common(1)[0] if widths else (0, 0)


def as_options(found: Recognised) -> dict[str, Any]:
    """What may be taken over without asking: only what the file itself proves."""
    options: dict[str, Any] = {}
    if found.day_first is not None:
        options["day_first"] = found.day_first
    if found.decimal_comma is not None:
        options["decimal_comma"] = found.decimal_comma
    return options

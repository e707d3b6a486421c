"""Taking a figure home: its table as a spreadsheet, its drawing as a picture that any program opens."""

import io
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string

from coremis.kernel.base.money import Money
from coremis.kernel.files.writing import SheetColumn
from coremis.kernel.screens.exports import TYPES, file_name, write_table
from coremis.modules.dashboards.pages import Shown
from coremis.modules.dashboards.reading import Number, Reading

DRAWN_WIDTH, LEGEND_FROM = 760, 56
TYPES_HERE = {**TYPES, "svg": "image/svg+xml"}


def figure_response(shown: Shown, file_format: str) -> HttpResponse:
    """The file as an answer that the browser saves."""
    content = drawn(shown) if file_format == "svg" else written(shown, file_format)
    response = HttpResponse(content, content_type=TYPES_HERE[file_format])
    response["Content-Disposition"] = f'attachment; filename="{file_name(shown.title, file_format)}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def drawn(shown: Shown) -> bytes:
    """The drawing with its colours inside, so that it needs nothing else."""
    if shown.map is not None:
        legend = [(step.fill, step.words, LEGEND_FROM + shown.map.height + place * 22) for place, step in enumerate(shown.map.legend)]
        height = LEGEND_FROM + shown.map.height + len(legend) * 22 + 10
        of_map = {"map": shown.map, "legend": legend, "page_height": height, "day": shown.reading.as_of}
        return render_to_string("geography/map.svg", of_map).encode()
    about = {"drawing": shown.drawing, "title": shown.title, "width": DRAWN_WIDTH, "file": True}
    return render_to_string("dashboards/charts/_frame.svg", about).encode()


def written(shown: Shown, file_format: str) -> bytes:
    """The table with numbers as numbers; of a share also how many of how many."""
    reading = shown.reading
    heads = reading.heads()
    kind = "amount" if reading.measure.money else "number"
    columns = [SheetColumn(heads[0] or shown.title)]
    for title in heads[1:]:
        columns += [SheetColumn(title, "text" if reading.measure.per else kind), *(numbers_behind(reading) if reading.measure.per else [])]
    lines = [(line.words, line.numbers) for line in reading.lines] or [(shown.title, reading.total)]
    content = io.BytesIO()
    write_table(content, file_format, shown.title[:31], columns, [[words, *cells(reading, numbers)] for words, numbers in lines])
    return content.getvalue()


def numbers_behind(reading: Reading) -> list[SheetColumn]:
    """The columns beside a share: how many, and of how many."""
    base = reading.dataset.measure(reading.measure.per)
    kind = "amount" if reading.measure.money else "number"
    return [SheetColumn(str(reading.measure.help), kind), SheetColumn(str(base.title if base else ""), kind)]


def cells(reading: Reading, numbers: Any) -> list[Any]:
    """The numbers of one line."""
    found: list[Any] = []
    for number in numbers:
        found += one_cell(reading, number)
    return found


def one_cell(reading: Reading, number: Number) -> list[Any]:
    """A number as a spreadsheet stores it."""
    if number.of is not None:
        return [number.text, one_value(reading, number.amount, number), one_value(reading, number.of, number)]
    return [one_value(reading, number.amount, number)]


def one_value(reading: Reading, amount: int, number: Number) -> Any:
    """An amount of money, or a number of something."""
    return Money(amount, number.currency) if reading.measure.money and number.currency else amount

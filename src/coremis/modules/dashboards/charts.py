"""What the chart templates print: positions in per cent, so that one drawing fits a phone, a wide page and a file."""

from dataclasses import dataclass, field
from textwrap import shorten, wrap
from typing import Any

from django.utils.translation import gettext as _

from coremis.kernel.datasets.dataset import PLACE
from coremis.kernel.datasets.widget import Chart, Size
from coremis.modules.dashboards.formulas import labelled, parts, percent, positions, round_top, shares
from coremis.modules.dashboards.reading import Column, Line, Number, Reading

MOST_BARS, MOST_SERIES, MOST_LABELS, FEW_LABELS = 15, 6, 7, 4
ROW, LEGEND, PLOT, TOP, TEXT = 42, 20, 170, 26, 16
SIGNS, LINES, MONTH = 44, 3, 12  # signs beside each other on a phone, lines of one label, signs below a point
NARROWEST = 1_100  # a segment below 11 % has no room for its number
# From dark to light, so that neighbours differ in grey too; the page's style replaces them where it is dark.
DASHES = ("", "6 4", "2 3", "10 3 2 3", "1 4", "12 5")
INKS = ("#ffffff", "#ffffff", "#17211f", "#17211f", "#ffffff", "#17211f")
FILLS = ("#0b4450", "#3f8390", "#94c0c8", "#d0e3e6", "#5b6f6c", "#b9c4c1")


def tone(place: int) -> dict[str, Any]:
    """The colour of one series, by its class on the page and by its value in a file."""
    return {"tone": place % MOST_SERIES, "fill": FILLS[place % MOST_SERIES], "ink": INKS[place % MOST_SERIES]}


@dataclass
class Drawing:
    """One chart: its template, height in pixels, what it draws, and how many lines stand only in the table."""

    template: str
    height: int
    legend: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    marks: dict[str, Any] = field(default_factory=dict)
    left_out: int = 0


def draw(reading: Reading) -> Drawing | None:
    """The chart of a figure; None where it is a figure or a table, or nothing is there to draw. One moment makes no line."""
    chart = reading.placed.chart
    if not reading.lines or chart not in DRAWN:
        return None
    return bars(reading) if chart == Chart.LINE and len(reading.lines) == 1 else DRAWN[chart](reading)


def bars(reading: Reading) -> Drawing:
    """One bar for each line and column, all on one scale."""
    lines = in_order(reading)
    shown = lines[:MOST_BARS]
    room = SIGNS - 2 - max((len(number.text) for line in shown for number in line.numbers[:1]), default=0)
    largest = max((number.drawn() for line in lines for number in line.numbers), default=0)
    top = 1_000 if reading.measure.per and largest <= 1_000 else largest
    legend, rows = legend_of(reading), []
    y = height_of(legend)
    for line in shown:
        widths, words = parts([number.drawn() for number in line.numbers], top), written(line.words, room, y + 14)
        y += (len(words) - 1) * TEXT  # the last line of the label stands beside the first number
        drawn = [bar(number, widths[place], y + place * 24, place) for place, number in enumerate(line.numbers)]
        rows.append({"words": words, "bars": drawn})
        y += ROW + 24 * (len(line.numbers) - 1)
    return Drawing("dashboards/charts/bars.svg", y, legend, rows, left_out=len(lines) - len(shown))


def written(words: str, room: int, y: int) -> list[dict[str, Any]]:
    """A label in lines of at most so many signs, so that it runs into nothing; what is longer stands in the table."""
    lines = wrap(words, max(room, MONTH), max_lines=LINES, placeholder=" …") or [words]
    return [{"words": line, "y": y + place * TEXT} for place, line in enumerate(lines)]


def height_of(legend: list[dict[str, Any]]) -> int:
    """How much a legend takes."""
    return sum(LEGEND + (len(one["words"]) - 1) * TEXT for one in legend)


def bar(number: Number, width: int, y: int, place: int) -> dict[str, Any]:
    """A bar with its number at the end of the line above it."""
    return {"width": percent(width), "y": y + 20, "text": y + 15, "number": number, **tone(place)}


def in_order(reading: Reading) -> list[Line]:
    """Places with the largest first; everything else in its natural order."""
    if reading.placed.by != PLACE:
        return reading.lines
    return sorted(reading.lines, key=lambda line: -sum(number.drawn() for number in line.numbers))


def legend_of(reading: Reading) -> list[dict[str, Any]]:
    """A line for each column, or several where its words are long; none where there is one column."""
    found: list[dict[str, Any]] = []
    for place, column in enumerate(reading.columns if len(reading.columns) > 1 else ()):
        y = height_of(found)
        found.append({"words": written(column.words or "–", SIGNS - 4, y + 11), **tone(place), "y": y})
    return found


def share(reading: Reading) -> Drawing:
    """Each line as one bar, cut into its columns; without columns, one bar cut into the lines."""
    whole = gathered(reading if reading.placed.across else turned(reading))
    legend = legend_of(whole)
    rows, y = [], height_of(legend) + (6 if legend else 0)
    for line in whole.lines[:MOST_BARS]:
        words = written(line.words, SIGNS, y + 14)
        y += (len(words) - 1) * TEXT
        rows.append({"words": words, "y": y + 20, "parts": segments(line, y + 20)})
        y += 50
    return Drawing("dashboards/charts/share.svg", y, legend, rows, left_out=max(0, len(whole.lines) - MOST_BARS))


def turned(reading: Reading) -> Reading:
    """The lines of a single column as the columns of a single line."""
    columns = [Column(line.key, reading.columns[0].currency, line.words) for line in reading.lines]
    line = Line("", str(reading.measure.title), [one.numbers[0] for one in reading.lines])
    return Reading(reading.placed, reading.dataset, reading.measure, reading.as_of, [line], columns, reading.total)


def gathered(reading: Reading) -> Reading:
    """The same with the smallest columns put together, where there are more than tones to tell them apart."""
    if len(reading.columns) <= MOST_SERIES:
        return reading
    sums = [sum(line.numbers[place].drawn() for line in reading.lines) for place in range(len(reading.columns))]
    kept = sorted(sorted(range(len(sums)), key=lambda place: -sums[place])[: MOST_SERIES - 1])
    rest = [place for place in range(len(sums)) if place not in kept]
    columns = [*(reading.columns[place] for place in kept), Column("", "", _("Others"))]
    lines = [
        Line(line.key, line.words, [*(line.numbers[place] for place in kept), together([line.numbers[place] for place in rest])])
        for line in reading.lines
    ]  # fmt: skip
    return Reading(reading.placed, reading.dataset, reading.measure, reading.as_of, lines, columns, reading.total)


def together(numbers: list[Number]) -> Number:
    """Several numbers as one; the table has them one by one."""
    return Number(sum(number.drawn() for number in numbers), None, "", "", "")


def segments(line: Line, y: int) -> list[dict[str, Any]]:
    """The parts of one bar, from left to right; those with room for it show how much they are."""
    widths, found, x = shares([number.drawn() for number in line.numbers]), [], 0
    for place, (number, width) in enumerate(zip(line.numbers, widths, strict=True)):
        words = percent((width + 50) // 100 * 100).replace("%", " %") if width >= NARROWEST else ""
        found.append({
            "x": percent(x), "width": percent(width), "middle": percent(x + width // 2), "words": words, "text": y + 15,
            "number": number, **tone(place),
        })  # fmt: skip
        x += width
    return found


def line(reading: Reading) -> Drawing:
    """A line over time for each column; values stand beside its points where there is room."""
    legend = legend_of(reading)
    across, shown = positions(len(reading.lines)), labelled(len(reading.lines), MOST_LABELS if is_broad(reading) else FEW_LABELS)
    narrow = {place for at, place in enumerate(sorted(shown)) if at in labelled(len(shown), FEW_LABELS)}
    largest = max((number.drawn() for row in reading.lines for number in row.numbers), default=0)
    top, offset = round_top(max(1, largest)), height_of(legend) + TOP
    series = [
        {**tone(place), "dashes": DASHES[place % MOST_SERIES], **course(reading, place, across, top, offset, shown, narrow)}
        for place in range(len(reading.columns))
    ]
    last = len(reading.lines) - 1
    rows = [
        {"x": percent(x), "words": shorten(row.words, MONTH, placeholder="…"), "anchor": anchor(at, last), "broad": at not in narrow}
        for at, (x, row) in enumerate(zip(across, reading.lines, strict=True))
        if at in shown
    ]
    marks = {"series": series, "top": offset, "bottom": offset + PLOT, "plot": PLOT, "words": offset + PLOT + 18}
    return Drawing("dashboards/charts/line.svg", offset + PLOT + 28, legend, rows, marks)


def course(
    reading: Reading, place: int, across: list[int], top: int, offset: int, shown: set[int], narrow: set[int]
) -> dict[str, Any]:  # fmt: skip
    """One line: its path, and its points; those of the first line say their number where there is room, on a phone fewer of them."""
    heights = parts([row.numbers[place].drawn() for row in reading.lines], top)
    ys = [offset + PLOT - height * PLOT // 10_000 for height in heights]
    last = len(ys) - 1
    said = shown if place == 0 else set()
    points = [
        {"x": percent(x), "y": y, "above": y - 9, "number": row.numbers[place], "said": at in said, "broad": at not in narrow,
         "anchor": anchor(at, last)}
        for at, (x, y, row) in enumerate(zip(across, ys, reading.lines, strict=True))
    ]  # fmt: skip
    return {"path": path(across, heights), "points": points}


def anchor(at: int, last: int) -> str:
    """On which side of a point its text stands, so that it stays inside the drawing."""
    return "middle" if not last or 0 < at < last else "start" if at == 0 else "end"


def path(across: list[int], heights: list[int]) -> str:
    """The points of a line in a square of 10,000."""
    return " ".join(f"{x},{10_000 - height}" for x, height in zip(across, heights, strict=True))


def is_broad(reading: Reading) -> bool:
    """Whether it stands on a whole line of the page."""
    return reading.placed.size == Size.WIDE


DRAWN = {Chart.BARS: bars, Chart.STEPS: bars, Chart.SHARE: share, Chart.LINE: line}

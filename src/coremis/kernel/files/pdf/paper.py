"""Tables on paper: column titles on every page, rows that are never split, groups, totals of pages and of all, and signatures."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from django.utils.translation import gettext as _

from coremis.kernel.files.pdf.document import LANDSCAPE, MM, Document, Page
from coremis.kernel.files.pdf.fonts import shown, wrapped

MARGIN = 10 * MM
PADDING = 1.2 * MM
LEADING = 1.22
QR_SIDE = 21 * MM
FOOT = 8 * MM
HEADING = 6 * MM
SIGNATURE = 25 * MM
HAIR, THIN, THICK = 0.25, 0.5, 1.0
HEADING_GREY = 0.9


class Field(NamedTuple):
    """A word and what it says, above the table."""

    label: object
    value: object


class Heading(NamedTuple):
    """Begins a group; it stays with its first row, and is said again on the next page."""

    text: object


class Row(NamedTuple):
    """One row. A cell is a text, or a pair of a text and a smaller one below it; ``value`` is what is summed."""

    cells: "Sequence[str | tuple[str, str]]"
    value: int = 0


class Sum(NamedTuple):
    """A line of totals: what it is, the figures in their column, and in words."""

    label: object
    figures: object = ""
    words: object = ""


class Signature(NamedTuple):
    """Somebody who signs at the end; ``lines`` are what they fill in."""

    who: object
    lines: Sequence[object] = ()


@dataclass(frozen=True)
class PaperColumn:
    """A column; ``width`` is in millimetres, and stretched with the others to fill the page."""

    title: object
    width: float
    align: str = "left"
    bold: bool = False
    size: float = 8
    most_lines: int = 3


@dataclass(frozen=True)
class Sums:
    """Totals in ``column``, from how many rows and what sum: of each page, and of all."""

    column: int
    page: Callable[[int, int], Sum]
    whole: Callable[[int, int], Sequence[Sum]]


@dataclass(frozen=True)
class Paper:
    """One list. ``rows`` is read once, in order, and may be a generator; ``code`` gives the QR of a page (never personal data)."""

    title: object
    columns: Sequence[PaperColumn]
    rows: "Iterable[Heading | Row]"
    subtitle: object = ""
    marks: Sequence[object] = ()
    fields: Sequence[Field] = ()
    sums: Sums | None = None
    notes: Sequence[object] = ()
    signatures: Sequence[Signature] = ()
    footer: object = ""
    bookmark: object = ""
    code: Callable[[int], str] | None = None
    row_height: float = 6
    size: tuple[float, float] = LANDSCAPE
    fields_in_line: int = 4


def write_papers(
    target: BinaryIO, papers: Iterable[Paper], *, title: str, language: str = "en", band: str = "", compressed: bool = True
) -> int:
    """Write lists one after the other, each with its own page numbers; returns the pages. ``band`` names the environment on every page."""
    document = Document(target, title=title, language=language, compressed=compressed)
    for paper in papers:
        document.part(str(paper.bookmark or paper.title))
        _Flow(document, paper, shown(band)).run()
    return document.close()


class _Flow:
    """One list on its way down the pages."""

    def __init__(self, document: Document, paper: Paper, band: str) -> None:
        self.document, self.paper, self.band = document, paper, band
        self.left, self.right = MARGIN, paper.size[0] - MARGIN
        stretch = (self.right - self.left) / sum(column.width for column in paper.columns)
        self.widths = [column.width * stretch for column in paper.columns]
        self.edges = [self.left + sum(self.widths[:at]) for at in range(len(self.widths) + 1)]
        self.floor = paper.size[1] - MARGIN - FOOT
        self.page: Page
        self.y = self.top = 0.0
        self.count = self.value = self.page_count = self.page_value = 0
        self.heading: str = ""
        self.heading_waits = False

    def run(self) -> None:
        """All rows, then the totals and the signatures together."""
        self._begin_page()
        for row in self.paper.rows:
            if isinstance(row, Heading):
                self.heading, self.heading_waits = shown(row.text), True
            else:
                self._row(row)
        self._page_sum()
        self._end()

    def _row(self, row: Row) -> None:
        cells = [self._lines(at, cell) for at, cell in enumerate(row.cells)]
        height = max(self.paper.row_height * MM, *(_height(lines) + 2 * PADDING for lines in cells))
        heading = HEADING if self.heading_waits else 0
        if self.page_count and self.y + heading + height > self.floor - self._sum_room():
            self._page_sum()
            self._begin_page()
            if self.heading:
                self._draw_heading(self.heading if self.heading_waits else _("%(group)s (continued)") % {"group": self.heading})
        elif self.heading_waits:
            self._draw_heading(self.heading)
        self.heading_waits = False
        self._draw_row(cells, height)
        self.count, self.page_count = self.count + 1, self.page_count + 1
        self.value, self.page_value = self.value + row.value, self.page_value + row.value

    def _lines(self, at: int, cell: "str | tuple[str, str]") -> list[tuple[str, float, bool]]:
        """What stands in a cell, line by line: text, size, bold."""
        column = self.paper.columns[at]
        main, below = (cell, "") if isinstance(cell, str) else cell
        width = self.widths[at] - 2 * PADDING
        found = [(line, column.size, column.bold) for line in wrapped(shown(main), width, column.size, column.bold, column.most_lines)]
        if below:
            small = column.size - 1.5
            found += [(line, small, False) for line in wrapped(shown(below), width, small, False, column.most_lines)]
        return found

    def _draw_row(self, cells: list[list[tuple[str, float, bool]]], height: float) -> None:
        for at, lines in enumerate(cells):
            column, y = self.paper.columns[at], self.y + PADDING
            for text, size, bold in lines:
                y += size * LEADING
                self.page.text(self._x(at, column.align), y - size * 0.28, text, size, bold=bold, align=column.align)
        self.y += height
        self.page.line(self.left, self.y, self.right, self.y, HAIR)

    def _draw_heading(self, text: str) -> None:
        self._draw_edges()
        self.page.box(self.left, self.y, self.right - self.left, HEADING, thickness=0, grey=HEADING_GREY)
        line = wrapped(text, self.right - self.left - 2 * PADDING, 8.5, True, 1)[0]
        self.page.text(self.left + PADDING, self.y + HEADING - 1.9 * MM, line, 8.5, bold=True)
        for edge in (self.left, self.right):
            self.page.line(edge, self.y, edge, self.y + HEADING, HAIR)
        self.y += HEADING
        self.top = self.y
        self.page.line(self.left, self.y, self.right, self.y, HAIR)

    def _draw_edges(self) -> None:
        """The lines between the columns, down to here."""
        for edge in self.edges:
            self.page.line(edge, self.top, edge, self.y, HAIR)

    def _x(self, at: int, align: str) -> float:
        if align == "right":
            return self.edges[at + 1] - PADDING
        return self.edges[at] + PADDING if align == "left" else (self.edges[at] + self.edges[at + 1]) / 2

    def _begin_page(self) -> None:
        self.page = self.document.page(self.paper.size)
        self.page_count = self.page_value = 0
        self.y = MARGIN
        self._draw_band()
        first, edge = self.document.part_pages == 1, self.right
        if self.paper.code:
            self.page.qr(self.right - QR_SIDE, self.y - 1 * MM, QR_SIDE, self.paper.code(self.document.part_pages))
            edge = self.right - QR_SIDE - 2 * MM
        bottom = self.y + (QR_SIDE - 2 * MM if self.paper.code else 0)
        self._draw_head(edge, first)
        self.y = max(self.y, bottom) + 1.5 * MM
        self._draw_titles()
        self._draw_foot()

    def _draw_band(self) -> None:
        if self.band:
            self.page.box(self.left, self.y, self.right - self.left, 5 * MM, thickness=THICK)
            self.page.text((self.left + self.right) / 2, self.y + 3.6 * MM, self.band, 8, bold=True, align="center")
            self.y += 7 * MM

    def _draw_head(self, edge: float, first: bool) -> None:
        marks = [shown(mark) for mark in self.paper.marks]
        for down, mark in enumerate(marks):
            self.page.text(edge, self.y + (4.5 + 4.2 * down) * MM, mark, 9, bold=True, align="right")
        room = edge - self.left - 45 * MM
        size = 14 if first else 10
        for line in wrapped(shown(self.paper.title), room, size, True, 2):
            self.y += size * LEADING
            self.page.text(self.left, self.y - 1, line, size, bold=True)
        for line in wrapped(shown(self.paper.subtitle), room, 9, False, 2):
            self.y += 9 * LEADING + 1
            self.page.text(self.left, self.y - 1, line, 9)
        if first:
            self._draw_fields(edge)

    def _draw_fields(self, edge: float) -> None:
        across = self.paper.fields_in_line
        width = (edge - self.left) / across
        self.y += 1.5 * MM
        for start in range(0, len(self.paper.fields), across):
            lowest = self.y
            for at, field in enumerate(self.paper.fields[start : start + across]):
                x, y = self.left + at * width, self.y + 6.5 * LEADING
                self.page.text(x, y, field.label, 6.5)
                for line in wrapped(shown(field.value), width - 3 * MM, 8.5, True, 2):
                    y += 8.5 * LEADING
                    self.page.text(x, y, line, 8.5, bold=True)
                lowest = max(lowest, y)
            self.y = lowest + 1.2 * MM

    def _draw_titles(self) -> None:
        self.page.line(self.left, self.y, self.right, self.y, THICK)
        titles = [wrapped(shown(column.title), self.widths[at] - 2 * PADDING, 7, True, 3) for at, column in enumerate(self.paper.columns)]
        height = max(len(lines) for lines in titles) * 7 * LEADING + 2 * PADDING
        for at, lines in enumerate(titles):
            column = self.paper.columns[at]
            for down, line in enumerate(lines, start=1):
                y = self.y + PADDING + down * 7 * LEADING - 2
                self.page.text(self._x(at, column.align), y, line, 7, bold=True, align=column.align)
        self.y += height
        self.top = self.y - height
        self.page.line(self.left, self.y, self.right, self.y, THICK)

    def _draw_foot(self) -> None:
        y = self.paper.size[1] - MARGIN
        self.page.line(self.left, y - 4 * MM, self.right, y - 4 * MM, HAIR)
        room = self.right - self.left - 45 * MM
        self.page.text(self.left, y, wrapped(shown(self.paper.footer), room, 7, False, 1)[0], 7)
        self.page.page_of(self.right, y, _("Page %(page)s of") % {"page": self.document.part_pages} + " ", 7)

    def _sum_room(self) -> float:
        return 11 * MM if self.paper.sums else 0

    def _page_sum(self) -> None:
        self._draw_edges()
        if self.paper.sums and self.page_count:
            self._draw_sum(self.paper.sums.page(self.page_count, self.page_value), self.paper.sums.column)

    def _draw_sum(self, line: Sum, column: int, size: float = 8) -> None:
        """The label, the figures under their column, and the words below both."""
        self.page.line(self.left, self.y, self.right, self.y, THIN)
        y = self.y + size * LEADING + 2
        self.page.text(self.left + PADDING, y, line.label, size, bold=True)
        self.page.text(self.edges[column + 1] - PADDING, y, line.figures, size, bold=True, align="right")
        for words in wrapped(shown(line.words), self.right - self.left - 2 * PADDING, size - 1, False, 2) if line.words else ():
            y += size * LEADING
            self.page.text(self.left + PADDING, y, words, size - 1)
        self.y = y + 2.5

    def _end(self) -> None:
        """The totals, the notes and the signatures; on a new page, where they do not fit on this one as a whole."""
        paper = self.paper
        sums = list(paper.sums.whole(self.count, self.value)) if paper.sums else []
        notes = [line for note in paper.notes for line in wrapped(shown(note), self.right - self.left, 7.5, False, 4)]
        across = 3 if len(paper.signatures) <= 3 else 4
        blocks = -(-len(paper.signatures) // across)
        need = len(sums) * 11 * MM + len(notes) * 7.5 * LEADING + blocks * SIGNATURE + 6 * MM
        if self.y + need > self.floor and self.count:
            self._begin_page()
        for line in sums:
            self._draw_sum(line, paper.sums.column if paper.sums else 0, 9)
        self.page.line(self.left, self.y, self.right, self.y, THICK)
        self.y += 2 * MM
        for note in notes:
            self.y += 7.5 * LEADING
            self.page.text(self.left, self.y, note, 7.5)
        self.y += 3 * MM
        self._draw_signatures(across)

    def _draw_signatures(self, across: int) -> None:
        gap = 4 * MM
        width = (self.right - self.left + gap) / across
        for at, signature in enumerate(self.paper.signatures):
            x, y = self.left + at % across * width, self.y + at // across * SIGNATURE
            self.page.box(x, y, width - gap, SIGNATURE - gap, thickness=THIN)
            who = wrapped(shown(signature.who), width - gap - 2 * PADDING, 7.5, True, 1)[0]
            self.page.text(x + PADDING, y + 7.5 * LEADING + 1, who, 7.5, bold=True)
            for down, line in enumerate(signature.lines, start=1):
                foot = y + 7.5 + (SIGNATURE - gap - 7.5) * down / (len(signature.lines) + 0.35)
                label = shown(line)
                self.page.text(x + PADDING, foot, label, 7)
                self.page.line(x + PADDING + 22 * MM, foot + 1, x + width - gap - PADDING, foot + 1, HAIR)
        self.y += -(-len(self.paper.signatures) // across) * SIGNATURE


def _height(lines: list[tuple[str, float, bool]]) -> float:
    return sum(size * LEADING for _text, size, _bold in lines)

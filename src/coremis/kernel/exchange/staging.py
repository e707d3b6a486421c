"""From the rows of a file to rows that are understood: cells cleaned, places found, required values asked for."""

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.base.text import fold
from coremis.kernel.exchange.kinds import AREA, ImportColumn
from coremis.kernel.exchange.models import Batch
from coremis.kernel.exchange.places import PlaceFinder, joined
from coremis.kernel.exchange.rows import ALONE, RowContext, StagedRow
from coremis.kernel.exchange.values import cleaner_for, shown, text_of
from coremis.kernel.files.cells import Cell, Row
from coremis.kernel.files.reading import TableReader, open_table
from coremis.kernel.files.storage import path_of

Reader = Callable[[Any], Any]


def table_of(batch: Batch) -> TableReader:
    """The table in an import's file, read as its options say."""
    options = {name: batch.options.get(name, "") for name in ("sheet", "encoding", "separator")}
    return open_table(path_of(batch.sha256), batch.name, **options)


class OpenFiles:
    """Where the last chunk stopped reading, so that the next one goes on there; without it, reading begins anew and skips."""

    def __init__(self) -> None:
        self._open: dict[int, tuple[int, Iterator[Row]]] = {}

    def read(self, batch: Batch, after: int, count: int) -> list[Row]:
        """The next ``count`` rows after row ``after``."""
        reached, rows = self._open.pop(batch.pk, (-1, iter(())))
        if reached != after or not after:
            rows = table_of(batch).rows(after)
        found = list(islice(rows, count))
        if found and len(found) == count:
            self._open = {batch.pk: (found[-1][0], rows)}
        return found


OPEN_FILES = OpenFiles()


class Stager:
    """Understands the rows of one import."""

    def __init__(self, context: RowContext) -> None:
        self._context = context
        self._corrections: dict[str, dict[str, str]] = context.batch.corrections
        self._places: PlaceFinder | None = None
        self._readers = [
            (column, self._positions(column), self._cleaner(column)) for column in context.columns.values() if column.code in context.mapped
        ]

    def _positions(self, column: ImportColumn) -> list[int]:
        return [self._context.batch.headers.index(title) for title in self._context.batch.mapping[column.code]]

    def _cleaner(self, column: ImportColumn) -> Callable[[Cell], Any]:
        if column.kind != AREA:
            return worded(cleaner_for(column, self._context.batch.options), self._context.batch.options.get("values", {}).get(column.code))
        if self._places is None:
            self._places = PlaceFinder(self._context.batch.area)
        places = self._places
        return lambda cell: places.find(text_of(cell))

    def understand(self, number: int, cells: list[Cell]) -> StagedRow:
        """The row with its values and everything that is wrong with its single cells."""
        row = StagedRow(number)
        if len(cells) > len(self._context.batch.headers):
            row.problem(
                "", _("The row has more values than there are titles. Check its separators and quotation marks."), value=shown(cells[-1])
            )
        corrected = self._corrections.get(str(number), {})
        for column, positions, clean in self._readers:
            written = cell_at(cells, positions)
            self._take(row, column, corrected.get(column.code, written) or None if corrected else written, clean)
        self._identify(row)
        return row

    def _take(self, row: StagedRow, column: ImportColumn, cell: Cell, clean: Callable[[Cell], Any]) -> None:
        row.values[column.code] = None
        try:
            value = clean(cell) if cell is not None else None
        except Refusal as refusal:
            row.problem(column.code, refusal.sentence, shown(cell), **refusal.params)
            return
        if value is None and column.required:
            row.problem(column.code, _("This is required. Fill it in."))
        row.values[column.code] = value
        if column.kind == AREA and row.area_id is None:
            row.area_id = value

    def _identify(self, row: StagedRow) -> None:
        kind = self._context.kind
        group = row.values.get(kind.group_column) if kind.group_column else None
        row.group_key = str(group)[:200] if group is not None else f"{ALONE}{row.number:010d}"
        identity = row.values.get(kind.identity_column) if kind.identity_column else None
        row.identity = str(identity)[:200] if identity is not None else ""


def worded(clean: Reader, words: dict[str, str] | None) -> Reader:
    """The same, for a column of which somebody said what its words mean: ``words`` by folded cell; an empty meaning is blank."""
    if not words:
        return clean

    def understand(cell: Any) -> Any:
        meant = words.get(fold(shown(cell)))
        return clean(cell) if meant is None else clean(meant) if meant else None

    return understand


def cell_at(cells: list[Cell], positions: list[int]) -> Cell:
    """The cell under a title, or the place under several."""
    return cells[positions[0]] if len(positions) == 1 else joined([cells[position] for position in positions])


def sample_rows(batch: Batch, count: int = 5) -> list[list[str]]:
    """The first rows as they stand in the file, for the page on which columns are matched."""
    with closing(table_of(batch).rows()) as rows:  # type: ignore[type-var]
        return [[shown(cell) for cell in cells] for _number, cells in islice(rows, count)]

"""From the rows of a file to rows that are understood: cells cleaned, places found, required values asked for."""

from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.base.text import fold
from coremis.kernel.exchange.kinds import AREA, CLEARED, TEXT, ImportColumn
from coremis.kernel.exchange.models import Batch
from coremis.kernel.exchange.places import PlaceFinder, joined
from coremis.kernel.exchange.rows import ALONE, RowContext, StagedRow
from coremis.kernel.exchange.values import cleaner_for, shown, text_of
from coremis.kernel.files.cells import Cell, Row
from coremis.kernel.files.reading import OpenTables, TableReader, open_table
from coremis.kernel.files.storage import path_of

Reader = Callable[[Any], Any]


def table_of(batch: Batch) -> TableReader:
    """The table in an import's file, read as its options say."""
    options = {name: batch.options.get(name, "") for name in ("sheet", "encoding", "separator")}
    return open_table(path_of(batch.sha256), batch.name, header_row=batch.options.get("header_row") or 0, **options)


OPEN_TABLES = OpenTables()


def next_rows(batch: Batch, after: int, count: int) -> list[Row]:
    """The next ``count`` rows of an import's file after row ``after``."""
    return OPEN_TABLES.read(batch.pk, lambda row: table_of(batch).rows(row), after, count)


@dataclass(frozen=True)
class ColumnReader:
    """How one column is read: where it stands, what understands its cells, what stands for a wrong text, the width of its codes."""

    column: ImportColumn
    positions: list[int]
    clean: Reader
    replaced: dict[str, str]
    zeros: int

    def cell(self, cells: list[Cell]) -> Cell:
        """The cell under its title, a replaced text already replaced."""
        written = cell_at(cells, self.positions)
        return self.replaced.get(shown(written), written) or None if self.replaced and written is not None else written


class Stager:
    """Understands the rows of one import."""

    def __init__(self, context: RowContext) -> None:
        self._context = context
        self._batch = context.batch
        self._corrections: dict[str, dict[str, str]] = context.batch.corrections
        self._places: PlaceFinder | None = None
        self._clear = str(context.batch.options.get("clear_word") or "").casefold() if context.kind.clears else ""
        self._readers = [self._reader(column) for column in context.columns.values() if column.code in context.mapped]

    def _reader(self, column: ImportColumn) -> ColumnReader:
        titles = self._batch.mapping[column.code]
        own = self._batch.options.get("columns", {}).get(titles[0], {}) if len(titles) == 1 else {}
        positions = [self._batch.headers.index(title) for title in titles]
        zeros = own.get("zeros", 0) if column.kind in (TEXT, AREA) else 0
        return ColumnReader(column, positions, self._cleaner(column, own), self._batch.replacements.get(column.code, {}), zeros)

    def _cleaner(self, column: ImportColumn, own: dict[str, Any]) -> Reader:
        options = self._batch.options
        if column.kind != AREA:
            return worded(cleaner_for(column, {**options, **own}), options.get("values", {}).get(column.code))
        if self._places is None:
            self._places = PlaceFinder(self._batch.area)
        places = self._places
        return lambda cell: places.find(text_of(cell))

    def understand(self, number: int, cells: list[Cell]) -> StagedRow:
        """The row with its values and everything that is wrong with its single cells."""
        row = StagedRow(number)
        if len(cells) > len(self._batch.headers):
            row.problem(
                "", _("The row has more values than there are titles. Check its separators and quotation marks."), value=shown(cells[-1])
            )
        corrected = self._corrections.get(str(number), {}) if self._corrections else {}
        for reader in self._readers:
            if reader.column.code in corrected:
                self._take(row, reader, corrected[reader.column.code] or None)
            else:
                cell = reader.cell(cells)
                self._take(row, reader, restored(row, reader, cell) if reader.zeros and cell is not None else cell)
        self._identify(row)
        return row

    def _take(self, row: StagedRow, reader: ColumnReader, cell: Cell) -> None:
        column = reader.column
        row.values[column.code] = None
        if self._clear and isinstance(cell, str) and cell.strip().casefold() == self._clear:
            row.values[column.code] = CLEARED
            return
        try:
            value = reader.clean(cell) if cell is not None else None
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


def restored(row: StagedRow, reader: ColumnReader, cell: Cell) -> Cell:
    """A code with the zeros that a spreadsheet program took away; it is told, never done in silence."""
    text = shown(cell).strip()
    if not (text.isascii() and text.isdigit()) or len(text) >= reader.zeros:
        return cell
    full = text.zfill(reader.zeros)
    row.warn(reader.column.code, _("Lost zeros were restored: %(before)s is read as %(after)s."), text, before=text, after=full)
    return full


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


def texts_of(batch: Batch, numbers: Collection[int]) -> dict[int, dict[str, str]]:
    """What rows of the file say now by column code, with what was corrected; one reading up to the last of them."""
    wanted, found = set(numbers), {}
    if not wanted:
        return {}
    places = {code: [batch.headers.index(title) for title in titles] for code, titles in batch.mapping.items()}
    with closing(table_of(batch).rows(min(wanted) - 1)) as rows:  # type: ignore[type-var]
        for number, cells in rows:
            if number in wanted:
                said = {code: shown(cell_at(cells, positions)) for code, positions in places.items()}
                replaced = {code: batch.replacements.get(code, {}).get(text, text) for code, text in said.items()}
                found[number] = {**replaced, **batch.corrections.get(str(number), {})}
                if len(found) == len(wanted):
                    break
    return found

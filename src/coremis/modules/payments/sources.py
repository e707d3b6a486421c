"""Where the rows of results come from: a file with any columns, or a signed list that was typed in. From here on both are the same."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from coremis.kernel.files.reading import open_table
from coremis.kernel.files.storage import path_of
from coremis.modules.payments.models import ResultFile
from coremis.modules.payments.sheets import sheet_rows
from coremis.modules.payments.states import FileKind

Rows = Iterator[tuple[int, Mapping[str, Any]]]
Source = Callable[[int], Rows]


def source_of(file: ResultFile) -> Source:
    """The rows after a position, each with its cells by our column."""
    return (lambda after: sheet_rows(file, after)) if file.kind_of == FileKind.SHEET else _table(file)


def _table(file: ResultFile) -> Source:
    table = open_table(path_of(file.sha256))
    columns = [(code, table.headers.index(titles[0])) for code, titles in file.mapping.items() if titles]

    def rows(after: int) -> Rows:
        for position, cells in table.rows(after):
            yield position, {code: cells[place] for code, place in columns}

    return rows

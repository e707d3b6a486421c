"""Where the rows of results come from: a file with any columns, or a signed list that was typed in. From here on both are the same."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from coremis.kernel.files.reading import OpenTables, open_table
from coremis.kernel.files.storage import path_of
from coremis.modules.payments.models import ResultFile
from coremis.modules.payments.sheets import sheet_rows
from coremis.modules.payments.states import FileKind

Rows = list[tuple[int, Mapping[str, Any]]]
OPEN_TABLES = OpenTables()


def next_rows(file: ResultFile, after: int, count: int) -> Rows:
    """The next ``count`` rows after a position, each with its cells by our column."""
    if file.kind_of == FileKind.SHEET:
        return list(islice(sheet_rows(file, after), count))
    columns = [(code, file.headers.index(titles[0])) for code, titles in file.mapping.items() if titles]
    found = OPEN_TABLES.read(file.pk, lambda row: open_table(path_of(file.sha256)).rows(row), after, count)
    return [(position, {code: cells[place] for code, place in columns}) for position, cells in found]

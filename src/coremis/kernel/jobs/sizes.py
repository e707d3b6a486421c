"""Statistics for PostgreSQL's planner: what long work has written must be known to it before it is read.

Autovacuum looks once a minute, the next chunk or job comes at once. Until then the planner takes new rows for none, and compares
each of them with all others: minutes a chunk instead of a second.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

ENOUGH = 5_000  # fewer rows do no harm
_written: ContextVar[dict[str, list[int]] | None] = ContextVar("written", default=None)  # by table: since it was counted, before


@contextmanager
def watching() -> Iterator[None]:
    """Remember what is written into which table, until the block ends."""
    token = _written.set({})
    try:
        yield
    finally:
        _written.reset(token)


def note_rows(table: str, rows: int) -> None:
    """So many rows of a table were written or changed."""
    found = _written.get()
    if found is not None:
        found.setdefault(table, [0, 0])[0] += rows


def tell_planner(last: bool = False) -> None:
    """Count the tables to which as much was added as was there when they were counted; with the last rows, all that have many new ones."""
    found = _written.get() or {}
    due = [table for table, (since, before) in sorted(found.items()) if since >= max(ENOUGH, 0 if last else before)]
    if due and connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # a table that another worker counts right now is left to it
            cursor.execute("ANALYZE (SKIP_LOCKED) " + ", ".join(f'"{table}"' for table in due))
    for table in due:
        found[table] = [0, sum(found[table])]

"""Indexes of the data dictionary in tests that are rolled back: they must not outlive the test.

The job makes them on a connection of its own, where they are committed at once: the rows of a test that rolls back would go and
its unique index stay, to refuse values of the next test. It would also wait for the test itself, until its lock times out.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.db import connection

from coremis.modules.registry import indexing


class PlainCursor:
    """A cursor of the transaction in hand, where indexes cannot be made beside running work."""

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor

    def execute(self, sql: str) -> Any:
        """Run one statement, without ``CONCURRENTLY``."""
        return self.cursor.execute(sql.replace(" CONCURRENTLY", ""))


def is_rolled_back() -> bool:
    """Whether the outermost transaction is that of a test, which ends without a commit."""
    blocks: list[Any] = connection.atomic_blocks
    return bool(blocks) and blocks[0]._from_testcase


def let_indexes_roll_back() -> None:
    """In a test that is rolled back, let the job use the transaction of the test."""
    original = indexing.outside

    @contextmanager
    def inside() -> Iterator[PlainCursor]:
        with connection.cursor() as cursor:
            yield PlainCursor(cursor)

    def outside() -> AbstractContextManager[Any]:
        return inside() if is_rolled_back() else original()

    indexing.outside = outside  # type: ignore[assignment]  # replaced on purpose, for tests only

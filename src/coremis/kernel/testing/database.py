"""Emptying the tables between tests: the append-only triggers step aside for it, or every browser and race test fails in teardown."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations

from coremis.kernel.actions import triggers
from coremis.kernel.actions.guard import unguarded

Flush = Callable[..., Any]


def let_tests_flush() -> None:
    """Make Django's flush take the triggers away first and put them back afterwards."""
    original: Flush = BaseDatabaseOperations.execute_sql_flush

    def flush(self: BaseDatabaseOperations, sql_list: Iterable[str]) -> None:
        triggers.remove()
        with unguarded("flush"):
            original(self, sql_list)
        triggers.install_after_migrate()

    BaseDatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]


def every_text_of_the_database() -> Iterator[str]:
    """Every row of every table as text: what must not be stored is not in any of them."""
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                yield f"{table}: {row}"

"""Emptying the tables between tests: the append-only triggers step aside for it, or every browser and race test fails in teardown."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.management.commands import flush as command
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations

from coremis.kernel.actions import triggers
from coremis.kernel.actions.guard import unguarded

Flush = Callable[..., Any]
FILLED_BY_MIGRATING = {"django_content_type", "auth_permission"}


def let_tests_flush() -> None:
    """Make Django's flush take the triggers away first and put them back afterwards.

    What migrating fills stays as it is, so that none of it need be made again after every such test.
    """
    original: Flush = BaseDatabaseOperations.execute_sql_flush

    def flush(self: BaseDatabaseOperations, sql_list: Iterable[str]) -> None:
        triggers.remove()
        with unguarded("flush"):
            original(self, sql_list)
        triggers.install_after_migrate()

    def tables_to_empty(style: Any, database: Any, **options: Any) -> Any:
        tables = set(database.introspection.django_table_names(only_existing=True, include_views=False)) - FILLED_BY_MIGRATING
        return database.ops.sql_flush(style, sorted(tables), **options)

    BaseDatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]
    command.sql_flush = tables_to_empty  # type: ignore[attr-defined]
    command.emit_post_migrate_signal = lambda *_words, **_options: None  # type: ignore[attr-defined]


def every_text_of_the_database() -> Iterator[str]:
    """Every row of every table as text: what must not be stored is not in any of them."""
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                yield f"{table}: {row}"

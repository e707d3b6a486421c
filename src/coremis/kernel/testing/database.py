"""Emptying the tables between tests: the append-only triggers step aside for it, or every browser and race test fails in teardown."""

from collections.abc import Callable
from typing import Any

from django.db.backends.base.operations import BaseDatabaseOperations

from coremis.kernel.actions import triggers
from coremis.kernel.actions.guard import unguarded

Flush = Callable[..., Any]


def let_tests_flush() -> None:
    """Make Django's flush take the triggers away first and put them back afterwards."""
    original: Flush = BaseDatabaseOperations.execute_sql_flush

    def flush(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        triggers.remove()
        with unguarded("flush"):
            original(self, sql_list)
        triggers.install_after_migrate()

    BaseDatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]

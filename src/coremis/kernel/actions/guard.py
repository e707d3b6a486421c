"""Records can only be written inside an action: watched at the connection, where every path comes by.

Overriding save() and manager methods misses link tables, base managers, fixtures and raw SQL; a wrapper around every
statement does not. PostgreSQL's COPY passes it by, so COPY is used only in ``bulk.copy_into``, which asks for the action itself.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.context import current
from coremis.kernel.actions.models import Record
from coremis.kernel.base.refusal import Refusal

NAME = r'(?:only\s+)?(?:["`]?\w+["`]?\s*\.\s*)?["`]?(\w+)["`]?'
WRITES = re.compile(
    rf"\b(insert\s+(?:or\s+\w+\s+)?into|replace\s+into|update(?:\s+or\s+\w+)?|delete\s+from|truncate(?:\s+table)?|merge\s+into|copy)\s+{NAME}",
    re.IGNORECASE,
)
COMMENTS = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)

_maintenance: ContextVar[str] = ContextVar("maintenance", default="")
_removing: ContextVar[bool] = ContextVar("removing", default=False)


@contextmanager
def unguarded(reason: str) -> Iterator[None]:
    """Let the inside write anything; only ``maintenance`` and the test tools call this."""
    token = _maintenance.set(reason)
    try:
        yield
    finally:
        _maintenance.reset(token)


@contextmanager
def removing_prepared() -> Iterator[None]:
    """Let an abandoned job take away rows that never became visible."""
    token = _removing.set(True)
    try:
        yield
    finally:
        _removing.reset(token)


@cache
def guarded_tables() -> frozenset[str]:
    """The tables of all records, and the link tables between them."""
    models = [model for model in apps.get_models(include_auto_created=True)]
    records = {model._meta.db_table for model in models if issubclass(model, Record)}
    links = {
        field.remote_field.through._meta.db_table
        for model in models if issubclass(model, Record)
        for field in model._meta.local_many_to_many
    }  # fmt: skip
    return frozenset(records | links)


def guard_connection(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Put the guard on a new database connection."""
    if watch not in connection.execute_wrappers:
        connection.execute_wrappers.append(watch)


def watch(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Refuse a statement that writes a record's table outside an action, deletes from it, or leaves out the event."""
    if not _maintenance.get():
        check_statement(sql if isinstance(sql, str) else str(sql))
    return execute(sql, params, many, context)


def check_statement(sql: str) -> None:
    """Raise where ``sql`` writes a guarded table in a way that leaves no trace."""
    text = COMMENTS.sub(" ", sql) if "/*" in sql or "--" in sql else sql
    for verb, table in WRITES.findall(text):
        if table not in guarded_tables():
            continue
        removes = verb.lower().startswith(("delete", "truncate"))
        if removes and not _removing.get():
            raise Refusal(_("Nothing is ever deleted from %(table)s. Use an action that ends or reverses it."), table=table)
        if current() is None:
            raise Refusal(_("%(table)s can only be changed by an action."), table=table)
        if not removes and "event_id" not in text:
            raise Refusal(_("A change of %(table)s must carry its event. Save the object, or use update_from."), table=table)

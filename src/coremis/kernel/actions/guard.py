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

from coremis.kernel.actions.context import before_is_noted, current
from coremis.kernel.actions.models import Record
from coremis.kernel.base.refusal import Refusal

QUOTE = r"""[\["'`\]]?"""
NAME = rf"(?:only\b\s*)?\(?\s*(?:{QUOTE}\w+{QUOTE}\s*\.\s*)*{QUOTE}(\w+){QUOTE}"
WRITES = re.compile(
    rf"\b(insert\s+(?:or\s+\w+\s+)?into|replace\s+into|update(?:\s+or\s+\w+)?|delete\s+from|truncate(?!\s+on\b)(?:\s+table)?|merge\s+into|copy)\b\s*{NAME}",
    re.IGNORECASE,
)
A_WRITE = ("insert", "replace", "update", "delete", "truncate", "merge", "copy")
# Comments, and texts in quotes, which may hold anything: a quoted name is kept.
ASIDE = re.compile(r"""("(?:[^"]|"")*"|'\w+')|/\*.*?\*/|--[^\n]*|\be'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'""", re.DOTALL | re.IGNORECASE)
REPLACES = re.compile(r"^(insert\s+or\s+)?replace\b|^update\s+or\b", re.IGNORECASE)
# What a migration writes where a column stops being empty; nothing but empty values is touched.
FILLS = re.compile(r'UPDATE "\w+" SET ("\w+") = \S+ WHERE \1 IS NULL(; SET CONSTRAINTS ALL IMMEDIATE)?')
CARRIES_EVENT = re.compile(r"(?<!\w)event_id\b")

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
    return frozenset(model._meta.db_table.lower() for model in _records()) | link_tables()


@cache
def link_tables() -> frozenset[str]:
    """The tables that only say which records belong together; they have no event of their own."""
    links = (field.remote_field.through for model in _records() for field in model._meta.local_many_to_many)
    return frozenset(model._meta.db_table.lower() for model in links if model is not None and not issubclass(model, Record))


def _records() -> list[type[Record]]:
    return [model for model in apps.get_models(include_auto_created=True) if issubclass(model, Record)]


def guard_connection(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Put the guard on a new database connection."""
    if watch not in connection.execute_wrappers:
        connection.execute_wrappers.append(watch)
    if connection.vendor == "sqlite":  # else INSERT OR REPLACE removes a row without its triggers
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers = ON")


def watch(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Refuse a statement that writes a record's table outside an action, deletes from it, or leaves no trace."""
    if not _maintenance.get():
        check_statement(sql if isinstance(sql, str) else sql.as_string(None) if hasattr(sql, "as_string") else bytes(sql).decode())
    return execute(sql, params, many, context)


def check_statement(sql: str) -> None:
    """Raise where ``sql`` writes a guarded table in a way that leaves no trace."""
    lowered = sql.lower()
    if not any(word in lowered for word in A_WRITE):
        return
    text = ASIDE.sub(lambda found: found[1] or " ", sql) if any(sign in sql for sign in ("'", "--", "/*")) else sql
    for verb, table in WRITES.findall(text):
        if verb.lower().startswith("truncate") or (table.lower() in guarded_tables() and not FILLS.fullmatch(sql.strip())):
            _check_write(verb.lower(), table.lower(), text)


def _check_write(verb: str, table: str, text: str) -> None:
    removes = verb.startswith(("delete", "truncate", "merge")) or REPLACES.match(verb)
    if removes and not _removing.get():
        raise Refusal(_("Nothing is ever deleted from %(table)s. Use an action that ends or reverses it."), table=table)
    if current() is None:
        raise Refusal(_("%(table)s can only be changed by an action."), table=table)
    if removes or table in link_tables():
        return
    changes = verb.startswith("update") or re.search(r"\bdo\s+update\b", text, re.IGNORECASE)
    if (changes and not before_is_noted()) or not CARRIES_EVENT.search(text):
        raise Refusal(_("A change of %(table)s must carry its event. Save the object, or use update_from."), table=table)

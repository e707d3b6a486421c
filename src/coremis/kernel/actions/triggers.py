"""Database triggers that keep events, changes and seals append-only.

Django rebuilds a SQLite table when a migration alters a column, and its triggers vanish silently: so they are installed
again after every migrate, and a missing one stops the start.
"""

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.db import connection, connections

from coremis.kernel.actions.models import Change, Event, Record, Seal

HISTORY = (Event._meta.db_table, Seal._meta.db_table, Change._meta.db_table)
REDACTION = (
    "NEW.id = OLD.id AND NEW.event_id = OLD.event_id AND NEW.kind = OLD.kind AND NEW.record_id = OLD.record_id "
    "AND COALESCE(NEW.area_id, 0) = COALESCE(OLD.area_id, 0) "
    "AND OLD.redacted_digest = '' AND NEW.redacted_digest <> '' AND NEW.before IS NULL"
)


def install_after_migrate(**kwargs: Any) -> None:
    """Put every trigger in place again."""
    present = set(connection.introspection.table_names())
    for table, statement in statements(connection.vendor):
        if not table or table in present:
            with connection.cursor() as cursor:
                cursor.execute(statement)


def remove() -> None:
    """Take the triggers away; only the test tools do this, before they empty the tables."""
    with connection.cursor() as cursor:
        for table, verb in _pairs(connection.vendor):
            name = f"{table}_no_{verb.lower()}"
            cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"' + (f' ON "{table}"' if connection.vendor == "postgresql" else ""))


def statements(vendor: str) -> list[tuple[str, str]]:
    """The statements that make all triggers, each with its table, for one kind of database."""
    made: list[tuple[str, str]] = []
    if vendor == "postgresql":
        function = (
            "CREATE OR REPLACE FUNCTION actions_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'The history is append-only.'; END $$"
        )
        made.append(("", function))
    for table, verb in _pairs(vendor):
        allowed = REDACTION if (table, verb) == (Change._meta.db_table, "UPDATE") else ""
        made.extend((table, statement) for statement in _trigger(vendor, table, verb, allowed))
    return made


def check_triggers(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """A missing trigger stops the start."""
    problems: list[CheckMessage] = []
    for alias in databases or ():
        present = _present(alias)
        for table, verb in _pairs(connections[alias].vendor):
            if table in connections[alias].introspection.table_names() and f"{table}_no_{verb.lower()}" not in present:
                hint = "Run: coremis migrate"
                problems.append(Error(f"The history table {table} can be changed: a trigger is missing.", hint=hint, id="actions.E001"))
    return problems


def tables() -> list[str]:
    """The history itself, and every record class that says ``append_only = True``."""
    return [*HISTORY, *(model._meta.db_table for model in apps.get_models() if issubclass(model, Record) and model.append_only)]


def _pairs(vendor: str) -> list[tuple[str, str]]:
    verbs = ("UPDATE", "DELETE", "TRUNCATE") if vendor == "postgresql" else ("UPDATE", "DELETE")
    return [(table, verb) for table in tables() for verb in verbs]


def _trigger(vendor: str, table: str, verb: str, allowed: str) -> list[str]:
    name = f"{table}_no_{verb.lower()}"
    if vendor == "postgresql":
        when = f"WHEN (NOT ({allowed}))" if allowed else ""
        each = "STATEMENT" if verb == "TRUNCATE" else "ROW"
        return [
            f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"',
            f'CREATE TRIGGER "{name}" BEFORE {verb} ON "{table}" FOR EACH {each} {when} EXECUTE FUNCTION actions_append_only()',
        ]
    when = f"WHEN NOT ({allowed})" if allowed else ""
    return [
        f'DROP TRIGGER IF EXISTS "{name}"',
        f'CREATE TRIGGER "{name}" BEFORE {verb} ON "{table}" {when} BEGIN SELECT RAISE(ABORT, \'The history is append-only.\'); END',
    ]


def _present(alias: str) -> set[str]:
    queries = {
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')",
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    }
    with connections[alias].cursor() as cursor:
        cursor.execute(queries[connections[alias].vendor])
        return {row[0] for row in cursor.fetchall()}

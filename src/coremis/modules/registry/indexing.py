"""The indexes and statistics that belong to variables: which there should be, which there are, and making the one the other."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, connections
from django.db.models import F, Index, OrderBy, Q

from coremis.kernel.expressions.variable import Variable
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.queue import enqueue
from coremis.modules.registry.holders import holder_of
from coremis.modules.registry.models import VariableDefinition

JOB = "registry.renew_indexes"
PREFIX = "dictionary_index_"
FIND_POSTGRESQL = r"""
SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relname LIKE 'dictionary\_index\_%'
"""
FIND_STATISTICS = r"""
SELECT stxname FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
WHERE n.nspname = current_schema() AND stxname LIKE 'dictionary\_index\_%'
"""
FIND_SQLITE = r"SELECT name, 1 FROM sqlite_master WHERE type = 'index' AND name LIKE 'dictionary\_index\_%' ESCAPE '\'"


@dataclass(frozen=True)
class Wanted:
    """One index of one variable: its name, its table and the statement that makes it."""

    name: str
    table: str
    create: str
    statistics: str = ""


def order_indexes() -> Job:
    """Let a job make what is missing and take away what is no longer needed; one job at a time, in the caller's transaction."""
    return enqueue(JOB, unique_key=JOB)


def wanted_indexes() -> dict[str, Wanted]:
    """By name: an index for each variable in use that can be filtered, and a unique one for each that must be different."""
    found = {}
    for variable in VariableDefinition.objects.filter(is_active=True, filterable=True):
        found.update({one.name: one for one in [wanted(variable, unique=False)] if one})
    for variable in VariableDefinition.objects.filter(unique=True):
        found.update({one.name: one for one in [wanted(variable, unique=True)] if one})
    return found


def wanted(variable: VariableDefinition, *, unique: bool) -> Wanted | None:
    """The index of one variable. Its name holds what it is made of, so that another type makes another index."""
    holder = holder_of(variable.subject)
    if holder is None:
        return None
    model, kind = holder.model, variable.kind.lower()
    name = f"{PREFIX}{variable.pk}_{kind}{'_once' if unique else ''}"
    expression = Variable(variable.code, kind)
    parts = (expression,) if unique else (OrderBy(expression), OrderBy(F("id")))
    compiled: Any = Index(*parts, name=name, condition=in_use(model) if unique else None).create_sql(
        model, connection.schema_editor(collect_sql=True)
    )
    text = str(compiled)
    if unique:
        text = text.replace("CREATE INDEX", "CREATE UNIQUE INDEX", 1)
    return Wanted(name, model._meta.db_table, text, _statistics(name, model, expression) if not unique else "")


def in_use(model: Any) -> Q | None:
    """What was merged into another record keeps its values without taking them from anybody."""
    return Q(retired_on=None) if any(field.name == "retired_on" for field in model._meta.fields) else None


def _statistics(name: str, model: Any, expression: Variable) -> str:
    """What tells PostgreSQL's planner how the values are spread; without it it takes every filter for rare and sorts in vain."""
    if connection.vendor != "postgresql":
        return ""
    rows: Any = model._base_manager.annotate(held=expression).order_by().values("held")
    compiler = rows.query.get_compiler(connection=connection)
    sql, _params = compiler.compile(rows.query.annotations["held"])
    plain = sql.replace(f'"{model._meta.db_table}".', "")
    return f'CREATE STATISTICS "{name}" ON ({plain}) FROM "{model._meta.db_table}"'


def present_indexes() -> dict[str, bool]:
    """By name: the indexes of variables that are there, and whether they can be used. A killed worker leaves one that cannot."""
    with connection.cursor() as cursor:
        cursor.execute(FIND_POSTGRESQL if connection.vendor == "postgresql" else FIND_SQLITE)
        return {name: bool(valid) for name, valid in cursor.fetchall()}


def present_statistics() -> set[str]:
    """The statistics on variables that are there."""
    if connection.vendor != "postgresql":
        return set()
    with connection.cursor() as cursor:
        cursor.execute(FIND_STATISTICS)
        return {name for (name,) in cursor.fetchall()}


def is_ready(variable: VariableDefinition, *, unique: bool = False) -> bool:
    """Whether the index of a variable can be used."""
    one = wanted(variable, unique=unique)
    return one is not None and present_indexes().get(one.name, False)


@contextmanager
def outside() -> Iterator[Any]:
    """A cursor outside of the transaction in hand, because PostgreSQL makes indexes beside running work only there.

    SQLite has one writer, so there the index is part of the transaction.
    """
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            yield cursor
        return
    apart = connections.create_connection(connection.alias)
    apart.settings_dict = {**connection.settings_dict}
    try:
        with apart.cursor() as cursor:
            cursor.execute("SET lock_timeout = '30s'")
            yield cursor
    finally:
        apart.close()


def make(one: Wanted) -> None:
    """Make an index and its statistics; doing it twice changes nothing."""
    with outside() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{one.name}"')
            cursor.execute(one.create.replace(" INDEX ", " INDEX CONCURRENTLY ", 1))
            if one.statistics:
                cursor.execute(f'DROP STATISTICS IF EXISTS "{one.name}"')
                cursor.execute(one.statistics)
            cursor.execute(f'ANALYZE "{one.table}"')
        else:
            cursor.execute(f'DROP INDEX IF EXISTS "{one.name}"')
            cursor.execute(one.create)


def take_away(name: str) -> None:
    """Drop an index that no variable wants, and its statistics."""
    with outside() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f'DROP STATISTICS IF EXISTS "{name}"')
            cursor.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')
        else:
            cursor.execute(f'DROP INDEX IF EXISTS "{name}"')

"""A query as a chain of named stages (WITH ...), each computed once from the columns of the one before.

Texts of users never enter the SQL: formulas are compiled, values travel as parameters, columns are named by the program.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Expression, QuerySet
from django.db.models.sql import Query

Sql = tuple[str, tuple[Any, ...]]


@dataclass
class Chain:
    """Stages that follow each other; each sees the columns of the one before."""

    texts: list[str] = field(default_factory=list)
    params: list[Any] = field(default_factory=list)
    last: str = ""

    def add(self, name: str, sql: str, params: Sequence[Any] = (), columns: Sequence[str] = ()) -> None:
        """One more stage."""
        listed = f" ({', '.join(columns)})" if columns else ""
        self.texts.append(f"{name}{listed} AS MATERIALIZED ({sql})")
        self.params += params
        self.last = name

    def compute(self, name: str, **columns: str | Sql) -> None:
        """A stage that adds columns to those of the stage before."""
        if not columns:
            return
        written = [(value, ()) if isinstance(value, str) else value for value in columns.values()]
        listed = ", ".join(f"{sql} AS {column}" for column, (sql, _params) in zip(columns, written, strict=True))
        self.add(name, f"SELECT {self.last}.*, {listed} FROM {self.last}", [each for _sql, params in written for each in params])

    def ahead(self) -> Sql:
        """What stands before a statement that reads the stages; nothing where there are none."""
        return f"WITH {', '.join(self.texts)} " if self.texts else "", tuple(self.params)

    def select(self, columns: str, tail: str = "") -> Sql:
        """The whole query."""
        ahead, params = self.ahead()
        return f"{ahead}SELECT {columns} FROM {self.last}{tail}", params


def sql_of(rows: "QuerySet[Any]") -> Sql:
    """The text and parameters of a query."""
    sql, params = rows.query.sql_with_params()
    return sql, tuple(params)


def compiled_sql(expression: Expression) -> Sql:
    """The text and parameters of an expression that reads no table."""
    sql, params = Query(None).get_compiler(connection=connection).compile(expression)
    return sql, tuple(params)

"""Conditions that are met or not met, nothing between: what filters for people are made of.

SQL answers "unknown" where a value is missing, and `not unknown` is unknown again. A person who says "not these" means all
others. So a condition that is not known to be met counts as not met, and its opposite as met.
"""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Expression, F, Q, QuerySet
from django.db.models.sql.compiler import SQLCompiler

SQL = tuple[str, tuple[Any, ...]]


class Unmet(Expression):
    """Every row for which a condition is not met, the unknown ones too."""

    conditional = True

    def __init__(self, condition: Any) -> None:
        super().__init__(output_field=BooleanField())
        self.condition: Any = condition if isinstance(condition, Q) else Q(condition)

    def get_source_expressions(self) -> list[Any]:
        return [self.condition]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        (self.condition,) = exprs

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> SQL:
        """The opposite of a condition that holds for nobody is everybody, and the other way round."""
        try:
            sql, params = compiler.compile(self.condition)
        except EmptyResultSet:
            raise FullResultSet from None
        except FullResultSet:
            raise EmptyResultSet from None
        return f"(({sql}) IS NOT TRUE)", tuple(params)


class Among(Expression):
    """Whether a key is among those that another query gives; that query is computed once, never for each row."""

    conditional = True

    def __init__(self, key: str, keys: QuerySet[Any], wanted: bool = True) -> None:
        super().__init__(output_field=BooleanField())
        self.key: Any = F(key)
        self.keys: Any = keys.query if isinstance(keys, QuerySet) else keys
        self.wanted = wanted

    def opposite(self) -> "Among":
        """Whether the key is none of them."""
        found: Among = self.copy()
        found.wanted = not self.wanted
        return found

    def get_source_expressions(self) -> list[Any]:
        return [self.key]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        (self.key,) = exprs

    def resolve_expression(self, *args: Any, **kwargs: Any) -> "Among":
        """The inner query stands for itself; only the key belongs to the rows outside."""
        found: Among = self.copy()
        found.key = self.key.resolve_expression(*args, **kwargs)
        found.keys = self.keys.clone()
        found.keys.clear_ordering(clear_default=True)
        found.keys.subquery = True
        return found

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> SQL:
        """`IN` where it is wanted; `NOT EXISTS` over the finished query on PostgreSQL, which plans `NOT IN` row by row."""
        key, key_params = compiler.compile(self.key)
        try:
            keys, params = self.keys.as_sql(compiler, connection)
        except EmptyResultSet:
            raise (EmptyResultSet if self.wanted else FullResultSet) from None
        keys = keys[1:-1] if keys.startswith("(") else keys
        if self.wanted:
            return f"({key} IN ({keys}))", (*key_params, *params)
        if connection.vendor == "postgresql":
            return f"(NOT EXISTS (SELECT 1 FROM ({keys}) found (key) WHERE found.key = {key}))", (*params, *key_params)
        return f"({key} IS NULL OR {key} NOT IN ({keys}))", (*key_params, *key_params, *params)

"""Database expressions written once per engine, from templates that no user can touch."""

import re
from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, DateField, Expression, F, Field, FloatField, TextField, Value
from django.db.models.sql.compiler import SQLCompiler

from coremis.kernel.base.formula import Kind

PLACES = re.compile(r"\{(\d+)\}")
FIELDS: dict[Kind, type["Field[Any, Any]"]] = {Kind.NUMBER: FloatField, Kind.BOOLEAN: BooleanField, Kind.DATE: DateField}
POSTGRESQL_CONSTANTS = {Kind.NUMBER: "({0})::double precision", Kind.BOOLEAN: "({0})::boolean", Kind.DATE: "({0})::date"}
POSTGRESQL_TEXT = '(({0})::text COLLATE "C")'


class Written(Expression):
    """An SQL template whose places ``{0}``, ``{1}`` are other expressions; values still travel as parameters."""

    def __init__(self, template: str, *expressions: Any, kind: Kind, postgresql: str = "") -> None:
        super().__init__(output_field=FIELDS.get(kind, TextField)())
        self.templates = {"sqlite": template, "postgresql": postgresql or template}
        self.expressions: list[Any] = [F(each) if isinstance(each, str) else each for each in expressions]

    def get_source_expressions(self) -> list[Any]:
        """What stands in the places."""
        return self.expressions

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """Puts resolved expressions in the places."""
        self.expressions = list(exprs)

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """The SQL of this engine, with its parameters in the order of their places; KeyError for any other engine."""
        template = self.templates[connection.vendor]
        compiled = [compiler.compile(each) for each in self.expressions]
        parameters = [parameter for place in PLACES.findall(template) for parameter in compiled[int(place)][1]]
        return PLACES.sub(lambda place: compiled[int(place.group(1))][0], template), tuple(parameters)


def constant(value: Any, kind: Kind) -> Written:
    """A value of a formula, always as a parameter; PostgreSQL is told its type, or it would compute with decimals."""
    parameter = Value(value, output_field=FIELDS.get(kind, TextField)())
    return Written("{0}", parameter, kind=kind, postgresql=POSTGRESQL_CONSTANTS.get(kind, POSTGRESQL_TEXT))

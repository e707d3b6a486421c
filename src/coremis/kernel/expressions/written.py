"""Database expressions written once per engine, from templates that no user can touch."""

import re
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, DateField, Field, FloatField, Func, TextField
from django.db.models.sql.compiler import SQLCompiler

from coremis.kernel.base.formula import Kind

PLACES = re.compile(r"\{(\d+)\}")


def field_for(kind: Kind) -> "Field[Any, Any]":
    """The field that reads results of this kind."""
    fields: dict[Kind, type[Field[Any, Any]]] = {Kind.NUMBER: FloatField, Kind.BOOLEAN: BooleanField, Kind.DATE: DateField}
    return fields.get(kind, TextField)()


class Written(Func):
    """An SQL template whose places ``{0}``, ``{1}`` are other expressions; values still travel as parameters."""

    def __init__(self, template: str, *expressions: Any, kind: Kind, postgresql: str = "") -> None:
        super().__init__(*expressions, output_field=field_for(kind))
        self.sqlite = template
        self.postgresql = postgresql or template

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> tuple[str, list[Any]]:
        """The SQL of this engine, with its parameters in the order of their places."""
        template = self.postgresql if connection.vendor == "postgresql" else self.sqlite
        compiled = [compiler.compile(each) for each in self.get_source_expressions()]
        parameters: list[Any] = []
        for place in PLACES.findall(template):
            parameters.extend(compiled[int(place)][1])
        return PLACES.sub(lambda place: compiled[int(place.group(1))][0], template), parameters

"""Giving each of many rows its own value in one statement."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import Value
from django.db.models.functions import Cast

from coremis.kernel.actions.models import Record


class OfEach(models.Func):
    """The value that one JSON object holds under a row's id."""

    function = ""

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """``->>`` gives text, which is then cast."""
        arrow = "->" if isinstance(self.output_field, models.JSONField) else "->>"
        return super().as_sql(compiler, connection, template="(%(expressions)s::text)", arg_joiner=f"::jsonb {arrow} ", **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """A path built from the id."""
        sql, params = super().as_sql(compiler, connection, template="%(expressions)s", arg_joiner=", '$.\"' || ", **context)
        return f"json_extract({sql} || '\"')", params


def of_each(model: type[Record], name: str, by_id: Mapping[int, Mapping[str, Any]]) -> Any:
    """An expression for ``update_from`` that gives every row its own value of one field: ``by_id`` holds values by field, by id."""
    column: Any = model._meta.get_field(name)
    held = {str(pk): values[name] for pk, values in by_id.items()}
    text = Value(json.dumps(held, default=str), output_field=models.TextField())
    if isinstance(column, models.JSONField):
        return OfEach(text, models.F("pk"), output_field=models.JSONField())
    plain = OfEach(text, models.F("pk"), output_field=models.TextField())
    target: Any = column.target_field if column.is_relation else column
    if isinstance(target, models.AutoField | models.BigAutoField):
        target = models.BigIntegerField()
    return plain if isinstance(target, models.CharField) else Cast(plain, type(target)())

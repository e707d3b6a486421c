"""What rows held before, made by the database exactly as ``values.stored_value`` makes it in Python."""

from typing import Any

from django.db import connection, models
from django.db.models import CharField, F, Func, TextField, Value
from django.db.models.functions import JSONObject

HIDDEN = "•••"
PER_CENT = "%%%%"  # passed on twice: by the template, by the statement
MAKERS = {
    "postgresql": {
        "DateTimeField": """to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')""",
        "DecimalField": "(%(expressions)s)::text",
    },
    "sqlite": {
        "BooleanField": "json(CASE WHEN %(expressions)s THEN 'true' WHEN NOT %(expressions)s THEN 'false' END)",
        "DateTimeField": "replace(%(expressions)s, ' ', 'T') || substr('.000000', 1, 7 * (length(%(expressions)s) = 19)) || '+00:00'",
        "DecimalField": f"CASE WHEN %(expressions)s IS NOT NULL THEN printf('{PER_CENT}.%(places)sf', %(expressions)s) END",
        "FloatField": f"json(CASE WHEN %(expressions)s IS NOT NULL THEN printf('{PER_CENT}!.17g', %(expressions)s) END)",
        "JSONField": "json(%(expressions)s)",
    },
}


def before_of(fields: "list[models.Field[Any, Any]]") -> JSONObject:
    """The values of these fields as one JSON object; what is secret stays hidden."""
    return JSONObject(**{field.attname: _as_json(field) for field in fields})


def _as_json(field: "models.Field[Any, Any]") -> Any:
    if getattr(field, "secret", False):
        return Value(HIDDEN, output_field=CharField())
    template = MAKERS[connection.vendor].get(field.get_internal_type())
    places = getattr(field, "decimal_places", 0)
    return Func(F(field.attname), template=template, places=places, output_field=TextField()) if template else F(field.attname)

"""Values as they are stored in changes and inputs: plain JSON, the same on both databases."""

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


def stored_value(field: "models.Field[Any, Any]", record: models.Model) -> Any:
    """A field's value as plain JSON data; bytes become their digest."""
    value = getattr(record, field.attname)
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (bytes, memoryview)):
        return "sha256:" + hashlib.sha256(bytes(value)).hexdigest()
    return plain(value)


def plain(value: Any) -> Any:
    """Any value as plain JSON data."""
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON of a value."""
    text = json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()

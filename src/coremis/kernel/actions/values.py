"""Values as they are stored in changes and inputs: plain JSON, the same on both databases."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


def stored_value(field: "models.Field[Any, Any]", record: models.Model) -> Any:
    """A field's value as plain JSON data; bytes become their digest."""
    value = getattr(record, field.attname)
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (bytes, memoryview)):
        return "sha256:" + hashlib.sha256(bytes(value)).hexdigest()
    if isinstance(value, datetime):
        return moment(value)
    return plain(value)


def moment(value: datetime) -> str:
    """A point in time to the microsecond, in UTC: 2026-01-31T10:00:00.000000+00:00."""
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def keyed(text: str) -> str:
    """A digest that cannot be made, or guessed from, without the installation's key."""
    return hmac.new(settings.COREMIS_DATA_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def plain(value: Any) -> Any:
    """Any value as plain JSON data."""
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder, allow_nan=False))


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON of a value."""
    text = json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()

"""What records held at a past moment: rebuilt from what they hold now and from every change since."""

from collections.abc import Iterable
from copy import copy
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from django.db import models
from django.utils import timezone

from coremis.kernel.actions.before import HIDDEN
from coremis.kernel.actions.models import Change, Event, Record

R = TypeVar("R", bound=Record)


def end_of(day: date) -> datetime:
    """The last moment of a day of the country."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min)) - timedelta(microseconds=1)


def as_of(rows: Iterable[R], moment: datetime) -> dict[int, R]:
    """Copies of these rows of one class as they were recorded at a moment, by id; rows made later are left out.

    Two statements whatever the number of rows. A copy has ``erased`` set where a change was erased since: what it held is
    not known any more. Fields that are secret hold what they hold now.
    """
    now = {row.pk: row for row in rows}
    if not now:
        return {}
    made = {row.created_event_id for row in now.values()}
    later = set(Event.objects.filter(pk__in=made, recorded_at__gt=moment).values_list("pk", flat=True))
    past = {key: copy(row) for key, row in now.items() if row.created_event_id not in later}
    kind = next(iter(now.values()))._meta.label_lower
    changes = Change.objects.filter(kind=kind, record_id__in=list(past), event__recorded_at__gt=moment)
    for key, before in changes.order_by("-pk").values_list("record_id", "before"):
        put_back(past[key], before)
    return past


def put_back(record: Record, before: dict[str, Any] | None) -> None:
    """Give a record the values that a change noted; nothing is stored."""
    if before is None:
        record.erased = True  # type: ignore[attr-defined]
        return
    fields: dict[str, models.Field[Any, Any]] = {field.attname: field for field in record._meta.concrete_fields}
    for name, value in before.items():
        field = fields.get(name)
        if field is None or (getattr(field, "secret", False) and value == HIDDEN):
            continue
        setattr(record, field.attname, field.to_python(value))

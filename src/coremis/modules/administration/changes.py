"""What one history entry changed, in words: which things, which of their fields, and what stood there before."""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db.models import Field, QuerySet
from django.utils.translation import gettext as _

from coremis.kernel.access.models import User
from coremis.kernel.actions.models import Change, Event
from coremis.kernel.screens.columns import text_of

MOST = 100


def visible_changes(event: Event, reader: User) -> "QuerySet[Change]":
    """The changes of an entry in the reader's places."""
    places = reader.places_for("actions.view_event")
    changes = Change.objects.filter(event=event).exclude(kind=Change.INPUTS).order_by("pk")
    return changes if places.everywhere else changes.filter(area_id__in=places.areas())


def told(change: Change, guarded: Callable[[Any, str, Any, int | None], Any]) -> dict[str, Any]:
    """One change as the template prints it: what it is about, and its fields before."""
    model = _model_of(change.kind)
    thing = str(model._meta.verbose_name) if model else change.kind
    fields = {field.attname: field for field in model._meta.concrete_fields} if model else {}
    lines = [
        (_label(fields[name]), _words(fields[name], guarded(model, fields[name].name, value, change.area_id)))
        for name, value in (change.before or {}).items()
        if name in fields and fields[name].editable and not _is_definition(value)
    ]
    return {"thing": thing[:1].upper() + thing[1:], "number": change.record_id, "lines": lines, "erased": change.before is None}


def _is_definition(value: Any) -> bool:
    """Whether it holds things within things; the page of what it belongs to tells those in words."""
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(isinstance(item, dict | list) for item in items)


def _model_of(kind: str) -> Any:
    try:
        return apps.get_model(kind)
    except (LookupError, ValueError):
        return None


def _label(field: "Field[Any, Any]") -> str:
    text = str(field.verbose_name)
    return text[:1].upper() + text[1:]


def _words(field: "Field[Any, Any]", value: Any) -> str:
    if value is None or value == "":
        return "–"
    if field.is_relation:
        return _("number %(number)s") % {"number": value}
    if field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {text_of(item)}" for key, item in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else text_of(value)

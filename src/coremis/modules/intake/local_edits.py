"""Corrections that people made in the register since the last import: they win over the file (pitfall D9)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from coremis.kernel.actions.models import Change, Record
from coremis.modules.intake.known import made_by_hand

History = list[tuple[dict[str, Any], bool]]


class LocalEdits:
    """For the records of one class that a file would change: which of their fields were last changed by hand."""

    def __init__(self, model: type[Record], ids: Iterable[int]) -> None:
        self._history: dict[int, History] = defaultdict(list)
        wanted = list(ids)
        if not wanted:
            return
        changes = list(Change.objects.filter(kind=model.kind(), record_id__in=wanted, before__isnull=False).order_by("pk"))
        by_hand = made_by_hand([change.event_id for change in changes])
        for change in changes:
            self._history[change.record_id].append((change.before or {}, change.event_id in by_hand))

    def concern(self, record: Record, name: str) -> bool:
        """Whether somebody changed this field by hand after the last import that did; ``data.rooms`` is a variable."""
        after = stored(record, name)
        for before, by_hand in reversed(self._history.get(record.pk, [])):
            field, _dot, key = name.partition(".")
            if field not in before:
                continue
            value = (before[field] or {}).get(key) if key else before[field]
            if value != after:
                return by_hand
        return False


def stored(record: Record, name: str) -> Any:
    """A field, or a variable in it, as changes keep it."""
    field, _dot, key = name.partition(".")
    value = getattr(record, field)
    if key:
        held: Mapping[str, Any] = value or {}
        return held.get(key)
    return value.isoformat() if hasattr(value, "isoformat") else value

"""Corrections that people made in the register since the last import: they win over the file (pitfall D9)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Change, Record
from coremis.modules.intake.differences import Differences
from coremis.modules.intake.known import made_by_hand
from coremis.modules.registry.models import Household, Membership, Person

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


def edits_of(wanted: Iterable[tuple[Record, Differences]], more: Iterable[Record] = (), *, local: bool) -> dict[type[Record], LocalEdits]:
    """What was changed by hand in the records that a file would change; nothing where the file is to win."""
    differing: dict[type[Record], list[int]] = defaultdict(list)
    if local:
        for record in (*(record for record, differences in wanted if differences), *more):
            differing[type(record)].append(record.pk)
    return {model: LocalEdits(model, differing[model]) for model in (Person, Household, Membership)}


def kept_values(
    wanted: Iterable[tuple[Record, Differences]], by_hand: dict[type[Record], LocalEdits]
) -> tuple[dict[Any, dict[str, Any]], set[int]]:
    """The new values by record, and the rows that bring them. What somebody corrected since the last import stays, and is told."""
    changes: dict[Any, dict[str, Any]] = {}
    touched: set[int] = set()
    for record, differences in wanted:
        for name, difference in differences.items():
            if by_hand[type(record)].concern(record, name):
                difference.row.warn(difference.column, _("Somebody changed this in the register since. That is kept."), difference.said)
            else:
                changes.setdefault(record, {})[name] = difference.value
                touched.add(difference.row.number)
    return changes, touched

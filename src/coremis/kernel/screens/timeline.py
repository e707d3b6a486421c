"""The history of a record in words: what was done, what changed from what to what, who, when, who agreed, and why."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from coremis.kernel.actions.action import ACTIONS, FORMER_NAMES
from coremis.kernel.actions.before import HIDDEN
from coremis.kernel.actions.events import new_event
from coremis.kernel.actions.models import Change, Event, Record
from coremis.kernel.actions.values import stored_value
from coremis.kernel.areas.models import Area
from coremis.kernel.module.contributions import Contribution, contributions
from coremis.kernel.screens.columns import text_of

LATEST, MOST = 50, 1_000


@dataclass(frozen=True)
class Timeline:
    """How a record's history is told.

    `also(record)` names rows of other classes told along, as (class, ids) pairs: the members of a household.
    `hidden` fields are left out. `words` maps a field to a function (value, record) that says it in words.
    `key_label(field, key)` names a key of a field that holds many variables. `pieces` maps a field that holds a whole definition
    to a function (value, record) that gives its pieces in words, by their titles; only those that differ are told.
    """

    also: Callable[[Any], Sequence[tuple[type[Record], Sequence[int]]]] | None = None
    hidden: frozenset[str] = frozenset()
    words: Mapping[str, Callable[[Any, Any], str]] = field(default_factory=dict)
    key_label: Callable[[str, str], str] | None = None
    pieces: Mapping[str, Callable[[Any, Any], Mapping[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class HistoryGuard(Contribution):
    """Masks what not everybody may read in the history of `on` records, wherever it is told.

    `reader(user, page)` gives a function (name, value, area_id): the value of a field as this reader may see it; of a field
    that holds many, a dict without the keys that the reader may not know of. `page` is the record whose page is open, if any.
    """

    on: type[Record]
    reader: Callable[[Any, Record | None], Callable[[str, Any, int | None], Any]]


def history_guards(user: Any, page: Record | None = None) -> Callable[[Any, str, Any, int | None], Any]:
    """A function (class, name, value, area_id) that gives values of the history as this reader may see them."""
    readers = {guard.on: guard.reader(user, page) for guard in contributions(HistoryGuard)}

    def guarded(model: Any, name: str, value: Any, area_id: int | None) -> Any:
        return readers[model](name, value, area_id) if model in readers and value not in (None, "") else value

    return guarded


@dataclass
class Line:
    """One value that changed."""

    label: str
    before: str
    after: str


@dataclass
class Entry:
    """One thing that was done."""

    event: Event
    title: str
    reason: str = ""
    lines: list[Line] = field(default_factory=list)
    erased: bool = False


@dataclass
class Step:
    """One field of one record, before and after one event."""

    entry: Entry
    record: Record
    told: "models.Field[Any, Any]"
    before: Any
    after: Any


def timeline_of(record: Record, user: Any, timeline: Timeline, in_full: bool = False) -> dict[str, Any]:
    """The latest entries, newest first, and whether there are `more`. At most eight queries and one a linked class."""
    subjects = _subjects(record, timeline)
    most = MOST if in_full else LATEST
    changes = list(_changes(subjects)[: most * 4])
    events = {change.event_id: change.event for change in changes}
    made = {item.created_event_id for item in subjects.values()} - set(events)
    events.update({event.pk: event for event in Event.objects.filter(pk__in=made)})
    ordered = _ordered_by(events)
    reasons = _reasons({**events, **{cause.pk: cause for cause in ordered.values()}})
    entries = {
        key: Entry(event, action_title(event.action), reasons.get(key, "") or reasons.get(event.cause_id or 0, ""))
        for key, event in events.items()
    }
    teller = _Teller(timeline, user, subjects, record)
    teller.tell(changes, entries)
    newest = sorted(entries.values(), key=lambda entry: (entry.event.recorded_at, entry.event.pk), reverse=True)
    return {"entries": newest[:most], "more": len(newest) > most and not in_full}


def _ordered_by(events: Mapping[int, Event]) -> dict[int, Event]:
    """For what a job did: the event of whoever ordered it, who is then shown as having done it."""
    of_jobs = {event.pk: event.cause_id for event in events.values() if event.job_id and event.cause_id}
    causes = Event.objects.in_bulk(set(of_jobs.values())) if of_jobs else {}
    for key, cause in of_jobs.items():
        if cause in causes:
            events[key].actor_name, events[key].deciders = causes[cause].actor_name, causes[cause].deciders
    return {key: causes[cause] for key, cause in of_jobs.items() if cause in causes}


def action_title(name: str) -> str:
    """What an action is called for people; its stored name where its module is off."""
    found = ACTIONS.get(FORMER_NAMES.get(name, name))
    return str(found.title) if found else OTHER_TITLES.get(name, lambda: name)()


OTHER_TITLES: dict[str, Callable[[], str]] = {"screens.open_record": lambda: _("Opened")}


def note_opening(record: Record, user: Any) -> None:
    """Write into the history that this person opened this record."""
    places = record.place_ids() or [None]
    event = new_event("screens.open_record", user, area_id=places[0] if len(places) == 1 else None)
    Change.objects.create(event=event, kind=record._meta.label_lower, record_id=record.pk, area_id=event.area_id, before={})


def _subjects(record: Record, timeline: Timeline) -> dict[tuple[str, int], Record]:
    found: dict[tuple[str, int], Record] = {(record._meta.label_lower, record.pk): record}
    for model, ids in timeline.also(record) if timeline.also else ():
        found.update({(model._meta.label_lower, item.pk): item for item in model._base_manager.filter(pk__in=ids)})
    return found


def _changes(subjects: Iterable[tuple[str, int]]) -> models.QuerySet[Change]:
    by_kind: dict[str, list[int]] = {}
    for kind, key in subjects:
        by_kind.setdefault(kind, []).append(key)
    about = Q(pk__in=[])
    for kind, keys in by_kind.items():
        about |= Q(kind=kind, record_id__in=keys)
    return Change.objects.filter(about).select_related("event").order_by("-event_id", "-pk")


def _reasons(events: Mapping[int, Event]) -> dict[int, str]:
    """What was given as reason or note, by event."""
    asked = Change.objects.filter(kind=Change.INPUTS, record_id__in=list(events), event_id__in=list(events))
    found = {}
    for inputs in asked:
        given = inputs.before or {}
        name = next((name for name in ("reason", "note") if given.get(name)), None)
        if name:
            found[inputs.event_id] = _choice_words(events[inputs.event_id].action, name, given[name])
    return found


def _choice_words(action: str, name: str, value: Any) -> str:
    known = ACTIONS.get(FORMER_NAMES.get(action, action))
    parameter = known.parameters.get(name) if known else None
    if parameter and issubclass(parameter.type, Enum):
        try:
            return text_of(parameter.type(value))
        except ValueError:
            return str(value)
    return str(value)


class _Teller:
    """Walks back from what the records hold now, so that every change knows its value before and after."""

    def __init__(self, timeline: Timeline, user: Any, subjects: Mapping[tuple[str, int], Record], page: Record) -> None:
        self.timeline, self.user, self.subjects = timeline, user, subjects
        self.guarded, self.area = history_guards(user, page), (page.place_ids() or [None])[0]
        self.linked: dict[type[models.Model], dict[Any, str]] = {}

    def tell(self, changes: Sequence[Change], entries: Mapping[int, Entry]) -> None:
        """Add the lines of each change to its entry; `changes` come newest first."""
        steps = []
        now: dict[tuple[str, int, str], Any] = {}
        for change in changes:
            if change.before is None:
                entries[change.event_id].erased = True
            record = self.subjects[(change.kind, change.record_id)]
            for name, before in (change.before or {}).items():
                told = _field(record, name)
                if told is None or not told.editable or name in self.timeline.hidden or told.name in self.timeline.hidden:
                    continue
                place = (change.kind, change.record_id, name)
                after = now.get(place, stored_value(told, record))
                now[place] = before
                if getattr(told, "secret", False):
                    before = after = HIDDEN
                steps.append(Step(entries[change.event_id], record, told, before, after))
        self._fetch_linked(steps)
        for step in steps:
            step.entry.lines.extend(self._lines(step))

    def _fetch_linked(self, steps: Iterable[Step]) -> None:
        wanted: dict[type[models.Model], set[Any]] = {}
        for step in steps:
            if step.told.is_relation and isinstance(step.told.related_model, type):
                wanted.setdefault(step.told.related_model, set()).update({step.before, step.after} - {None})
        for model, keys in wanted.items():
            rows = model._base_manager.filter(pk__in=keys)
            if issubclass(model, Record) and model is not Area:
                rows = model.objects.visible_to(self.user, f"{model._meta.app_label}.view_{model._meta.model_name}").filter(pk__in=keys)
            self.linked[model] = {row.pk: str(row) for row in rows}

    def _lines(self, step: Step) -> list[Line]:
        record, told = step.record, step.told
        before, after = (self.guarded(type(record), told.name, value, self.area) for value in (step.before, step.after))
        if told.name in self.timeline.pieces:
            said, says = (self.timeline.pieces[told.name](value or {}, record) for value in (before, after))
            return [
                Line(title, said.get(title, ""), text)
                for title, text in ({**dict.fromkeys(said, ""), **says}).items()
                if said.get(title) != text
            ]
        if isinstance(step.before, dict) or isinstance(step.after, dict):
            old, new = step.before or {}, step.after or {}
            shown = {**(before or {}), **(after or {})}
            keys = [key for key in sorted({*old, *new}) if old.get(key) != new.get(key) and key in shown]
            name = self.timeline.key_label or (lambda _field, key: key)
            return [Line(name(told.name, key), text_of((before or {}).get(key)), text_of((after or {}).get(key))) for key in keys]
        label = str(told.verbose_name)
        return [Line(label[:1].upper() + label[1:], self._words(record, told, before), self._words(record, told, after))]

    def _words(self, record: Record, told: "models.Field[Any, Any]", value: Any) -> str:
        if value is None or value == "" or value == HIDDEN:
            return value or ""
        if told.name in self.timeline.words:
            return self.timeline.words[told.name](value, record)
        if told.is_relation:
            names: dict[Any, str] = self.linked.get(told.related_model, {})  # type: ignore[arg-type]
            return names.get(value, _("(not shown to you)"))
        if told.flatchoices:
            return str(dict(told.flatchoices).get(value, value))
        try:
            return text_of(told.to_python(value))
        except ValidationError:
            return str(value)


def _field(record: Record, name: str) -> "models.Field[Any, Any] | None":
    """The field that a change speaks of; None for one that this release no longer has."""
    for told in record._meta.concrete_fields:
        if name in (told.attname, told.name):
            return told
    return None


__all__ = ["Timeline", "note_opening", "timeline_of"]

"""Undoing a merge: both records are in use again, each with what it held before. Nothing that happened is erased."""

from copy import copy
from typing import Any

from django.apps import apps
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.before import HIDDEN
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.models import Change, Event, Record
from coremis.kernel.actions.past import put_back
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.registry.checking import taken_meanwhile
from coremis.modules.registry.models import Household, Membership, Person
from coremis.modules.registry.services.hooks import against_undoing
from coremis.modules.registry.services.living import renew_summary
from coremis.modules.registry.services.merging import merge_households, merge_persons

MERGES = (merge_persons.name, merge_households.name)


@action(_("Undo the merge of two persons"), approvable=True)
def undo_merge_of_persons(*, other: Person, reason: str, actor: Actor) -> Person:
    """``other`` is in use again with its homes, roles, documents and programmes; the survivor holds what it held before.

    Refused where anything that the merge changed was changed since, or where a payment rests on it.
    """
    return _undo(other, reason)  # type: ignore[no-any-return]


@action(_("Undo the merge of two households"), approvable=True)
def undo_merge_of_households(*, other: Household, reason: str, actor: Actor) -> Household:
    """Everybody who came from ``other`` lives there again, as before the merge; refused as for persons."""
    return _undo(other, reason)  # type: ignore[no-any-return]


def merge_of(other: Any) -> Event | None:
    """The merge by which a record was retired; None where it was not merged."""
    if other.merged_into_id is None:
        return None
    about = Change.objects.filter(kind=other.kind(), record_id=other.pk, event__action__in=MERGES).order_by("-pk")
    return next((change.event for change in about.select_related("event") if "retired_on" in (change.before or {})), None)


def touched_by(event: Event, other: Any) -> dict[Record, list[dict[str, Any] | None]]:
    """The rows that a merge changed, each with what it held before, the latest change first.

    Households whose summary was only written anew by the merge of two persons are left out: they are summed up again.
    """
    changes = Change.objects.filter(event=event).exclude(kind=Change.INPUTS).order_by("-pk")
    held: dict[tuple[str, int], list[dict[str, Any] | None]] = {}
    for change in changes:
        if not (isinstance(other, Person) and change.kind == Household.kind()):
            held.setdefault((change.kind, change.record_id), []).append(change.before)
    found: dict[Record, list[dict[str, Any] | None]] = {}
    for kind in dict.fromkeys(kind for kind, _key in held):
        rows = apps.get_model(kind)._base_manager.in_bulk([key for one, key in held if one == kind])
        found.update({row: held[kind, key] for key, row in rows.items()})
    return found


def made_by(event: Event) -> list[Membership]:
    """The stays in a household that a merge began."""
    return list(Membership.objects.filter(created_event_id=event.pk).select_related("household", "person"))


def reasons_against_undoing(other: Any) -> list[str]:
    """Every sentence that forbids it, each saying what to do instead."""
    event = merge_of(other)
    if event is None:
        return [str(_("This record was not merged, so there is nothing to undo."))]
    rows = touched_by(event, other)
    found = []
    if any(before is None for befores in rows.values() for before in befores):
        found.append(str(_("What these records held was erased, so the merge stays. Register the person or household anew.")))
    found += [_change_since(row, other) for row in [*rows, *made_by(event)] if row.event_id != event.pk and _differs_since(row, event)]
    found += taken_meanwhile([other], but=(other.merged_into_id,))  # the survivor gives back what it got from it
    return list(dict.fromkeys(found)) + against_undoing(other.merged_into, other, event.recorded_at)


def _differs_since(row: Record, event: Event) -> bool:
    """Whether a row holds anything else than right after an event; what was changed and undone since is the same again."""
    then = copy(row)
    for before in reversed(_changes_since(row, event)):
        if before is None or HIDDEN in before.values():  # erased, or secret: what it was cannot be compared
            return True
        put_back(then, before)
    return any(getattr(then, field.attname) != getattr(row, field.attname) for field in row._meta.concrete_fields)


def _changes_since(row: Record, event: Event) -> list[dict[str, Any] | None]:
    """What a row held before each of its changes after those of an event, in their order."""
    changes = Change.objects.filter(kind=row._meta.label_lower, record_id=row.pk).order_by("pk")
    last = changes.filter(event=event).values_list("pk", flat=True).last() or 0
    return list(changes.filter(pk__gt=last).values_list("before", flat=True))


def _change_since(row: Record, other: Any) -> str:
    """Why a row that was changed since stands against it."""
    if row != other and (into := getattr(row, "merged_into", None)) is not None:
        sentence = _("“%(thing)s” was itself merged into %(number)s since. Undo that merge first.")
        return str(sentence % {"thing": row, "number": into.number_text})
    since = _("“%(thing)s” was changed after the merge. Take that change back first, or register the other one anew.")
    return str(since % {"thing": _called(row)})


def _called(row: Record) -> str:
    who = getattr(row, "person", None) or getattr(row, "household", None) or row
    return str(who)


def _undo(other: Any, reason: str) -> Any:
    if not reason.strip():
        raise Invalid(_("Write how you know that they are two."), {"reason": [_("This is required.")]})
    keys = [other.pk, other.merged_into_id] if other.merged_into_id else [other.pk]
    list(type(other).everything.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    other = type(other).everything.get(pk=other.pk)
    for sentence in reasons_against_undoing(other):
        raise Refusal(sentence)
    event, survivor = merge_of(other), other.merged_into
    assert event is not None
    for membership in made_by(event):
        membership.left_on = membership.joined_on
        membership.save()
    rows = touched_by(event, other)
    for row in sorted(rows, key=lambda one: (one == other, not _ends(rows[one]))):
        for before in rows[row]:
            put_back(row, before)
        row.save()
    _sum_up(survivor, other)
    return type(other).objects.get(pk=other.pk)


def _ends(befores: list[dict[str, Any] | None]) -> bool:
    """Rows that were open after the merge and are closed by going back come first, so that no key is held twice."""
    return any(value is not None for before in befores for name, value in (before or {}).items() if name in ("left_on", "valid_until"))


def _sum_up(survivor: Any, other: Any) -> None:
    """Head and size of the households concerned, as they are today."""
    if isinstance(other, Household):
        keys = [survivor.pk, other.pk]
    else:
        homes = Membership.objects.filter(person__in=[survivor.pk, other.pk])
        keys = list(homes.values_list("household", flat=True).distinct())
    for household in Household.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"):
        renew_summary(household)


def merged_since(other: Any) -> Any:
    """When it was merged, for people."""
    event = merge_of(other)
    return timezone.localtime(event.recorded_at) if event else None

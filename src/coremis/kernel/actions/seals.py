"""The chain of seals, and the proof that no event was changed, removed or slipped in."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from coremis.kernel.actions.events import STAMPED, stamp_of
from coremis.kernel.actions.models import Change, Event, Seal
from coremis.kernel.actions.values import digest, plain

FIRST = "0" * 64
CHUNK = 2000


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was sealed, in words."""

    event_id: int
    sentence: str


def seal_events(limit: int = CHUNK) -> int:
    """Seal up to ``limit`` events that have no seal yet; one sealer at a time. Returns how many were sealed."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(734211)")
        previous = Seal.objects.order_by("-pk").values_list("hash", flat=True).first() or FIRST
        events = list(unsealed().order_by("pk")[:limit])
        changes = _changes_of([event.pk for event in events])
        seals = []
        for event in events:
            event_hash, count = event_hash_of(event, changes)
            previous = _link(previous, event.pk, event_hash)
            seals.append(Seal(event_id=event.pk, event_hash=event_hash, change_count=count, hash=previous))
        Seal.objects.bulk_create(seals, batch_size=500)
    return len(seals)


def unsealed() -> Any:
    """The events that have no seal yet."""
    return Event.objects.filter(~Exists(Seal.objects.filter(event_id=OuterRef("pk"))))


def verify() -> Iterator[Finding]:
    """Walk the whole chain; yield one finding for each event that was changed, removed or inserted."""
    previous, last = FIRST, 0
    while seals := list(Seal.objects.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        ids = [seal.event_id for seal in seals]
        events = Event.objects.in_bulk(ids)
        changes = _changes_of(ids)
        for seal in seals:
            expected = _link(previous, seal.event_id, seal.event_hash)
            if seal.hash != expected:
                yield Finding(seal.event_id, _("The chain is broken at the seal of entry %(id)s.") % {"id": seal.event_id})
            yield from _check_event(seal, events.get(seal.event_id), changes)
            previous, last = seal.hash, seal.pk
    for event in unsealed().order_by("pk").iterator():
        if event.stamp != stamp_of(event):
            yield Finding(event.pk, _("Entry %(id)s (%(action)s) was inserted by something else.") % {"id": event.pk, "action": event.action})


def event_hash_of(event: Event, changes: dict[int, list[str]]) -> tuple[str, int]:
    """The digest of an event and of its changes, and how many changes there are."""
    own = changes.get(event.pk, [])
    content = digest([event.pk, event.stamp, *[plain(getattr(event, name)) for name in STAMPED]])
    return hashlib.sha256("".join([content, *own]).encode()).hexdigest(), len(own)


def change_digest(change: Change) -> str:
    """The digest of one change; a redacted one keeps the digest of what it held."""
    return change.redacted_digest or digest([change.pk, change.kind, change.record_id, change.area_id, change.before])


def _check_event(seal: Seal, event: Event | None, changes: dict[int, list[str]]) -> Iterator[Finding]:
    if event is None:
        yield Finding(seal.event_id, _("Entry %(id)s was removed.") % {"id": seal.event_id})
        return
    named = {"id": event.pk, "action": event.action, "on": event.recorded_at.isoformat(timespec="seconds")}
    event_hash, count = event_hash_of(event, changes)
    if event.stamp != stamp_of(event):
        yield Finding(event.pk, _("Entry %(id)s (%(action)s, %(on)s) was changed, or inserted by something else.") % named)
    elif count != seal.change_count:
        counts = {"was": seal.change_count, "now": count}
        yield Finding(event.pk, _("Entry %(id)s (%(action)s, %(on)s) had %(was)s details and has %(now)s now.") % {**named, **counts})
    elif event_hash != seal.event_hash:
        yield Finding(event.pk, _("A detail of entry %(id)s (%(action)s, %(on)s) was changed.") % named)


def _changes_of(event_ids: list[int]) -> dict[int, list[str]]:
    rows = Change.objects.filter(event_id__in=event_ids).order_by("event_id", "pk").iterator(chunk_size=CHUNK)
    return {event_id: [change_digest(change) for change in group] for event_id, group in groupby(rows, lambda change: change.event_id)}


def _link(previous: str, event_id: int, event_hash: str) -> str:
    return hashlib.sha256(f"{previous}:{event_id}:{event_hash}".encode()).hexdigest()

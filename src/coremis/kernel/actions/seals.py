"""The chain of seals, and the proof that no event was changed, removed or slipped in."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Exists, Min, OuterRef
from django.utils.translation import gettext as _

from coremis.kernel.actions.events import stamp_of, stamped
from coremis.kernel.actions.models import Change, Event, Seal
from coremis.kernel.actions.values import digest

FIRST = "0" * 64
CHUNK = 2000
ERASED = "actions.erased"


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
        details = _details_of([event.pk for event in events])
        seals = []
        for event in events:
            event_hash, count = event_hash_of(event, details)
            previous = _link(previous, event.pk, event_hash)
            seals.append(Seal(event_id=event.pk, event_hash=event_hash, change_count=count, hash=previous))
        Seal.objects.bulk_create(seals, batch_size=500)
    return len(seals)


def unsealed() -> Any:
    """The events that have no seal yet."""
    return Event.objects.filter(~Exists(Seal.objects.filter(event_id=OuterRef("pk"))))


def verify(published: Path | None = None) -> Iterator[Finding]:
    """Walk the whole chain; yield one finding for each event that was changed, removed or inserted.

    ``published`` is the folder of the hashes kept outside the database: only they show that the newest entries were cut off.
    """
    previous, last = FIRST, 0
    while seals := list(Seal.objects.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        ids = [seal.event_id for seal in seals]
        events = Event.objects.in_bulk(ids)
        details = _details_of(ids)
        for seal in seals:
            expected = _link(previous, seal.event_id, seal.event_hash)
            if seal.hash != expected:
                yield Finding(seal.event_id, _("The chain is broken at the seal of entry %(id)s.") % {"id": seal.event_id})
            yield from _check_event(seal, events.get(seal.event_id), details)
            previous, last = seal.hash, seal.pk
    for event in unsealed().order_by("pk").iterator():
        if event.stamp != stamp_of(event):
            yield Finding(
                event.pk, _("Entry %(id)s (%(action)s) was inserted by something else.") % {"id": event.pk, "action": event.action}
            )
    yield from _check_copies()
    yield from _check_erased()
    yield from _check_published(published)


def event_hash_of(event: Event, details: dict[int, tuple[str, int]]) -> tuple[str, int]:
    """The digest of an event and of its changes, and how many changes there are."""
    own, count = details.get(event.pk, ("", 0))
    return digest([event.pk, event.stamp, *stamped(event), own]), count


def change_digest(change: Change) -> str:
    """The digest of one change; a redacted one keeps the digest of what it held."""
    return change.redacted_digest or digest([change.pk, change.kind, change.record_id, change.area_id, change.before])


def _check_event(seal: Seal, event: Event | None, details: dict[int, tuple[str, int]]) -> Iterator[Finding]:
    if event is None:
        yield Finding(seal.event_id, _("Entry %(id)s was removed.") % {"id": seal.event_id})
        return
    named = {"id": event.pk, "action": event.action, "on": event.recorded_at.isoformat(timespec="seconds")}
    event_hash, count = event_hash_of(event, details)
    if event.stamp != stamp_of(event):
        yield Finding(event.pk, _("Entry %(id)s (%(action)s, %(on)s) was changed, or inserted by something else.") % named)
    elif count != seal.change_count:
        counts = {"was": seal.change_count, "now": count}
        yield Finding(event.pk, _("Entry %(id)s (%(action)s, %(on)s) had %(was)s details and has %(now)s now.") % {**named, **counts})
    elif event_hash != seal.event_hash:
        yield Finding(event.pk, _("A detail of entry %(id)s (%(action)s, %(on)s) was changed.") % named)


def _check_copies() -> Iterator[Finding]:
    copied = Event.objects.values("stamp").annotate(first=Min("pk"), count=Count("pk")).filter(count__gt=1).values_list("stamp", "first")
    for stamp, first in copied:
        for event in Event.objects.filter(stamp=stamp, pk__gt=first):
            yield Finding(event.pk, _("Entry %(id)s is a copy of entry %(first)s.") % {"id": event.pk, "first": first})


def _check_erased() -> Iterator[Finding]:
    """A detail may be empty only where a stamped event says that it was erased, with the digest of what it held."""
    allowed: dict[int, str] = {}
    for listed in Change.objects.filter(kind=Change.INPUTS, event__action=ERASED).select_related("event"):
        if listed.event.stamp == stamp_of(listed.event) and listed.event.inputs_digest == digest(listed.before):
            allowed.update((change, held) for change, held in (listed.before or {})["erased"])
    for change in Change.objects.exclude(redacted_digest="").select_related("event").order_by("pk").iterator():
        if allowed.get(change.pk) != change.redacted_digest:
            named = {"id": change.event_id, "action": change.event.action}
            yield Finding(change.event_id, _("A detail of entry %(id)s (%(action)s) was erased by something else.") % named)


def _check_published(folder: Path | None) -> Iterator[Finding]:
    for line in [line for file in sorted(folder.glob("*.txt")) for line in file.read_text().splitlines()] if folder else []:
        on, number, published = line.split()
        seal = Seal.objects.filter(pk=number).first()
        if seal is None or seal.hash != published:
            yield Finding(
                seal.event_id if seal else 0, _("The seal published on %(on)s is not in the history: entries were cut off.") % {"on": on}
            )


def _details_of(event_ids: list[int]) -> dict[int, tuple[str, int]]:
    """For each event one digest over its changes, and their number; read in a stream, however many they are."""
    found = {}
    rows = Change.objects.filter(event_id__in=event_ids).order_by("event_id", "pk").iterator(chunk_size=CHUNK)
    for event_id, group in groupby(rows, lambda change: change.event_id):
        together, count = hashlib.sha256(), 0
        for change in group:
            together.update(change_digest(change).encode())
            count += 1
        found[event_id] = (together.hexdigest(), count)
    return found


def _link(previous: str, event_id: int, event_hash: str) -> str:
    return hashlib.sha256(f"{previous}:{event_id}:{event_hash}".encode()).hexdigest()

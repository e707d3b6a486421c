"""Redaction, and maintenance that leaves a trace."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions import context
from coremis.kernel.actions.action import action
from coremis.kernel.actions.events import new_event
from coremis.kernel.actions.guard import unguarded
from coremis.kernel.actions.models import Change
from coremis.kernel.actions.seals import ERASED, change_digest
from coremis.kernel.actions.system import system
from coremis.kernel.actions.values import digest
from coremis.kernel.base.refusal import Refusal


@action(_("Erase personal content from the history"), approvable=True)
def redact(*, kind: str, record_id: int, reason: str, actor: context.Actor) -> int:
    """Erase what the history held about one record (data-protection law); digests stay, so the chain still proves itself."""
    if not reason.strip():
        raise Refusal(_("Give the reason for erasing."))
    found = Change.objects.filter(kind=kind, record_id=record_id, redacted_digest="").exclude(event__action__in=[redact.name, ERASED])
    erased = [(change.pk, change_digest(change)) for change in found]
    writing = context.required()
    writing.check_places({change.area_id for change in found})
    for number, held in erased:
        Change.objects.filter(pk=number).update(before=None, redacted_digest=held)
    listed = {"erased": erased}
    event = new_event(ERASED, actor, cause_id=writing.event.pk, inputs_digest=digest(listed))
    Change.objects.create(event=event, kind=Change.INPUTS, record_id=event.pk, before=listed)
    return len(erased)


@action(_("Maintenance"))
def maintain(*, reason: str, actor: context.Actor) -> None:
    """What a migration or factory writes carries an event of this name."""


@contextmanager
def maintenance(reason: str) -> Iterator[int]:
    """Let a migration or factory write records; leaves an event of its own, whose id is given."""
    with transaction.atomic():
        worker = system(maintain.name)
        event = new_event(maintain.name, worker)
        Change.objects.create(event=event, kind=Change.INPUTS, record_id=event.pk, before={"reason": reason})
        with unguarded(reason), context.writing_as(context.Writing(maintain, worker, maintain.name, event)):
            yield event.pk

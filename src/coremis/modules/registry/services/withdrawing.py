"""Persons and households that were registered by mistake: withdrawn, never deleted, and restored as they were."""

from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.models import Change, Event
from coremis.kernel.actions.past import put_back
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.exchange.undoing import undo_batch
from coremis.modules.registry.checking import taken_meanwhile
from coremis.modules.registry.models import Household, Membership, Person, Recipient
from coremis.modules.registry.services.hooks import against_withdrawal
from coremis.modules.registry.services.living import lock, renew_summary


@action(_("Withdraw a person registered by mistake"))
def withdraw_person(*, person: Person, reason: str, actor: Actor) -> Person:
    """A record that should never have been made: it leaves every list, and can be restored. Members leave their household first."""
    person = _locked(Person, person)
    _check(person, reason)
    if person.memberships.filter(left_on=None).exists():
        raise Refusal(_("This person lives in a household. Record first that the person left it."))
    if person.collects_for.filter(valid_until=None).exists():
        raise Refusal(_("This person collects for a household. Change that first."))
    person.retired_on = timezone.localdate()
    person.save()
    return person


@action(_("Withdraw a household registered by mistake"))
def withdraw_household(*, household: Household, reason: str, actor: Actor) -> Household:
    """A household that should never have been made leaves every list with everybody in it, and can be restored with them."""
    household = lock(household)
    _check(household, reason)
    today = timezone.localdate()
    members = list(Membership.objects.filter(household=household, left_on=None).select_related("person", "household"))
    for member in members:
        for sentence in against_withdrawal(member.person):
            raise Refusal(sentence)
        if member.person.collects_for.filter(valid_until=None).exclude(household=household).exists():
            raise Refusal(_("%(name)s collects for another household. Change that first."), name=member.person.full_name)
    for recipient in Recipient.objects.filter(household=household, valid_until=None).select_related("household"):
        recipient.valid_until = max(recipient.valid_from, today)
        recipient.save()
    for member in members:
        member.left_on = max(member.joined_on, today)
        member.save()
        member.person.retired_on = today
        member.person.save()
    household.retired_on, household.size = today, 0
    household.save()
    return household


@action(_("Restore a person"))
def restore_person(*, person: Person, actor: Actor) -> Person:
    """Undo the withdrawal of a person."""
    person = _withdrawn(Person, person)
    _refuse_taken([person])
    person.retired_on = None
    person.save()
    return person


@action(_("Restore a household"))
def restore_household(*, household: Household, actor: Actor) -> Household:
    """Undo the withdrawal of a household: everybody is back, with the same roles; who lives elsewhere by now stays there."""
    household = _withdrawn(Household, household)
    event_id = household.event_id
    _refuse_taken([household, *Person.everything.filter(event_id=event_id)])
    _undo(Person, event_id)
    lived = Membership.objects.filter(household=household, event_id=event_id).values("person")
    settled = Membership.objects.filter(left_on=None, person__in=lived).values("person")
    gone = Person.everything.filter(Q(death_date__isnull=False) | Q(retired_on__isnull=False) | Q(pk__in=settled))
    but = list(gone.filter(Q(pk__in=lived) | Q(collects_for__event_id=event_id)).values_list("pk", flat=True))
    for model in (Membership, Recipient):
        _undo(model, event_id, Q(person__in=but))
    _undo(Household, event_id)
    restored: Household = Household.objects.get(pk=household.pk)
    if but:
        renew_summary(restored)
    return restored


def _refuse_taken(records: list[Any]) -> None:
    for sentence in taken_meanwhile(records):
        raise Refusal(sentence)


def _undo(model: Any, event_id: int, but: Q | None = None) -> None:
    """Give the rows of one class that an event changed what they held before it; who was restored or changed since is left."""
    changes = Change.objects.filter(event_id=event_id, kind=model._meta.label_lower)
    before = dict(changes.values_list("record_id", "before"))
    reader = getattr(model, "everything", model.objects)
    rows = reader.filter(pk__in=list(before), event_id=event_id)
    for row in (rows.exclude(but) if but else rows).select_for_update(of=("self",)).order_by("pk"):
        put_back(row, before[row.pk])
        row.save()


def _locked(model: Any, record: Any) -> Any:
    return model.everything.select_for_update(of=("self",)).select_related("area").get(pk=record.pk)


def _withdrawn(model: Any, record: Any) -> Any:
    found = _locked(model, record)
    if found.merged_into_id:
        raise Refusal(_("This record was merged into another one and stays so."))
    if not found.retired_on:
        raise Refusal(_("This record is in use already."))
    if Event.objects.filter(pk=found.event_id, action=undo_batch.name).exists():
        raise Refusal(_("The import that brought this was taken back. Bring the file again."))
    return found


def _check(record: Any, reason: str) -> None:
    if not reason.strip():
        raise Invalid(_("Write why this was a mistake."), {"reason": [_("This is required.")]})
    if record.retired_on:
        raise Refusal(_("This record is withdrawn already."))
    for sentence in against_withdrawal(record):
        raise Refusal(sentence)

"""Registering a whole household in one step, and changing its own facts."""

from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.numbers import next_number
from coremis.kernel.actions.parameters import Secret
from coremis.kernel.areas.models import Area
from coremis.kernel.base.refusal import Refusal
from coremis.modules.registry.checking import SAME
from coremis.modules.registry.dictionary import OF_HOUSEHOLDS, OF_PERSONS, checked_data, repeated
from coremis.modules.registry.models import Household, HouseholdMove, Person, Relationship
from coremis.modules.registry.rules import clean_text
from coremis.modules.registry.services.documents import checked_document, store_document
from coremis.modules.registry.services.fields import PERSON_FIELDS, Errors, new_person, refuse_if, store_new, take
from coremis.modules.registry.services.living import check_day, join, lock, renew_summary
from coremis.modules.registry.services.moves import relocate
from coremis.modules.registry.services.recipients import check_recipient, store_recipient

MOST_MEMBERS = 100
PRIMARY, ALTERNATE = "primary", "alternate"


@dataclass
class NewMember:
    """One line of a registration: the person, the relation to the head, whether they collect, and their documents."""

    person: Person
    relationship: str
    collects: str = ""
    reason: str = ""
    documents: list[dict[str, Any]] = field(default_factory=list)


@action(_("Register a household"))
def register_household(
    *, area: Area, members: list[dict[str, Any]], address: str = "", data: dict[str, Any] | None = None,
    documents: Secret[list[dict[str, Any]]] | None = None, registered_on: date | None = None, actor: Actor,
) -> Household:  # fmt: skip
    """A household with everybody in it. Exactly one member is the head.

    Each of ``members`` is {given_names, surname, sex, birth, relationship, phone, phone_owner, collects, reason, data}; ``birth``
    is text such as 1987-05-03, 1987-05 or 1987; ``collects`` is "primary", "alternate" or empty; ``reason`` is needed where the
    recipient is under 18 or of unknown age. ``documents`` holds a list of {member, kind, number, valid_until}, ``member`` being
    the place in ``members`` counted from 0; it is secret, because document numbers never enter the history.
    """
    household, people = read_registration(
        area=area, members=members, address=address, data=data, documents=documents, registered_on=registered_on
    )
    household.number = next_number(Household)
    household.save()
    _settle(household, people)
    renew_summary(household)
    return household


@action(_("Change a household"))
def change_household(
    *, household: Household, area: Area | None = None, address: str | None = None, data: dict[str, Any] | None = None, actor: Actor
) -> Household:
    """Change its place, address or facts; what is not given stays. Everybody who lives in it moves with it."""
    household, seen = lock(household), household.version
    household.version = seen  # what the caller saw: save() refuses where somebody else was faster (pitfall D9)
    errors: Errors = {}
    if address is not None:
        household.address = take(errors, "address", clean_text, address) or ""
    if data is not None:
        check = partial(checked_data, pk=household.pk)
        household.data = take(errors, "data", check, OF_HOUSEHOLDS, data, household.data) or {}
    refuse_if(errors)
    if area and area.pk != household.area_id:
        if HouseholdMove.objects.filter(household=household, state=HouseholdMove.State.PROPOSED).exists():
            raise Refusal(_("A move of this household is proposed already. Take that one back first."))
        relocate(household, area, actor)
    household.save()
    return household


def read_registration(
    *, area: Area, members: list[dict[str, Any]], address: str = "", data: dict[str, Any] | None = None,
    documents: Secret[list[dict[str, Any]]] | None = None, registered_on: date | None = None,
) -> tuple[Household, list[NewMember]]:  # fmt: skip
    """The household and its members as they would be stored; every problem is refused at once. Nothing is written."""
    errors: Errors = {}
    day = take(errors, "registered_on", check_day, registered_on, "registered_on") or timezone.localdate()
    household = Household(area=area, registered_on=day)
    household.address = take(errors, "address", clean_text, address) or ""
    household.data = take(errors, "data", checked_data, OF_HOUSEHOLDS, data or {}) or {}
    people = _read_members(household, members, documents.reveal() if documents else [], errors)
    refuse_if(errors)
    return household, people


def _read_members(household: Household, members: list[dict[str, Any]], documents: list[dict[str, Any]], errors: Errors) -> list[NewMember]:
    if not 0 < len(members) <= MOST_MEMBERS:
        errors["members"] = [_("A household has at least one member and at most %(most)s.") % {"most": MOST_MEMBERS}]
        return []
    people = [_read_member(household, index, given, errors) for index, given in enumerate(members)]
    _check_roles(people, errors)
    for place, code in repeated(OF_PERSONS, [member.person.data for member in people]):
        errors[f"members.{place}.data.{code}"] = [SAME]
    for given in documents:
        owner = int(given.get("member", -1))
        if not 0 <= owner < len(people):
            raise Refusal(_("A document belongs to nobody in this household. Check the list."))
        mine: Errors = {}
        fields = take(mine, "number", checked_document, given.get("kind"), given.get("number"), given.get("valid_until"))
        errors.update({f"members.{owner}.document_{name}": sentences for name, sentences in mine.items()})
        people[owner].documents.append(fields)
    return people


def _read_member(household: Household, index: int, given: dict[str, Any], errors: Errors) -> NewMember:
    own = {name: value for name, value in given.items() if name not in {"relationship", "collects", "reason"}}
    mine: Errors = {}
    person = new_person(household.area, {name: own.get(name) for name in {*PERSON_FIELDS, *own}}, mine)
    person.registered_on = household.registered_on
    collects, reason = str(given.get("collects") or ""), take(mine, "reason", clean_text, given.get("reason") or "") or ""
    if collects not in {"", PRIMARY, ALTERNATE}:
        mine["collects"] = [_("Choose whether this person collects.")]
    elif collects:
        take(mine, "collects", check_recipient, person, reason)
    relationship = given.get("relationship") or ""
    if relationship not in Relationship.values:
        mine["relationship"] = [_("Choose the relation to the head of household.")]
    errors.update({f"members.{index}.{name}": sentences for name, sentences in mine.items()})
    return NewMember(person, relationship, collects, reason)


def _check_roles(people: list[NewMember], errors: Errors) -> None:
    heads = sum(member.relationship == Relationship.HEAD for member in people)
    if heads != 1:
        errors["members"] = [_("Exactly one member is the head of household. Here it is %(count)s.") % {"count": heads}]
    if sum(member.collects == PRIMARY for member in people) > 1:
        errors.setdefault("members", []).append(_("Only one member is the primary recipient. Make the others alternates."))


def _settle(household: Household, people: list[NewMember]) -> None:
    rank, day = 0, household.registered_on
    for member in people:
        store_new(member.person)
        join(household, member.person, member.relationship, day)
        for fields in member.documents:
            store_document(member.person, fields)
        if member.collects:
            rank += member.collects == ALTERNATE
            store_recipient(household, member.person, 0 if member.collects == PRIMARY else rank, day, member.reason)

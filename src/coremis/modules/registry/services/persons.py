"""Registering persons, changing what is known about them, and their death."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.approvals.services import submit_request
from coremis.kernel.areas.models import Area
from coremis.kernel.base.dates import PartialDate
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.registry.models import (
    ChangeCause,
    Household,
    Membership,
    Paper,
    Person,
    PhoneOwner,
    Precision,
    Recipient,
    Relationship,
    Sex,
)  # fmt: skip
from coremis.modules.registry.rules import check_death
from coremis.modules.registry.services.fields import Errors, new_person, refuse_if, set_person_fields, store_new, take
from coremis.modules.registry.services.hooks import follow_moves
from coremis.modules.registry.services.living import hand_over_head, leave, lock, open_membership, renew_summary
from coremis.modules.registry.services.naming import keep_former_name, refuse_withdrawn
from coremis.modules.registry.services.succession import ask_successor, is_primary


@action(_("Register a person"))
def register_person(
    *, area: Area, given_names: str = "", surname: str = "", sex: Sex = Sex.UNKNOWN, birth: PartialDate | None = None,
    phone: str = "", phone_owner: PhoneOwner | None = None, data: dict[str, Any] | None = None, actor: Actor,
) -> Person:  # fmt: skip
    """Somebody without a household. At least one name is needed; what is not known stays empty."""
    errors: Errors = {}
    given = {
        "given_names": given_names, "surname": surname, "sex": sex, "birth": birth, "phone": phone, "phone_owner": phone_owner,
        "data": data,
    }  # fmt: skip
    person = new_person(area, given, errors)
    refuse_if(errors)
    return store_new(person)


@action(_("Change a person"))
def change_person(
    *, person: Person, given_names: str | None = None, surname: str | None = None, sex: Sex | None = None,
    birth: PartialDate | None = None, birth_unknown: bool = False, phone: str | None = None, phone_owner: PhoneOwner | None = None,
    area: Area | None = None, data: dict[str, Any] | None = None, actor: Actor,
) -> Person:  # fmt: skip
    """Change what is given, leave the rest. Former values stay in the history. Whoever lives in a household moves only with it."""
    household, seen = lock_home(person), person.version
    person.refresh_from_db()
    refuse_withdrawn(person)
    before, place = person.full_name, person.area_id
    person.version = seen  # what the caller saw: save() refuses where somebody else was faster (pitfall D9)
    errors: Errors = {}
    given = {
        "given_names": given_names, "surname": surname, "sex": sex, "birth": birth, "phone": phone, "phone_owner": phone_owner,
        "data": data,
    }  # fmt: skip
    set_person_fields(person, given, errors)
    if birth_unknown and not birth:
        person.birth_date, person.birth_precision = None, Precision.DAY
    if person.death_date:
        take(errors, "birth", check_death, person.death_date, person.birth_date, person.birth_precision, timezone.localdate())
    if area and area.pk != person.area_id:
        if household:
            errors["area"] = [_("This person lives in a household. Move the household, or record that the person left it.")]
        person.area = area
    refuse_if(errors)
    keep_former_name(person, before)
    person.save()
    if area and area.pk != place:
        follow_moves(Person, [person.pk], actor)
    if household:
        renew_summary(household)
    return person


@action(_("Record a death"), covers=(submit_request,))
def record_death(
    *, person: Person, died_on: date, new_head: Person | None = None, new_recipient: Person | None = None, paper: Paper | None = None,
    note: str = "", actor: Actor,
) -> Person:  # fmt: skip
    """The person leaves the household on the day of death; where they were its head, ``new_head`` follows.

    A primary recipient who died stays named until the change is approved, and is shown as a matter to settle. With
    ``new_recipient`` and a paper that change is asked for in the same step.
    """
    household = lock_home(person)
    person.refresh_from_db()
    refuse_withdrawn(person)
    collected = is_primary(household, person)
    if person.death_date:
        raise Refusal(_("The death is recorded already."))
    try:
        person.death_date = check_death(died_on, person.birth_date, person.birth_precision, timezone.localdate())
    except Refusal as problem:
        raise Invalid(problem.sentence, {"died_on": [str(problem)]}) from problem
    person.save()
    if household:
        _leave_by_death(household, person, died_on, new_head)
    _end_alternates(person, died_on)
    if household:
        ask_successor(household, collected, new_recipient, paper, ChangeCause.DEATH, note, actor)
    return person


def lock_home(person: Person) -> Household | None:
    """The household in which somebody lives, locked; None for whoever lives in none."""
    lived = Membership.objects.filter(person=person, left_on=None).select_related("household").first()
    return lock(lived.household) if lived else None


def _leave_by_death(household: Household, person: Person, day: date, new_head: Person | None) -> None:
    membership = open_membership(household, person)
    was_head = membership.relationship == Relationship.HEAD
    if membership.joined_on <= household.registered_on:  # here since the registration: the death may have come before that
        day = max(day, membership.joined_on)
    leave(membership, day, "died_on")
    hand_over_head(household, was_head, new_head, day)
    renew_summary(household)


def _end_alternates(person: Person, day: date) -> None:
    for alternate in Recipient.objects.filter(person=person, rank__gt=0, valid_until=None):
        alternate.valid_until = day - timedelta(days=1)
        alternate.save()

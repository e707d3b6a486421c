"""Who joins a household, who leaves it, and who is its head."""

from datetime import date, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.approvals.services import submit_request
from coremis.kernel.base.dates import PartialDate
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.registry.models import ChangeCause, Household, Membership, Paper, Person, PhoneOwner, Relationship, Sex
from coremis.modules.registry.services.fields import Errors, new_person, refuse_if, store_new
from coremis.modules.registry.services.living import (
    check_day,
    end_recipients,
    hand_over_head,
    join,
    leave,
    lock,
    members_now,
    open_membership,
    relate,
    renew_summary,
)  # fmt: skip
from coremis.modules.registry.services.naming import refuse_withdrawn
from coremis.modules.registry.services.succession import ask_successor, is_primary


class LeavingReason(models.TextChoices):
    """Why somebody no longer lives in a household; a death is recorded as such."""

    MOVED = "moved", _("moved away")
    MARRIED = "married", _("married into another household")
    SEPARATED = "separated", _("separated or divorced")
    OWN_HOUSEHOLD = "own_household", _("founded an own household")
    MISTAKE = "mistake", _("never lived here (correction)")
    OTHER = "other", _("other reason")


@action(_("Add a member"))
def add_member(
    *, household: Household, relationship: Relationship, joined_on: date | None = None, person: Person | None = None,
    given_names: str = "", surname: str = "", sex: Sex = Sex.UNKNOWN, birth: PartialDate | None = None,
    phone: str = "", phone_owner: PhoneOwner | None = None, data: dict[str, Any] | None = None, actor: Actor,
) -> Membership:  # fmt: skip
    """Somebody joins: ``person`` where they are registered already, else the facts of a new person. A birth is such a joining."""
    household = lock(household)
    day = check_day(joined_on, "joined_on")
    check_role(household, relationship)
    if person is None:
        errors: Errors = {}
        given = {
            "given_names": given_names, "surname": surname, "sex": sex, "birth": birth, "phone": phone, "phone_owner": phone_owner,
            "data": data,
        }  # fmt: skip
        person = new_person(household.area, given, errors)
        refuse_if(errors)
        store_new(person)
    else:
        check_free(person, day)
    membership = join(household, person, relationship, day)
    renew_summary(household)
    return membership


CAUSES = {LeavingReason.SEPARATED: ChangeCause.DIVORCE}


@action(_("Record that a member left"), covers=(submit_request,))
def end_membership(
    *, membership: Membership, reason: LeavingReason, left_on: date | None = None, new_head: Person | None = None,
    new_recipient: Person | None = None, paper: Paper | None = None, actor: Actor,
) -> Membership:  # fmt: skip
    """Somebody left; the head is followed by ``new_head``. Who leaves no longer collects for the household.

    Where the primary recipient left, ``new_recipient`` with a paper is asked for in the same step.
    """
    household = lock(membership.household)
    membership = Membership.objects.select_related("household", "person").get(pk=membership.pk)
    if membership.left_on:
        raise Refusal(_("%(name)s has left already."), name=membership.person.full_name)
    day = check_day(left_on, "left_on", membership.joined_on)
    collected = is_primary(household, membership.person)
    leave(membership, day)
    end_recipients(household, membership.person, day - timedelta(days=1))
    hand_over_head(household, membership.relationship == Relationship.HEAD, new_head, day)
    renew_summary(household)
    ask_successor(
        household, collected, new_recipient, paper, CAUSES.get(reason, ChangeCause.MIGRATION), str(LeavingReason(reason).label), actor
    )
    return membership


@action(_("Change the head of household"))
def change_head(
    *, household: Household, head: Person, relationships: dict[str, str] | None = None, on: date | None = None, actor: Actor
) -> Household:
    """Another member becomes the head. ``relationships`` says by person id how the others are related to the new head.

    The former head must be among them; who is not named keeps the relation that was written down.
    """
    household = lock(household)
    new = open_membership(household, head)
    day = check_day(on, "on", max(member.joined_on for member in members_now(household)))
    asked = {int(key): value for key, value in (relationships or {}).items() if int(key) != head.pk}
    for member in members_now(household):
        if member.pk == new.pk:
            continue
        relate(member, relation_asked(member, asked), day)
    relate(new, Relationship.HEAD, day)
    renew_summary(household)
    return household


def relation_asked(member: Membership, asked: dict[int, str]) -> str:
    """The relation asked for, else the present one; the former head needs another."""
    found = asked.get(member.person_id, member.relationship)
    if found not in Relationship.values or found == Relationship.HEAD:
        sentence = _("Say how %(name)s is related to the new head.") % {"name": member.person.full_name}
        raise Invalid(sentence, {f"relation_{member.person_id}": [sentence]})
    return found


def check_role(household: Household, relationship: str) -> None:
    """Exactly one head while anybody lives there."""
    has_head = any(member.relationship == Relationship.HEAD for member in members_now(household))
    if has_head and relationship == Relationship.HEAD:
        sentence = _("This household has a head. Change the head afterwards if another person leads it.")
        raise Invalid(sentence, {"relationship": [sentence]})
    if not has_head and relationship != Relationship.HEAD:
        sentence = _("This household has no head. Whoever joins first must be the head.")
        raise Invalid(sentence, {"relationship": [sentence]})


def check_free(person: Person, day: date) -> None:
    """Somebody who can join a household on a day: living, in use, and in no other one."""
    refuse_withdrawn(person)
    if person.death_date:
        raise Refusal(_("%(name)s has died and cannot join a household."), name=person.full_name)
    last = Membership.objects.filter(person=person).order_by("-joined_on", "-pk").first()
    if last and last.left_on is None:
        raise Refusal(
            _("%(name)s lives in another household. Use “Move to another household”, or record that they left."), name=person.full_name
        )
    if last and last.left_on and day < last.left_on:
        raise Invalid(_("This day lies before the person left the last household."), {"joined_on": [_("Choose a later day.")]})

"""What changes a household over the years: a birth, somebody who moves from one household to another, a household that parts."""

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.numbers import next_number
from coremis.kernel.approvals.services import submit_request
from coremis.kernel.base.dates import PartialDate
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.registry.models import ChangeCause, Household, Membership, Paper, Person, Relationship, Sex
from coremis.modules.registry.rules import clean_text
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
from coremis.modules.registry.services.members import check_role, relation_asked
from coremis.modules.registry.services.recipients import check_recipient, store_recipient
from coremis.modules.registry.services.succession import ask_successor, is_primary

NEWBORN = 366


@action(_("Record a birth"))
def record_birth(
    *, household: Household, born_on: date, relationship: Relationship = Relationship.CHILD, given_names: str = "", surname: str = "",
    sex: Sex = Sex.UNKNOWN, actor: Actor,
) -> Membership:  # fmt: skip
    """A newborn is registered in the household where it lives, from the day of birth on. Older children are added as members."""
    household = lock(household)
    day = check_day(born_on, "born_on")
    if (check_day(None, "born_on") - day).days > NEWBORN:
        sentence = _("This child is older than a year. Use “Add a member”.")
        raise Invalid(sentence, {"born_on": [sentence]})
    if relationship == Relationship.HEAD:
        raise Invalid(_("A newborn leads no household."), {"relationship": [_("Choose another relation.")]})
    check_role(household, relationship)
    errors: Errors = {}
    given = {"given_names": given_names, "surname": surname, "sex": sex, "birth": PartialDate(day, "DAY")}
    person = new_person(household.area, given, errors)
    refuse_if(errors)
    membership = join(household, store_new(person), relationship, max(day, household.registered_on))
    renew_summary(household)
    return membership


@action(_("Move to another household"), covers=(submit_request,))
def move_person(
    *, membership: Membership, target: Household | None = None, relationship: Relationship = Relationship.NOT_RELATED,
    address: str = "", on: date | None = None, new_head: Person | None = None, new_recipient: Person | None = None,
    paper: Paper | None = None, reason: str = "", actor: Actor,
) -> Membership:  # fmt: skip
    """A member goes to live in another household, or without ``target`` founds an own one in the same place."""
    membership = Membership.objects.select_related("household", "person").get(pk=membership.pk)
    if membership.left_on:
        raise Refusal(_("%(name)s has left already."), name=membership.person.full_name)
    if target and target.pk == membership.household_id:
        raise Refusal(_("%(name)s lives in this household already."), name=membership.person.full_name)
    household, arrives = lock_both(membership.household, target)
    day, person = check_day(on, "on", membership.joined_on), membership.person
    if arrives:
        check_role(arrives, relationship)
    collected, was_head = is_primary(household, person), membership.relationship == Relationship.HEAD
    leave(membership, day, "on")
    end_recipients(household, person, day - timedelta(days=1))
    hand_over_head(household, was_head, new_head, day)
    renew_summary(household)
    if arrives is None:
        arrives, relationship = new_household(household, address, day), Relationship.HEAD
    made = join(arrives, person, relationship, day)
    renew_summary(arrives)
    ask_successor(household, collected, new_recipient, paper, ChangeCause.MIGRATION, reason, actor)
    return made


@action(_("Split the household"))
def split_household(
    *, household: Household, leaving: list[Person], head: Person, recipient: Person | None = None,
    relationships: dict[str, str] | None = None, new_head: Person | None = None, address: str = "", on: date | None = None,
    reason: str = "", actor: Actor,
) -> Household:  # fmt: skip
    """Some members found a household of their own, to be assessed anew: programmes and payments stay with the recipient's household.

    ``head`` leads the new one; ``relationships`` says by person id how the others are related to that person. ``recipient``
    collects for it once a programme takes it up. A head who leaves is followed by ``new_head``.
    """
    household = lock(household)
    members = {member.person_id: member for member in members_now(household)}
    going = [members[person.pk] for person in leaving if person.pk in members]
    _check_parts(household, members, going, leaving, head)
    day = check_day(on, "on", max(member.joined_on for member in going))
    asked = {int(key): value for key, value in (relationships or {}).items() if int(key) != head.pk}
    relations = {member.person_id: relation_asked(member, asked) for member in going if member.person_id != head.pk}
    made = new_household(household, address, day)
    led = any(member.relationship == Relationship.HEAD for member in going)
    for member in going:
        leave(member, day, "on")
        end_recipients(household, member.person, day - timedelta(days=1))
    hand_over_head(household, led, new_head, day)
    renew_summary(household)
    for member in going:
        join(made, member.person, relations.get(member.person_id, Relationship.HEAD), day)
    if recipient:
        open_membership(made, recipient)
        check_recipient(recipient, reason)
        store_recipient(made, recipient, 0, day, reason)
    renew_summary(made)
    return made


def new_household(parted: Household, address: str, day: date) -> Household:
    """A household that came out of another one, in the same place; in no programme until it is assessed."""
    made = Household(
        area=parted.area, number=next_number(Household), address=clean_text(address), registered_on=day, split_from=parted,
    )  # fmt: skip
    made.save()
    return made


def lock_both(first: Household, second: Household | None) -> tuple[Household, Household | None]:
    """Both as they are now, locked in the order of their ids, so that two people do not wait for each other."""
    if second is None:
        return lock(first), None
    locked = {item.pk: lock(item) for item in sorted((first, second), key=lambda item: item.pk)}
    return locked[first.pk], locked[second.pk]


def _check_parts(
    household: Household, members: dict[int, Membership], going: list[Membership], leaving: list[Person], head: Person
) -> None:
    if len(going) != len(leaving) or not going:
        raise Invalid(_("Choose who founds the new household."), {"leaving": [_("Choose members who live here now.")]})
    if len(going) == len(members):
        raise Invalid(_("Somebody must stay. If all leave, move the household."), {"leaving": [_("Leave out who stays.")]})
    if head.pk not in {member.person_id for member in going}:
        raise Invalid(_("The new head is one of those who leave."), {"head": [_("Choose one of those who leave.")]})
    for member in going:
        if is_primary(household, member.person):
            sentence = _("The primary recipient, %(name)s, stays with programmes and payments. Choose the others instead.")
            words = sentence % {"name": member.person.full_name}
            raise Invalid(words, {"leaving": [words]})


def relate_all(household: Household, head: Person, relationships: dict[str, str], day: date) -> None:
    """After two households became one: the head, and how everybody else is related to that person."""
    asked = {int(key): value for key, value in relationships.items() if int(key) != head.pk}
    members = members_now(household)
    for member in members:
        if member.person_id != head.pk:
            relate(member, relation_asked(member, asked), day)
    relate(open_membership(household, head), Relationship.HEAD, day)

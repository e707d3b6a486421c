"""Who lives where and who is the head: what several actions have in common. Only actions call this."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions import context
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.base.text import fold
from coremis.modules.registry.models import Household, Membership, Person, Recipient, Relationship
from coremis.modules.registry.rules import check_not_future
from coremis.modules.registry.services.hooks import follow_moves


def lock(household: Household) -> Household:
    """The household as it is now, held until the end of the transaction, so that two people do not make two heads."""
    found: Household | None = Household.objects.select_for_update(of=("self",)).select_related("area").filter(pk=household.pk).first()
    if found is None:
        raise Refusal(_("This household was merged or withdrawn. Use the household that is in use."))
    return found


def members_now(household: Household) -> list[Membership]:
    """The open memberships with their persons, the head first."""
    found = Membership.objects.filter(household=household, left_on=None).select_related("person", "household").order_by("pk")
    return sorted(found, key=lambda member: member.relationship != Relationship.HEAD)


def open_membership(household: Household, person: Person) -> Membership:
    """The membership of somebody who lives there now."""
    found = Membership.objects.filter(household=household, person=person, left_on=None).select_related("household", "person").first()
    if found is None:
        raise Refusal(_("%(name)s does not live in this household now."), name=person.full_name)
    return found


def check_day(day: date | None, name: str, not_before: date | None = None) -> date:
    """A day for a change: today where none is given, never to come, never before what it ends."""
    today = timezone.localdate()
    try:
        found = check_not_future(day or today, today)
        if not_before and found < not_before:
            raise Refusal(_("This day lies before the one it follows. Check the date."))
    except Refusal as problem:
        raise Invalid(problem.sentence, {name: [str(problem)]}, **problem.params) from problem
    return found


def join(household: Household, person: Person, relationship: str, day: date) -> Membership:
    """Let somebody live in a household; their place follows it."""
    membership = Membership(household=household, person=person, relationship=relationship, joined_on=day)
    membership.save()
    if person.area_id != household.area_id:
        person.area = household.area
        person.save()
        follow_moves(Person, [person.pk], context.required().actor)
    return membership


def leave(membership: Membership, day: date, name: str = "left_on") -> None:
    """End a membership; ``day`` is the first day on which the person no longer lived there."""
    check_day(day, name, membership.joined_on)
    membership.left_on = day
    membership.save()


def relate(membership: Membership, relationship: str, day: date) -> None:
    """Give a member another relation to the head from a day on; the former one stays in the history."""
    if membership.relationship == relationship:
        return
    leave(membership, day)
    Membership(household=membership.household, person=membership.person, relationship=relationship, joined_on=day).save()


def hand_over_head(household: Household, was_head: bool, new_head: Person | None, day: date) -> None:
    """After somebody left: where it was the head and others remain, ``new_head`` must be one of them."""
    remaining = members_now(household)
    if not was_head or not remaining:
        return
    if new_head is None:
        raise Invalid(_("The head of household leaves. Choose who follows."), {"new_head": [_("Choose who becomes head of household.")]})
    follower = open_membership(household, new_head)
    relate(follower, Relationship.HEAD, max(day, follower.joined_on))


def end_recipients(household: Household, person: Person, last_day: date) -> None:
    """Whoever leaves a household no longer collects for it."""
    for recipient in Recipient.objects.filter(household=household, person=person, valid_until=None).select_related("household"):
        recipient.valid_until = last_day
        recipient.save()


def renew_summary(household: Household) -> None:
    """Keep head and size beside the household. An empty one keeps the name of its last head, so that it is still found."""
    members = members_now(household)
    household.size = len(members)
    head = next((member.person for member in members if member.relationship == Relationship.HEAD), None)
    if head or members:
        household.head_name = head.full_name[:200] if head else ""
        household.search_name = fold(household.head_name)[:200]
    household.save()

"""What stands on top of a household's and a person's page: what is missing, what waits, what may be wrong."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coremis.kernel.approvals.models import Request
from coremis.kernel.screens.details import Attention
from coremis.modules.registry.models import Household, HouseholdMove, Membership, Person, Recipient, Relationship
from coremis.modules.registry.queries import TOO_MANY_USES, uses_in_a_row
from coremis.modules.registry.rules import is_adult
from coremis.modules.registry.tables import household_url, person_url
from coremis.modules.registry.words import age_of

YOUNGEST_HEAD, YOUNGEST_PARENT = 12, 12


def reader(request: HttpRequest) -> Any:
    """Who looks at the page; every page asks for a sign-in first."""
    return request.user


def household_attention(request: HttpRequest, household: Household) -> list[Attention]:
    """No head, nobody to collect, a recipient who died or left, alternates again and again, changes that wait, likely mistakes."""
    if household.retired_on:
        return [_retired(request, household)]
    found = []
    members = list(Membership.objects.filter(household=household, left_on=None).select_related("person"))
    if not household.size:
        found.append(Attention("warn", _("Nobody lives in this household any more.")))
    elif not household.head_name:
        found.append(Attention("bad", _("This household has no head. Choose one of its members.")))
    found += _recipient_attention(household, members) if household.size else []
    found += _alternate_attention(household)
    found += _waiting(household)
    move = HouseholdMove.objects.filter(household=household, state=HouseholdMove.State.PROPOSED).select_related("to_area").first()
    if move:
        sentence = _("A move to %(place)s is proposed and waits there to be accepted.") % {"place": move.to_area.name}
        found.append(Attention("info", sentence, reverse("registry:moves"), _("See the moves")))
    return [*found, *(Attention("warn", sentence) for sentence in likely_mistakes(members))]


def person_attention(request: HttpRequest, person: Person) -> list[Attention]:
    """A dead recipient, a record that is in use no more, a change that waits."""
    if person.retired_on:
        return [_retired(request, person)]
    found = _waiting(person)
    if not person.death_date:
        return found
    rows = Recipient.objects.visible_to(reader(request), "registry.view_recipient").filter(person=person, rank=0, valid_until=None)
    sentence = _("This person has died but is still named as primary recipient.")
    return found + [
        Attention("bad", sentence, household_url(row.household_id), row.household.number_text) for row in rows.select_related("household")
    ]


def likely_mistakes(members: list[Membership]) -> list[str]:
    """What can hardly be true (rulebook 2.5): a child as head, a parent hardly older than the child."""
    head = next((member.person for member in members if member.relationship == Relationship.HEAD), None)
    age = age_of(head) if head else None
    if head is None or age is None:
        return []
    found = []
    if age < YOUNGEST_HEAD:
        found.append(_("The head of household is %(age)s years old. Check the birth date.") % {"age": age})
    elif not is_adult(head.birth_date, timezone.localdate()):
        found.append(_("The head of household is a child of %(age)s years.") % {"age": age})
    for member in members:
        other = age_of(member.person)
        gap = None if other is None else {"child": age - other, "parent": other - age}.get(member.relationship)
        if gap is not None and gap < YOUNGEST_PARENT:
            sentence = _("%(name)s and the head of household are too close in age for parent and child. Check both.")
            found.append(sentence % {"name": member.person.full_name})
    return found


def _recipient_attention(household: Household, members: list[Membership]) -> list[Attention]:
    row = Recipient.objects.filter(household=household, rank=0, valid_until=None).select_related("person").first()
    if row is None:
        return [Attention("warn", _("Nobody may collect for this household. Name a primary recipient."))]
    if row.person.death_date:
        sentence = _("The primary recipient, %(name)s, has died. Ask for a change.")
        return [Attention("bad", sentence % {"name": row.person.full_name}, person_url(row.person_id), _("See the person"))]
    if row.person_id not in {member.person_id for member in members}:
        sentence = _("The primary recipient, %(name)s, no longer lives here. Ask for a change.")
        return [Attention("bad", sentence % {"name": row.person.full_name})]
    return []


def _alternate_attention(household: Household) -> list[Attention]:
    count = uses_in_a_row(household)
    if count < TOO_MANY_USES:
        return []
    sentence = _("An alternate collected %(count)s times in a row. Visit the household to verify it.") % {"count": count}
    return [Attention("warn", sentence, reverse("registry:record_visit", args=[household.pk]), _("Record the visit"))]


def _waiting(record: Household | Person) -> list[Attention]:
    pending = Request.objects.filter(subject_kind=type(record).kind(), subject_id=record.pk, state=Request.State.PENDING)
    if not pending.exists():
        return []
    about = _("A change of this household waits for approval.") if isinstance(record, Household) else _("A change waits for approval.")
    return [Attention("info", about)]


def _retired(request: HttpRequest, record: Household | Person) -> Attention:
    address = household_url if isinstance(record, Household) else person_url
    if record.merged_into_id:
        permission = f"registry.view_{record._meta.model_name}"
        kept: Any = type(record).objects.visible_to(reader(request), permission).filter(pk=record.merged_into_id).first()
        text = _("This record was merged into another one and is in use no more.")
        return Attention("info", text, address(kept.pk) if kept else "", kept.number_text if kept else "")
    restore = f"registry.restore_{record._meta.model_name}"
    url = reverse(f"registry:restore_{record._meta.model_name}", args=[record.pk]) if request.user.has_perm(restore) else ""
    return Attention("warn", _("This record was withdrawn as registered by mistake."), url, _("Restore it"))

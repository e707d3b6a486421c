"""Two records that are the same person or household become one; what was paid never changes (pitfall D12)."""

from datetime import timedelta
from typing import Any

from django.db.models import Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import update_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.registry.models import (
    Card,
    Document,
    Household,
    HouseholdMove,
    Membership,
    Paper,
    Person,
    Photo,
    Recipient,
    Relationship,
)
from coremis.modules.registry.services.events import lock_both
from coremis.modules.registry.services.hooks import against_merge, follow_merge, follow_moves
from coremis.modules.registry.services.living import join, leave, members_now, relate, renew_summary
from coremis.modules.registry.services.members import relation_asked
from coremis.modules.registry.services.naming import with_former

PERSON_VALUES = ("given_names", "surname", "sex", "birth_date", "death_date", "phone")
HOUSEHOLD_VALUES = ("address",)
EMPTY = (None, "", "unknown")
Conflict = tuple[str, Any, Any]


@action(_("Merge two records of one person"), approvable=True)
def merge_persons(*, survivor: Person, other: Person, reason: str, actor: Actor) -> Person:
    """``survivor`` keeps its values and gets those it lacks; ``other`` is retired and leads to it under its old number.

    Households, roles, documents and photo come along. Payments stay with the record to which they were paid.
    """
    survivor, other = _both(survivor, other)
    _refuse(survivor, other, reason)
    place = survivor.area_id
    _join_homes(survivor, other)
    _join_roles(survivor, other)
    hashes = set(Document.objects.filter(person=survivor, ended_on=None).values_list("number_hash", flat=True))
    update_from(Document.objects.filter(person=other).exclude(number_hash__in=hashes), person=Value(survivor.pk))
    if not Photo.objects.filter(person=survivor, ended_on=None).exists():
        update_from(Photo.objects.filter(person=other), person=Value(survivor.pk))
    if Card.objects.filter(person=survivor, ended_on=None).exists():
        update_from(Card.objects.filter(person=other, ended_on=None), ended_on=Value(timezone.localdate()))
    update_from(Card.objects.filter(person=other), person=Value(survivor.pk))
    _fill(survivor, other, PERSON_VALUES)
    former = with_former(survivor.former_names, other.full_name, *other.former_names.split("\n"), present=survivor.full_name)
    for name, value in former.items():
        setattr(survivor, name, value)
    _retire(survivor, other)
    if survivor.area_id != place:
        follow_moves(Person, [survivor.pk], actor)
    follow_merge(survivor, other, actor)
    home = Membership.objects.filter(person=survivor, left_on=None).select_related("household").first()
    if home:
        renew_summary(Household.objects.select_for_update(of=("self",)).get(pk=home.household_id))
    return survivor


@action(_("Merge two households"), approvable=True)
def merge_households(
    *, survivor: Household, other: Household, relationships: dict[str, str] | None = None, reason: str, actor: Actor
) -> Household:
    """Everybody of ``other`` lives in ``survivor`` from today on, which keeps its number, head, recipients and programmes.

    ``relationships`` says by person id how those who join are related to the head; the former head needs one.
    """
    first, second = lock_both(survivor, other)
    assert second is not None
    survivor, other = first, second
    _refuse(survivor, other, reason)
    today = timezone.localdate()
    if HouseholdMove.objects.filter(household__in=[survivor, other], state=HouseholdMove.State.PROPOSED).exists():
        raise Refusal(_("A move of one of these households is proposed. Decide that first."))
    asked = {int(key): value for key, value in (relationships or {}).items()}
    joining = [(member, relation_asked(member, asked)) for member in members_now(other)]
    for recipient in Recipient.objects.filter(household=other, valid_until=None).select_related("household"):
        recipient.valid_until = max(today - timedelta(days=1), recipient.valid_from)
        recipient.save()
    for member, relationship in joining:
        leave(member, today)
        join(survivor, member.person, relationship, today)
    update_from(Paper.objects.filter(household=other), household=Value(survivor.pk))
    _fill(survivor, other, HOUSEHOLD_VALUES)
    other.size, other.ended_on = 0, today
    _retire(survivor, other)
    follow_merge(survivor, other, actor)
    renew_summary(survivor)
    return survivor


def conflicts_of(survivor: Any, other: Any) -> list[Conflict]:
    """Where both records say something, and not the same: (name, what stays, what is given up). Facts are ``data.<code>``."""
    names = PERSON_VALUES if isinstance(survivor, Person) else HOUSEHOLD_VALUES
    pairs = [(name, getattr(survivor, name), getattr(other, name)) for name in names]
    pairs += [(f"data.{code}", survivor.data.get(code), value) for code, value in other.data.items()]
    return [(name, mine, theirs) for name, mine, theirs in pairs if mine not in EMPTY and theirs not in EMPTY and mine != theirs]


def filled_of(survivor: Any, other: Any) -> list[tuple[str, Any]]:
    """What the survivor lacks and the other record has."""
    names = PERSON_VALUES if isinstance(survivor, Person) else HOUSEHOLD_VALUES
    pairs = [(name, getattr(survivor, name), getattr(other, name)) for name in names]
    pairs += [(f"data.{code}", survivor.data.get(code), value) for code, value in other.data.items()]
    return [(name, theirs) for name, mine, theirs in pairs if mine in EMPTY and theirs not in EMPTY]


def reasons_against(survivor: Any, other: Any) -> list[str]:
    """Every sentence that forbids a merge, of the register and of the other modules; shown in the preview too."""
    found = []
    if survivor.pk == other.pk:
        found.append(str(_("This is the same record. Give the number of the other one.")))
    if survivor.retired_on or other.retired_on:
        found.append(str(_("One of these records was merged or withdrawn already.")))
    if isinstance(survivor, Person) and bool(survivor.death_date) != bool(other.death_date):
        found.append(str(_("One of them is recorded as dead. Record the death of the other one too, or check who it is.")))
    if isinstance(survivor, Person) and len(_homes(survivor, other)) > 1:
        found.append(str(_("They live in two households. Merge the households, or record that one of them left.")))
    return found + against_merge(survivor, other)


def _refuse(survivor: Any, other: Any, reason: str) -> None:
    if not reason.strip():
        raise Invalid(_("Write how you know that both are the same."), {"reason": [_("This is required.")]})
    for sentence in reasons_against(survivor, other):
        raise Refusal(sentence)


def _both(survivor: Person, other: Person) -> tuple[Person, Person]:
    rows = Person.everything.select_for_update(of=("self",)).select_related("area").order_by("pk")
    found = {row.pk: row for row in rows.filter(pk__in=[survivor.pk, other.pk])}
    return found[survivor.pk], found[other.pk]


def _homes(survivor: Person, other: Person) -> set[int]:
    lived = Membership.objects.filter(person__in=[survivor, other], left_on=None)
    return set(lived.values_list("household", flat=True))


def _join_homes(survivor: Person, other: Person) -> None:
    """Every time in a household belongs to the survivor; where both live in one, one of the two ends."""
    theirs = Membership.objects.filter(person=other, left_on=None).select_related("household").first()
    mine = Membership.objects.filter(person=survivor, left_on=None).select_related("household", "person").first()
    if theirs and mine:
        leave(theirs, max(timezone.localdate(), theirs.joined_on))
        if theirs.relationship == Relationship.HEAD:
            relate(mine, Relationship.HEAD, max(timezone.localdate(), mine.joined_on))
    elif theirs and survivor.area_id != theirs.household.area_id:
        survivor.area = theirs.household.area
    update_from(Membership.objects.filter(person=other), person=Value(survivor.pk))


def _join_roles(survivor: Person, other: Person) -> None:
    """Roles of the other record become the survivor's; a role that both hold in one household stays once, the higher one."""
    mine = {row.household_id: row for row in Recipient.objects.filter(person=survivor, valid_until=None).select_related("household")}
    for theirs in Recipient.objects.filter(person=other, valid_until=None).select_related("household"):
        own = mine.get(theirs.household_id)
        lower = None if own is None else max(own, theirs, key=lambda row: row.rank)
        if lower:
            lower.valid_until = max(timezone.localdate() - timedelta(days=1), lower.valid_from)
            lower.save()
    update_from(Recipient.objects.filter(person=other), person=Value(survivor.pk))


def _fill(survivor: Any, other: Any, names: tuple[str, ...]) -> None:
    for name in names:
        if getattr(survivor, name) in EMPTY:
            setattr(survivor, name, getattr(other, name))
            for beside in {"birth_date": ("birth_precision",), "phone": ("phone_owner",)}.get(name, ()):
                setattr(survivor, beside, getattr(other, beside))
    survivor.data = {**other.data, **{code: value for code, value in survivor.data.items() if value is not None}}


def _retire(survivor: Any, other: Any) -> None:
    """The other record is in use no more; those merged into it before lead to the survivor, and its key of an import too."""
    key = other.source, other.external_id
    if not survivor.external_id and other.external_id:
        other.source, other.external_id = "", ""
    other.retired_on, other.merged_into = timezone.localdate(), survivor
    other.save()
    if not survivor.external_id and key[1]:
        survivor.source, survivor.external_id = key
    survivor.save()
    update_from(type(other).everything.filter(merged_into=other), merged_into=Value(survivor.pk))

"""What can be asked about persons and households: columns, ages, phones, documents, recipients, and the data dictionary."""

from datetime import date
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.facts import AGE, BOOLEAN, CHOICE, DATE, NUMBER, PLACE, TEXT, Fact, FactSource, Link, Subject
from coremis.modules.registry.dictionary import OF_HOUSEHOLDS, OF_PERSONS
from coremis.modules.registry.models import (
    Document,
    DocumentKind,
    Household,
    Membership,
    Person,
    PhoneOwner,
    Precision,
    Recipient,
    Relationship,
    Sex,
)
from coremis.modules.registry.queries import born_for_age, living_members, members_on
from coremis.modules.registry.variable_facts import dictionary_facts

ABOUT_HOUSEHOLD, ABOUT_PERSON, ABOUT_MEMBER, ABOUT_RECIPIENT = _("Household"), _("Person"), _("Membership"), _("Recipient")
ABOUT_DWELLING, ABOUT_DOCUMENT = _("Dwelling and facts"), _("Document")


def aged(prefix: str, day: date, is_: str, value: Any) -> Q:
    """People of some completed years on a day, by their birth dates so that an index can serve; the dead have no age."""
    birth, death = f"{prefix}birth_date", f"{prefix}death_date"
    alive = Q(**{f"{death}__isnull": True}) | Q(**{f"{death}__gt": day})
    known = Q(**{f"{birth}__isnull": False, f"{birth}__lte": day}) & alive
    if is_ == "unknown":
        return Q(**{f"{birth}__isnull": True}) | Q(**{f"{birth}__gt": day}) | Q(**{f"{death}__lte": day})
    if is_ == "known":
        return known
    if is_ == "unequal":
        return known & ~_born(birth, day, value, value)
    ends = {"equal": (value, value), "least": (value, None), "most": (None, value)}
    return known & _born(birth, day, *(ends.get(is_) or value))


def _born(birth: str, day: date, least: int | None, most: int | None) -> Q:
    first, last = born_for_age(day, least, most)
    found = Q(**{f"{birth}__gte": first}) if first else Q()
    return found & Q(**{f"{birth}__lte": last}) if last else found


def has_text(path: str, prefix: str, day: date, is_: str, value: Any) -> Q:
    """Yes or no: whether a column of text holds something."""
    empty, there = Q(**{f"{prefix}{path}": ""}), Q(**{f"{prefix}pk__isnull": False})
    return ~there if is_ == "unknown" else there if is_ == "known" else there & (~empty if value else empty)


def documents_on(day: date) -> "QuerySet[Document]":
    """The documents that nobody had taken out of use on a day."""
    return Document.objects.filter(Q(ended_on=None) | Q(ended_on__gt=day))


def person_facts() -> list[Contribution]:
    """What is known of every person."""
    of = partial(Fact, Person, group=ABOUT_PERSON)
    return [
        of("area", _("Place"), PLACE, path="area", order=10),
        of("age", _("Age"), AGE, test=aged, unit=_("years"), order=20),
        of("sex", _("Sex"), CHOICE, path="sex", choices=Sex.choices, order=30),
        of("birth_date", _("Birth date"), DATE, path="birth_date", order=40),
        of("birth_precision", _("Birth date known to"), CHOICE, path="birth_precision", choices=Precision.choices, order=50),
        of("name", _("Name"), TEXT, path="search_name", private=True, missing="", order=60),
        of("has_phone", _("Has a phone"), BOOLEAN, test=partial(has_text, "phone"), order=70),
        of("phone_owner", _("Whose phone"), CHOICE, path="phone_owner", choices=PhoneOwner.choices, missing="", order=80),
        of("death_date", _("Died on"), DATE, path="death_date", order=90),
        of("registered_on", _("Registered on"), DATE, path="registered_on", order=100),
    ]


def household_facts() -> list[Contribution]:
    """What is known of every household."""
    of = partial(Fact, Household, group=ABOUT_HOUSEHOLD)
    return [
        of("area", _("Place"), PLACE, path="area", order=10),
        of("size", _("Members"), NUMBER, path="size", order=20),
        of("name", _("Name of the head"), TEXT, path="search_name", private=True, missing="", order=30),
        of("registered_on", _("Registered on"), DATE, path="registered_on", order=40),
        of("ended_on", _("Dissolved on"), DATE, path="ended_on", order=50),
    ]


def linked_facts() -> list[Contribution]:
    """What is known of a membership, a recipient, a document."""
    return [
        Fact(Membership, "relationship", _("Relation to the head"), CHOICE, path="relationship", choices=Relationship.choices,
             group=ABOUT_MEMBER, order=10),
        Fact(Membership, "joined_on", _("Lives there since"), DATE, path="joined_on", group=ABOUT_MEMBER, order=20),
        Fact(Recipient, "rank", _("Which recipient"), CHOICE, path="rank", group=ABOUT_RECIPIENT, order=10,
             choices=((0, _("primary recipient")), (1, _("first alternate recipient")), (2, _("second alternate recipient")))),
        Fact(Recipient, "valid_from", _("Collects since"), DATE, path="valid_from", group=ABOUT_RECIPIENT, order=20),
        Fact(Document, "kind", _("Document"), CHOICE, path="kind", choices=DocumentKind.choices, group=ABOUT_DOCUMENT, order=10),
        Fact(Document, "valid_until", _("Valid until"), DATE, path="valid_until", group=ABOUT_DOCUMENT, order=20),
    ]  # fmt: skip


def links() -> list[Contribution]:
    """What belongs to a household or a person and has facts of its own."""
    return [
        Link(
            Household, "members", _("Members"), living_members, "household", ((Person, "person__"), (Membership, "")),
            "registry.view_membership", some=_("has a member who"), none=_("has no member who"),
            least=_("has at least %(n)s members who"), order=10,
        ),
        Link(
            Household, "recipients", _("Recipients"), Recipient.on, "household", ((Recipient, ""), (Person, "person__")),
            "registry.view_recipient", some=_("has a recipient who"), none=_("has no recipient who"),
            least=_("has at least %(n)s recipients who"), order=20,
        ),
        Link(
            Person, "home", _("Household"), members_on, "person", ((Household, "household__"), (Membership, "")),
            "registry.view_membership", some=_("lives in a household that"), none=_("lives in no household that"), one=True, order=30,
        ),
        Link(
            Person, "documents", _("Documents"), documents_on, "person", ((Document, ""),), "registry.view_document",
            some=_("has a document that"), none=_("has no document that"), least=_("has at least %(n)s documents that"), order=40,
        ),
    ]  # fmt: skip


facts: list[Contribution] = [
    Subject("household", _("Households"), ((Household, ""),), "registry.view_household", "registry:households", order=10),
    Subject("person", _("Persons"), ((Person, ""),), "registry.view_person", "registry:persons", order=20),
    *household_facts(),
    *person_facts(),
    *linked_facts(),
    *links(),
    FactSource(Household, lambda: dictionary_facts(Household, OF_HOUSEHOLDS)),
    FactSource(Person, lambda: dictionary_facts(Person, OF_PERSONS)),
]

"""Filters of the lists of people that are more than a column: one box for everything that identifies somebody, ages, phones."""

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from coremis.kernel.base.numbers import read_number
from coremis.kernel.base.text import fold
from coremis.kernel.screens.filters import BooleanFilter, ChoiceFilter, NumberRangeFilter, SearchFilter
from coremis.modules.registry.models import Household, Membership, Person, Relationship
from coremis.modules.registry.queries import born_for_age, find_by_card, find_by_document, find_by_phone, primary_recipients_on

MOST = 200
CARD = "CM1."  # how the token of a card begins


def name_holds(text: str) -> Q:
    """Every word of the text, without accents, is somewhere in the folded name."""
    found = Q()
    for word in fold(text).split()[:10]:
        found &= Q(search_name__contains=word)
    return found


def person_called(text: str) -> Q:
    """The same for persons, who are also found by what they were called before; each word has an index for both."""
    found = Q()
    for word in fold(text).split()[:10]:
        found &= Q(search_name__contains=word) | Q(search_former__contains=word)
    return found


def with_number(model: type[Person] | type[Household], number: int) -> Q:
    """The record of this number, or the one into which it was merged."""
    merged: Any = model.everything.filter(number=number, merged_into__isnull=False)
    return Q(number=number) | Q(pk__in=list(merged.values_list("merged_into", flat=True)))


def persons_found(text: str) -> list[int]:
    """The ids of those who have this phone or this document, or who live in the household of this number."""
    if not any(sign.isdigit() for sign in text):
        return []
    if (number := number_with(text, "H")) is not None:
        return list(_living().filter(household__number=number).values_list("person", flat=True)[:MOST])
    if text.strip().startswith(CARD):
        return list(Person.objects.filter(find_by_card(text)).values_list("pk", flat=True))
    return list(Person.objects.filter(find_by_phone(text) | find_by_document(text)).values_list("pk", flat=True)[:MOST])


def number_with(text: str, *prefixes: str) -> int | None:
    """The human number in the text, where it is written with one of these prefixes; "" stands for none."""
    written = re.match(r"\s*([A-Za-z]*)", text)
    return read_number(text) if written and written[1].upper() in prefixes else None


@dataclass(frozen=True)
class PersonSearch(SearchFilter):
    """A name or a part of it, a number, a phone, a document, or the number of a household."""

    def apply(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        number = number_with(value, "P", "")
        identified = Q(pk__in=persons_found(value))
        if number is not None:
            return rows.filter(with_number(Person, number) | identified)
        return rows.filter(person_called(value) | identified if any(sign.isalpha() for sign in value) else identified)


@dataclass(frozen=True)
class HouseholdSearch(SearchFilter):
    """The head's name or a part of it, a number, or the number, phone or document of somebody who lives in it."""

    def apply(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        found = Q(pk__in=self._of_members(value))
        number = number_with(value, "H", "")
        if number is not None:
            return rows.filter(with_number(Household, number) | found)
        return rows.filter(name_holds(value) | found if any(sign.isalpha() for sign in value) else found)

    def _of_members(self, value: str) -> list[int]:
        if not any(sign.isdigit() for sign in value):
            return []
        number = number_with(value, "P")
        about = Q(person__in=persons_found(value))
        about |= Q(person__number=number) if number is not None else Q(pk__in=[])
        return list(_living().filter(about).values_list("household", flat=True)[:MOST])


@dataclass(frozen=True)
class MemberSearch(SearchFilter):
    """Households with a member of this name."""

    def apply(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        named = Person.objects.filter(person_called(value))
        return rows.filter(pk__in=_living().filter(person__in=named).values("household"))


@dataclass(frozen=True)
class AgeFilter(NumberRangeFilter):
    """Completed years today; whoever has no birth date is not found."""

    def apply(self, rows: QuerySet[Any], value: tuple[Any, Any]) -> QuerySet[Any]:
        return rows.filter(aged(value))


@dataclass(frozen=True)
class MemberAgeFilter(NumberRangeFilter):
    """Households with a member of this age."""

    def apply(self, rows: QuerySet[Any], value: tuple[Any, Any]) -> QuerySet[Any]:
        return rows.filter(Exists(_living().filter(aged(value, "person__"), household=OuterRef("pk"))))


@dataclass(frozen=True)
class PhoneFilter(BooleanFilter):
    """Whether a phone is known."""

    def apply(self, rows: QuerySet[Any], value: list[tuple[Any, str]]) -> QuerySet[Any]:
        wanted = {stored for stored, _words in value}
        return rows if len(wanted) == 2 else rows.exclude(phone="") if True in wanted else rows.filter(phone="")


@dataclass(frozen=True)
class RecipientFilter(BooleanFilter):
    """Whether a living primary recipient is named today."""

    def apply(self, rows: QuerySet[Any], value: list[tuple[Any, str]]) -> QuerySet[Any]:
        wanted = {stored for stored, _words in value}
        named = Exists(primary_recipients_on(timezone.localdate()).filter(household=OuterRef("pk"), person__death_date=None))
        return rows if len(wanted) == 2 else rows.filter(named if True in wanted else ~named)


@dataclass(frozen=True)
class CollectsFilter(BooleanFilter):
    """Whether somebody is the primary recipient of a household today."""

    def apply(self, rows: QuerySet[Any], value: list[tuple[Any, str]]) -> QuerySet[Any]:
        wanted = {stored for stored, _words in value}
        named = primary_recipients_on(timezone.localdate()).values("person")
        return rows if len(wanted) == 2 else rows.filter(pk__in=named) if True in wanted else rows.exclude(pk__in=named)


@dataclass(frozen=True)
class HeadSexFilter(ChoiceFilter):
    """Households by the sex of their head; “none” are those without a head."""

    def apply(self, rows: QuerySet[Any], value: list[tuple[Any, str]]) -> QuerySet[Any]:
        wanted = [stored for stored, _words in value if stored != "none"]
        heads = _living().filter(relationship=Relationship.HEAD, household=OuterRef("pk"))
        found = Exists(heads.filter(person__sex__in=wanted))
        return rows.filter(found if len(wanted) == len(value) else found | ~Exists(heads))


def aged(years: tuple[int | None, int | None], path: str = "") -> Q:
    """People of so many completed years today, by their birth dates so that an index can serve."""
    first, last = born_for_age(timezone.localdate(), *years)
    found = Q(**{f"{path}birth_date__isnull": False, f"{path}death_date__isnull": True})
    if first:
        found &= Q(**{f"{path}birth_date__gte": first})
    return found & Q(**{f"{path}birth_date__lte": last}) if last else found


def _living() -> QuerySet[Membership]:
    return Membership.objects.filter(left_on=None)

"""Reads about people that other modules use: as expressions and set-based queries, never one by one."""

from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, Exists, ExpressionWrapper, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, ExtractYear

from coremis.kernel.access.encryption import keyed_hash
from coremis.kernel.base.numbers import read_number
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.expressions.variable import Variable
from coremis.modules.registry.definition import uses_name
from coremis.modules.registry.described import member_text, read_member, read_pair, value_text
from coremis.modules.registry.fact_fields import FactsForm, data_of, shown_data
from coremis.modules.registry.holders import DataHolder, VariableUse, holder_of
from coremis.modules.registry.models import (
    AlternateUse,
    Card,
    Document,
    Household,
    Membership,
    Recipient,
    Relationship,
    VariableDefinition,
)
from coremis.modules.registry.panels_of_facts import variables as variables_panel
from coremis.modules.registry.rules import clean_phone
from coremis.modules.registry.sight import PHONE, REVEALING, Sight, history_reader, masked, phone_for, usable
from coremis.modules.registry.variable_columns import variable_columns
from coremis.modules.registry.variable_facts import dictionary_facts, fact_key
from coremis.modules.registry.variable_filters import variable_filters
from coremis.modules.registry.words import variable_differences, variable_name

# What other modules need to keep, show and ask variables of their own records.
__all__ = [
    "PHONE", "REVEALING", "DataHolder", "FactsForm", "Sight", "VariableUse", "data_of", "dictionary_facts", "fact_key", "history_reader",
    "holder_of", "masked", "member_text", "phone_for", "read_member", "read_pair", "shown_data", "usable", "uses_name", "value_text",
    "variable_columns", "variable_differences", "variable_filters", "variable_name", "variables_panel",
]  # fmt: skip

NO_RECIPIENT, RECIPIENT_DEAD, RECIPIENT_LEFT = "no_recipient", "recipient_dead", "recipient_left"


def members_on(day: date) -> QuerySet[Membership]:
    """Who lived where on a day; the day somebody left does not count, so each person is there once at most."""
    return Membership.objects.filter(joined_on__lte=day).filter(Q(left_on=None) | Q(left_on__gt=day))


def living_members(day: date) -> QuerySet[Membership]:
    """Who lived where on a day, without those who had died."""
    return members_on(day).filter(Q(person__death_date=None) | Q(person__death_date__gt=day))


def primary_recipients_on(day: date) -> QuerySet[Recipient]:
    """The primary recipients as named on a day, one for each household at most."""
    return Recipient.on(day).filter(rank=0)


def primary_recipient_on(day: date, household: str = "pk") -> Subquery:
    """The id of the person named as primary recipient on a day, for rows with a household at the path ``household``; else NULL."""
    named = primary_recipients_on(day).filter(household=OuterRef(household)).order_by("-valid_from", "-pk")
    return Subquery(named.values("person")[:1])


def recipient_problem_on(day: date, household: str = "pk") -> Case:
    """Why nobody can be paid for a household on a day: no recipient, dead, or gone from the household; empty where all is well.

    Takes the same rows as ``primary_recipient_on``. Somebody who died on the day itself counts as dead.
    """
    named = primary_recipients_on(day).filter(household=OuterRef(household))
    dead = named.filter(person__death_date__lte=day)
    here = members_on(day).filter(household=OuterRef("household"), person=OuterRef("person"))
    return Case(
        When(~Exists(named), then=Value(NO_RECIPIENT)),
        When(Exists(dead), then=Value(RECIPIENT_DEAD)),
        When(~Exists(named.filter(Exists(here))), then=Value(RECIPIENT_LEFT)),
        default=Value(""),
        output_field=CharField(),
    )


def alternates_on(day: date) -> QuerySet[Recipient]:
    """Those who may collect beside the primary recipient on a day, living ones only."""
    return Recipient.on(day).filter(rank__gt=0).exclude(person__death_date__lte=day)


def head_on(day: date, household: str = "pk") -> Subquery:
    """The id of the head of household on a day."""
    heads = members_on(day).filter(household=OuterRef(household), relationship=Relationship.HEAD)
    return Subquery(heads.values("person")[:1])


def age_on(day: date, birth: str = "birth_date") -> Any:
    """Completed years on a day as an expression; NULL where the birth date is unknown."""
    had_birthday = Q(**{f"{birth}__month__lt": day.month}) | Q(**{f"{birth}__month": day.month, f"{birth}__day__lte": day.day})
    years = Value(day.year) - ExtractYear(birth)
    return ExpressionWrapper(years - Case(When(had_birthday, then=Value(0)), default=Value(1)), output_field=IntegerField())


def born_for_age(day: date, least: int | None, most: int | None) -> tuple[date | None, date | None]:
    """The first and last birth date of people of ``least`` to ``most`` completed years on a day, so that an index can serve."""
    first = _years_before(day, most + 1, after=True) if most is not None else None
    last = _years_before(day, least) if least is not None else None
    return first, last


def find_by_number(text: str) -> Q:
    """Rows whose human number is written in ``text``; nothing where the check digits do not fit."""
    number = read_number(text)
    return Q(number=number) if number is not None else Q(pk__in=[])


def find_by_phone(text: str) -> Q:
    """Persons with this phone."""
    try:
        phone = clean_phone(text)
    except Refusal:
        return Q(pk__in=[])
    return Q(phone=phone) if phone else Q(pk__in=[])


def find_by_document(text: str) -> Q:
    """Persons with an identity document of this number, whatever blanks and dashes stand in it."""
    hashed = keyed_hash(text)
    return Q(pk__in=Document.objects.filter(number_hash=hashed, ended_on=None).values("person"))


def find_by_card(token: str) -> Q:
    """The person whose card holds this token, as a scanner reads it; a lost or replaced card finds nobody."""
    cards = Card.objects.filter(token=token.strip(), ended_on=None)
    return Q(pk__in=cards.values("person"))


def variable(definition: VariableDefinition, path: str = "data") -> Variable:
    """The stored value of a dictionary variable as an expression for filter, sort and formula."""
    return Variable(definition.code, definition.kind.lower(), path)


def size_on(day: date, household: str = "pk") -> Any:
    """How many people lived in a household on a day."""
    counted = members_on(day).filter(household=OuterRef(household)).order_by().values("household")
    return Coalesce(Subquery(counted.annotate(found=Count("pk")).values("found")), Value(0))


def _years_before(day: date, years: int, after: bool = False) -> date:
    year = max(day.year - years, 1)
    try:
        found = day.replace(year=year)
    except ValueError:
        found = date(year, 2, 28)
    return date.fromordinal(found.toordinal() + 1) if after else found


TOO_MANY_USES = 3


def uses_in_a_row(household: Household) -> int:
    """How many payments alternates collected since the primary recipient collected last, or somebody visited."""
    return AlternateUse.objects.filter(household=household, ended_by="").count()


def households_to_visit() -> QuerySet[Household]:
    """Households in which alternates collected three times in a row or more (rulebook 2.6)."""
    counting = AlternateUse.objects.filter(ended_by="").values("household").annotate(found=Count("pk")).filter(found__gte=TOO_MANY_USES)
    return Household.objects.filter(pk__in=counting.values("household"))

"""What formulas of benefit rules may name, and what stands behind each name on the day of the data freeze."""

from datetime import date
from typing import Any

from django.db.models import Count, F, FilteredRelation, Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.formula import Kind, parse
from coremis.kernel.expressions.compiler import compile_value
from coremis.kernel.expressions.variable import Variable
from coremis.kernel.expressions.written import Written, constant
from coremis.modules.programmes.models import Enrolment, Programme
from coremis.modules.registry.models import Relationship, VariableDefinition

Subject = VariableDefinition.Subject
LIVED = "lived_here"
HOUSEHOLD_NAMES = {"size": Kind.NUMBER, "head_sex": Kind.CHOICE, "head_age": Kind.NUMBER, "registered_on": Kind.DATE}
PERSON_NAMES = {"age": Kind.NUMBER, "sex": Kind.CHOICE, "registered_on": Kind.DATE}
MEMBER_NAMES = {"age": Kind.NUMBER, "sex": Kind.CHOICE, "relationship": Kind.CHOICE}
FROM_MEMBERS = ("size", "head_sex", "head_age")
EXPLAINED = {
    "size": _("members of the household"), "head_sex": _("sex of the head (male, female)"), "head_age": _("age of the head in full years"),
    "registered_on": _("day of registration"), "age": _("age in full years"), "sex": _("sex (male, female)"),
    "relationship": _("relation to the head (head, spouse, child ...)"),
}  # fmt: skip


def unit_names(unit: str) -> dict[str, str]:
    """What conditions and amounts may name: facts of the household, or of the person where persons are helped."""
    household = unit == Programme.Unit.HOUSEHOLD
    own = HOUSEHOLD_NAMES if household else PERSON_NAMES
    return _with_variables(own, (Subject.HOUSEHOLD, Subject.DWELLING) if household else (Subject.PERSON,))


def member_names(unit: str) -> dict[str, str]:
    """What a condition on single members may name; nothing where persons are helped."""
    return _with_variables(MEMBER_NAMES, (Subject.PERSON,)) if unit == Programme.Unit.HOUSEHOLD else {}


def _with_variables(own: dict[str, Kind], subjects: tuple[str, ...]) -> dict[str, str]:
    rows = VariableDefinition.objects.filter(subject__in=subjects, is_active=True).values_list("code", "kind")
    return {code: Kind(kind.lower()).value for code, kind in rows} | {name: kind.value for name, kind in own.items()}


def unit_column(name: str, kind: str, unit: str, day: date) -> Any:
    """The expression of a name on a beneficiary; those of ``FROM_MEMBERS`` come from the grouped query instead."""
    if unit == Programme.Unit.PERSON and name == "age":
        return age_on(day, "person__birth_date")
    if name in (PERSON_NAMES if unit == Programme.Unit.PERSON else HOUSEHOLD_NAMES):
        return F(f"{unit}__{name}")
    return Variable(name, kind, f"{unit}__data")


def member_column(name: str, kind: str, day: date) -> Any:
    """The expression of a name on a member, in the grouped query."""
    if name == "age":
        return age_on(day, f"{LIVED}__person__birth_date")
    if name in MEMBER_NAMES:
        return F(f"{LIVED}__relationship" if name == "relationship" else f"{LIVED}__person__{name}")
    return Variable(name, kind, f"{LIVED}__person__data")


def with_members(rows: "QuerySet[Enrolment]", day: date) -> "QuerySet[Enrolment]":
    """Beneficiaries joined with those who lived in their household on a day."""
    path = "household__memberships"
    here = Q(**{f"{path}__left_on": None}) | Q(**{f"{path}__left_on__gt": day})
    return rows.annotate(**{LIVED: FilteredRelation(path, condition=Q(**{f"{path}__joined_on__lte": day}) & here)})


def alive(day: date) -> Q:
    """Members who were alive on a day; no row where a household has no member."""
    died = f"{LIVED}__person__death_date"
    return Q(**{f"{LIVED}__isnull": False}) & (Q(**{died: None}) | Q(**{f"{died}__gt": day}))


def member_fact(name: str, day: date) -> Any:
    """The aggregate behind one of ``FROM_MEMBERS``."""
    if name == "size":
        return Count(f"{LIVED}__pk", filter=alive(day))
    head = alive(day) & Q(**{f"{LIVED}__relationship": Relationship.HEAD})
    if name == "head_sex":
        return Max(f"{LIVED}__person__sex", filter=head)
    return Max(age_on(day, f"{LIVED}__person__birth_date"), filter=head)


def age_on(day: date, birth_date: str) -> Written:
    """Full years on a day, as the formula language counts them."""
    formula = parse("years_between(born, day)", {"born": Kind.DATE, "day": Kind.DATE})
    return compile_value(formula, {"born": birth_date, "day": constant(day, Kind.DATE)})

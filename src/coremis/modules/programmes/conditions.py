"""Conditions on households and persons, in the formula language: which names they may use, and what stands behind each."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.urls import reverse

from coremis.kernel.base.formula import Formula, Kind, parse
from coremis.kernel.expressions.compiler import compile_condition, template_for
from coremis.kernel.expressions.variable import Variable
from coremis.kernel.expressions.written import Written, constant
from coremis.modules.programmes.models import GroupChange, Programme
from coremis.modules.registry.models import Household, Person, Relationship, VariableDefinition
from coremis.modules.registry.queries import usable, uses_name

LOOKED_AT = 50
Names = Mapping[str, str]
Subject = VariableDefinition.Subject
HEAD = "current_head"
IS_HEAD = Q(memberships__left_on=None, memberships__relationship=Relationship.HEAD)
UNITS: dict[str, type[Household] | type[Person]] = {Programme.Unit.HOUSEHOLD: Household, Programme.Unit.PERSON: Person}
SUBJECTS = {Programme.Unit.HOUSEHOLD: (Subject.HOUSEHOLD, Subject.DWELLING), Programme.Unit.PERSON: (Subject.PERSON,)}
# What is known of everybody, beside the variables of the data dictionary; these names win over a variable of the same code.
OWN_NAMES: dict[str, dict[str, Kind]] = {
    Programme.Unit.HOUSEHOLD: {"size": Kind.NUMBER, "head_sex": Kind.CHOICE, "head_age": Kind.NUMBER, "registered_on": Kind.DATE},
    Programme.Unit.PERSON: {"sex": Kind.CHOICE, "age": Kind.NUMBER, "registered_on": Kind.DATE},
}


def names_for(unit: str, user: Any = None) -> dict[str, str]:
    """Every name that a condition of this user may use, with its kind; masked and sensitive ones only with the right to see them."""
    variables = VariableDefinition.objects.filter(subject__in=SUBJECTS[Programme.Unit(unit)], is_active=True)
    open_to_all = variables.filter(masked=False, sensitive=False)
    found = {one.code: Kind(one.kind.lower()).value for one in (open_to_all if user is None else usable(user, variables))}
    return found | {name: kind.value for name, kind in OWN_NAMES[unit].items()}


def check_condition(text: str, names: Names) -> Formula | None:
    """The formula of a text, None for no condition. Whatever is not known is refused, never passed over (pitfall M18)."""
    formula = parse(text, names) if text.strip() else None
    if formula is not None:
        compile_condition(formula, dict.fromkeys(names, "pk"))
    return formula


def used_names(text: str, unit: str, user: Any) -> dict[str, str]:
    """The names a condition uses, with their kinds as of now: kept with long work, so that its meaning stays."""
    names = names_for(unit, user)
    formula = check_condition(text, names)
    return {name: names[name] for name in formula.names_used} if formula else {}


def conditions_with(variable: VariableDefinition, user: Any) -> list[tuple[str, str]]:
    """The decisions about many whose condition names a variable, the latest first: words and address."""
    if not any(variable.subject in subjects for subjects in SUBJECTS.values()):
        return []
    rows = GroupChange.objects.visible_to(user, "programmes.view_groupchange").filter(condition__contains=variable.code)
    found = rows.select_related("programme").order_by("-pk")[:LOOKED_AT]
    return [
        (f"{group.get_what_display().capitalize()}: {group.programme}", reverse("programmes:group_change_detail", kwargs={"pk": group.pk}))
        for group in found
        if uses_name(group.condition, variable.code, variable.kind)
    ]


def fitting(rows: "QuerySet[Any]", text: str, unit: str, names: Names, day: date) -> "QuerySet[Any]":
    """Those of ``rows`` (households or persons) for which the condition says yes on ``day``; a missing answer is no."""
    formula = check_condition(text, names)
    if formula is None:
        return rows
    columns = {name: column_of(name, names[name], unit, day) for name in formula.names_used}
    if any(name.startswith("head_") and name in OWN_NAMES[unit] for name in columns):
        rows = rows.alias(**{HEAD: FilteredRelation("memberships", condition=IS_HEAD)})
    return rows.filter(compile_condition(formula, columns))


def column_of(name: str, kind: str, unit: str, day: date) -> Any:
    """What stands behind a name: a column, an age on ``day``, or a variable of the data dictionary."""
    if name not in OWN_NAMES[unit]:
        return Variable(name, kind)
    person = f"{HEAD}__person__" if name.startswith("head_") else ""
    column = name.removeprefix("head_")
    return age_on(day, f"{person}birth_date") if column == "age" else F(f"{person}{column}")


def age_on(day: date, birth_date: str) -> Written:
    """Full years on a day, as the formula language counts them."""
    sqlite, postgresql = (template_for("years_between", 2, vendor) for vendor in ("sqlite", "postgresql"))
    return Written(sqlite, F(birth_date), constant(day, Kind.DATE), kind=Kind.NUMBER, postgresql=postgresql)

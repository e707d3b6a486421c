"""Example cases: described households, what a rule gives them, and whether that is what was expected."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.formula import Kind, clean
from coremis.kernel.base.formula.evaluate import whole_years
from coremis.kernel.base.refusal import Refusal
from coremis.modules.benefits.formulas import Facts, Result, Rule, reckon
from coremis.modules.benefits.models import RuleVersion
from coremis.modules.benefits.names import member_names, unit_names
from coremis.modules.benefits.queries import is_household, rule_of
from coremis.modules.registry.models import Household, Relationship
from coremis.modules.registry.queries import members_on

MOST_MEMBERS = 40


@dataclass(frozen=True)
class Trial:
    """What a rule gave, beside what was expected."""

    rule: Rule
    result: Result
    expected: Mapping[str, int]

    @property
    def fits(self) -> bool:
        """Whether every part came out as expected; somebody left out receives no part."""
        return {code: amount for code, amount, _count in self.result.parts} == dict(self.expected)


def tried(version: RuleVersion, example: Mapping[str, Any]) -> Trial:
    """One example through the rule."""
    rule = rule_of(version)
    return Trial(rule, reckon(rule, facts_of(example["facts"], is_household(version))), example.get("expected") or {})


def facts_of(stored: Mapping[str, Any], household: bool) -> Facts:
    """The facts of an example; size and head come from its members."""
    members = [dict(member) for member in stored.get("members", [])]
    values = dict(stored.get("values", {}))
    return Facts({**values, **(from_members(members) if household else {})}, members)


def from_members(members: list[dict[str, Any]]) -> dict[str, Any]:
    """What the members say about their household."""
    head = next((member for member in members if member.get("relationship") == Relationship.HEAD), {})
    return {"size": len(members), "head_sex": head.get("sex"), "head_age": head.get("age")}


def facts_on(household: Household, day: date | None = None) -> Facts:
    """The facts of a real household on a day, as the payroll would read them."""
    day = day or timezone.localdate()
    members = []
    for one in members_on(day).filter(household=household).select_related("person"):
        person = one.person
        if person.death_date is None or person.death_date > day:
            age = whole_years(person.birth_date, day) if person.birth_date else None
            members.append({**person.data, "age": age, "sex": person.sex, "relationship": one.relationship})
    values = {**household.data, **from_members(members), "registered_on": household.registered_on}
    return Facts(values, members)


def checked_facts(facts: Mapping[str, Any], unit: str) -> dict[str, Any]:
    """The facts of an example, each of the kind its name asks for; anything unknown is refused."""
    members = facts.get("members") or []
    if not isinstance(members, list) or len(members) > MOST_MEMBERS:
        raise Refusal(_("An example has at most 40 members."))
    known = member_names(unit)
    if members and not known:
        raise Refusal(_("This programme helps single persons. Describe the person in the facts."))
    return {"values": _checked(facts.get("values") or {}, unit_names(unit)), "members": [_checked(member, known) for member in members]}


def _checked(given: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for name, value in given.items():
        if name not in known:
            raise Refusal(_("“%(name)s” is no fact that a rule can use. See the list of names."), name=str(name)[:40])
        if value is not None and clean(value, Kind(known[name])) is None:
            raise Refusal(_("“%(value)s” cannot be the value of “%(name)s”."), value=str(value)[:40], name=name)
        found[name] = value
    return found

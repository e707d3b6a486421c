"""Reads about benefit rules that other modules use."""

from typing import Any

from django.db.models import QuerySet

from coremis.kernel.base.money import decimals_of
from coremis.modules.benefits.definition import flat, read_rule
from coremis.modules.benefits.formulas import PartKind, Rule
from coremis.modules.benefits.models import BenefitRule, RuleVersion
from coremis.modules.benefits.names import member_names, unit_names
from coremis.modules.benefits.sets import AMOUNTS, PAST, SetRule
from coremis.modules.benefits.working import names_of_parts
from coremis.modules.programmes.models import Programme

__all__ = [
    "AMOUNTS",
    "PAST",
    "PartKind",
    "Rule",
    "SetRule",
    "active_version",
    "flat",
    "names_of",
    "names_of_parts",
    "rule_of",
    "usable_rules",
]


def rule_of(version: RuleVersion) -> Rule:
    """What a version computes; read with the names as they were when it was activated."""
    programme = version.rule.programme
    names, members = names_of(version)
    household = programme.unit == Programme.Unit.HOUSEHOLD
    return read_rule(version.definition, names, members, decimals_of(programme.currency), household)


def names_of(version: RuleVersion) -> tuple[dict[str, str], dict[str, str]]:
    """The names formulas may use with their kinds, of the unit and of its members: those kept with the version, else those of now."""
    kept: dict[str, Any] = version.definition.get("names_known") or {}
    unit = version.rule.programme.unit
    return kept.get("unit") or unit_names(unit), kept.get("member") or member_names(unit)


def active_version(rule: BenefitRule) -> RuleVersion | None:
    """The version in use."""
    found: RuleVersion | None = rule.versions.filter(state=RuleVersion.State.ACTIVE).select_related("rule__programme").first()
    return found


def usable_rules(rows: "QuerySet[BenefitRule]") -> "QuerySet[BenefitRule]":
    """Those of ``rows`` that have a version in use."""
    return rows.filter(versions__state=RuleVersion.State.ACTIVE)


def is_household(version: RuleVersion) -> bool:
    """Whether the rule pays households."""
    return version.rule.programme.unit == Programme.Unit.HOUSEHOLD


def decimals_for(version: RuleVersion) -> int:
    """The decimals of the currency a version pays in."""
    return decimals_of(version.rule.programme.currency)

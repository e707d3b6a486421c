"""Example cases: described households, what a formula gives them, and whether that is what was expected."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.formula import Kind, clean
from coremis.kernel.base.formula.evaluate import scaled
from coremis.kernel.base.refusal import Refusal
from coremis.modules.registry.models import Relationship
from coremis.modules.scoring.formulas import Assessment, Card, about_members, assess
from coremis.modules.scoring.models import FormulaVersion
from coremis.modules.scoring.names import Names
from coremis.modules.scoring.rows import number_of
from coremis.modules.scoring.versions import card_of, names_of

MOST_MEMBERS = 40
Example = Mapping[str, Any]


@dataclass(frozen=True)
class Trial:
    """What a formula gave, beside what was expected."""

    result: Assessment
    expected: Mapping[str, Any]

    @property
    def fits(self) -> bool:
        """Whether score, and category and stratum where they were named, came out as expected; no score is expected as None."""
        wanted, found = self.expected.get("value"), self.result.value
        if wanted is None or found is None:
            return wanted is found
        alike = scaled(float(wanted)) == scaled(found)
        return alike and all(self.expected.get(name) in (None, "", getattr(self.result, name)) for name in ("category", "stratum"))


def tried(version: FormulaVersion, example: Example) -> Trial:
    """One example through the formula; Refusal where the formula cannot be read."""
    return try_on(card_of(version), example)


def try_on(card: Card, example: Example) -> Trial:
    """One example through a formula that was read."""
    return Trial(assess(card, values_of(example["facts"], card)), example.get("expected") or {})


def values_of(facts: Mapping[str, Any], card: Card) -> dict[str, Any]:
    """The values of an example: from its members, where it has some, and what it says itself, which wins."""
    members = [dict(member) for member in facts.get("members", [])]
    found: dict[str, Any] = {}
    if members:
        head = next((member for member in members if member.get("relationship") == Relationship.HEAD), {})
        found = {"size": len(members), **{f"head_{name}": value for name, value in head.items()}, **about_members(card, members)}
    return {**found, **facts.get("values", {})}


def checked_facts(facts: Mapping[str, Any], version: FormulaVersion) -> dict[str, Any]:
    """The facts of an example, each of the kind its name asks for; anything unknown is refused."""
    names = names_of(version)
    members = facts.get("members") or []
    if not isinstance(members, list) or len(members) > MOST_MEMBERS:
        raise Refusal(_("An example has at most 40 members."))
    values = _checked(facts.get("values") or {}, example_names(version, names))
    return {"values": values, "members": [_checked(member, names.member) for member in members]}


def example_names(version: FormulaVersion, names: Names) -> dict[str, str]:
    """What an example may say about the household: facts, figures of its place, and numbers of members."""
    counted = {str(one.get("code")): Kind.NUMBER.value for one in version.definition.get("member_facts", [])}
    return {**names.unit, **counted}


def checked_expected(expected: Mapping[str, Any]) -> dict[str, Any]:
    """What an example is said to give: ``value`` as a text, or None where nobody can be assessed; ``category`` and ``stratum`` or ""."""
    value = expected.get("value")
    if value is not None:
        number_of(value, "score")
    return {
        "value": None if value is None else str(value),
        **{name: str(expected.get(name) or "")[:20] for name in ("category", "stratum")},
    }


def _checked(given: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for name, value in given.items():
        if name not in known:
            raise Refusal(_("“%(name)s” is no fact that this formula can use. See the list of names."), name=str(name)[:40])
        if value is not None and clean(value, Kind(known[name])) is None:
            raise Refusal(_("“%(value)s” cannot be the value of “%(name)s”."), value=str(value)[:40], name=name)
        found[name] = value
    return found

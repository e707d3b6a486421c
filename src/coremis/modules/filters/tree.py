"""The stored form of a filter, and the check of every part of it.

    {"about": "household", "where": {"all": [
        {"fact": "registry.household.size", "is": "least", "value": 5},
        {"link": "registry.household:members", "count": 2, "where": {"all": [{"fact": "registry.person.age", "is": "most", "value": 4}]}},
        {"not": {"any": [...]}}]}}

`{}` is everybody. `count` says how many linked rows at least; 0 says none. What is not understood is refused (pitfall M18).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.models import Area
from coremis.kernel.base.refusal import NotPermitted, Refusal
from coremis.kernel.base.text import fold
from coremis.kernel.screens.facts import AGE, AMOUNT, BOOLEAN, CHOICE, DATE, NUMBER, PLACE, TEXT, Fact, Known, Link, Scope, subjects

Tree = dict[str, Any]
DEEPEST, MOST_PARTS, MOST_VALUES, MOST_COUNTED, LONGEST = 8, 100, 500, 99, 200
LARGEST = 10**15
KNOWN_OR_NOT = ("known", "unknown")
INAPPLICABLE = "inapplicable"
COMPARED = ("equal", "unequal", "least", "most", "between")
OPERATORS: dict[str, tuple[str, ...]] = {
    NUMBER: (*COMPARED, *KNOWN_OR_NOT),
    AGE: (*COMPARED, *KNOWN_OR_NOT),
    AMOUNT: (*COMPARED, *KNOWN_OR_NOT),
    DATE: ("on", "before", "after", "between", "last", "next", *KNOWN_OR_NOT),
    BOOLEAN: ("yes", "no", *KNOWN_OR_NOT),
    CHOICE: ("in", "not_in", *KNOWN_OR_NOT),
    TEXT: ("has", "equal", *KNOWN_OR_NOT),
    PLACE: ("in", "not_in"),
}
WITHOUT_VALUE = frozenset({"yes", "no", *KNOWN_OR_NOT, INAPPLICABLE})


def operators_of(fact: Fact) -> tuple[str, ...]:
    """How a fact may be compared, the usual way first."""
    usual = fact.only or OPERATORS[fact.kind]
    return (*usual, INAPPLICABLE) if fact.inapplicable else usual


def broken() -> Refusal:
    """The refusal of a tree that nobody could have made in the editor."""
    return Refusal(_("This filter cannot be read, so it was not used. Make a new one."))


@dataclass
class Check:
    """One check of a tree; gives it back in its stored form. With a ``user``, what that person may not see is refused too."""

    known: Known = field(default_factory=Known)
    user: Any = None
    parts: int = 0

    def tree(self, condition: Any, about: str = "") -> Tree:
        """A whole filter, {} for everybody."""
        if condition == {} and isinstance(condition, dict):
            return {}
        if not isinstance(condition, Mapping) or set(condition) != {"about", "where"}:
            raise broken()
        subject = subjects().get(condition["about"]) if isinstance(condition["about"], str) else None
        if subject is None:
            raise Refusal(_("This filter is about something that is switched off here. Make a new one."))
        if about and subject.code != about:
            raise Refusal(_("This filter is about “%(subject)s”. Choose another one here."), subject=subject.title)
        self.must(subject.permission)
        return {"about": subject.code, "where": self.node(condition["where"], subject.scope, 0)}

    def node(self, node: Any, scope: Scope, depth: int) -> Tree:
        """One part of a tree: a group, its opposite, a condition, or a condition on linked rows."""
        self.parts += 1
        if not isinstance(node, Mapping) or depth > DEEPEST or self.parts > MOST_PARTS:
            raise broken() if not isinstance(node, Mapping) else Refusal(_("This filter has too many parts. Make two filters of it."))
        found = set(node)
        if found in ({"all"}, {"any"}):
            return self.group(next(iter(found)), node, scope, depth)
        if found == {"not"}:
            return {"not": self.node(node["not"], scope, depth + 1)}
        if "fact" in found and found <= {"fact", "is", "value"}:
            return self.condition(node, scope)
        if found == {"link", "count", "where"} or found == {"link", "count"}:
            return self.linked(node, scope, depth)
        raise broken()

    def group(self, joined: str, node: Mapping[str, Any], scope: Scope, depth: int) -> Tree:
        """All or any of several; a group without conditions would be everybody, or nobody, by accident."""
        inner = node[joined]
        if not isinstance(inner, (list, tuple)):
            raise broken()
        if not inner:
            raise Refusal(_("A group holds no condition. Add one, or take the group away."))
        return {joined: [self.node(part, scope, depth + 1) for part in inner]}

    def linked(self, node: Mapping[str, Any], scope: Scope, depth: int) -> Tree:
        """A condition on rows that belong to this one; without ``where`` any such row counts."""
        link, _path = self.link(scope, node["link"])
        count = node["count"]
        if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= (1 if link.one else MOST_COUNTED):
            raise broken()
        self.must(link.permission)
        checked: Tree = {"link": link.name, "count": count}
        return {**checked, "where": self.node(node["where"], link.scope, depth + 1)} if "where" in node else checked

    def condition(self, node: Mapping[str, Any], scope: Scope) -> Tree:
        """One fact with its operator and its value, in the form in which it is stored."""
        fact, _path = self.fact(scope, node["fact"])
        is_ = node.get("is")
        if is_ not in operators_of(fact):
            raise broken()
        for permission in fact.permissions:
            self.must(permission)
        if is_ in WITHOUT_VALUE:
            if "value" in node:
                raise broken()
            return {"fact": fact.key, "is": is_}
        return {"fact": fact.key, "is": is_, "value": self.value(fact, is_, node.get("value"))}

    def must(self, permission: str) -> None:
        """Refuse to the reader what the reader may not see."""
        if self.user is not None and not self.user.has_perm(permission):
            raise NotPermitted(_("This filter asks for something that you may not see. Choose another one."))

    def fact(self, scope: Scope, key: Any) -> tuple[Fact, str]:
        """A fact that is known here, or a refusal that says why it is not."""
        found = self.known.fact(scope, key) if isinstance(key, str) else None
        if found is None:
            raise missing(key)
        return found

    def link(self, scope: Scope, name: Any) -> tuple[Link, str]:
        """A link that is known here, or a refusal that says why it is not."""
        found = self.known.link(scope, name) if isinstance(name, str) else None
        if found is None:
            raise missing(name)
        return found

    def value(self, fact: Fact, is_: str, value: Any) -> Any:
        """The value of a condition, checked by the kind of its fact."""
        if fact.kind in (NUMBER, AGE, AMOUNT):
            return ends(value, lambda one: number(one, whole=fact.kind != NUMBER), is_ == "between")
        if fact.kind == DATE and is_ in ("last", "next"):
            return days(value)
        if fact.kind == DATE:
            return ends(value, day_text, is_ == "between")
        if fact.kind == TEXT:
            return words_of(value)
        return self.several(fact, value)

    def several(self, fact: Fact, value: Any) -> list[Any]:
        """Choices or places: at least one, each of them known."""
        if not isinstance(value, (list, tuple)) or len(value) > MOST_VALUES:
            raise broken()
        if not value:
            raise Refusal(_("“%(fact)s”: nothing is chosen. Choose at least one."), fact=fact.title)
        if fact.kind == PLACE:
            return known_places(value)
        options = self.known.options(fact)
        asked = [str(one) for one in value]
        if any(one not in options for one in asked):
            raise Refusal(_("“%(fact)s” no longer has one of the chosen answers. Change the filter."), fact=fact.title)
        return list(dict.fromkeys(asked))


def missing(name: Any) -> Refusal:
    """Why a fact or link is not known: its module is off, or it was retired."""
    if not isinstance(name, str) or not re.fullmatch(r"[a-z_]+\.[a-z_]+[.:][a-z0-9_]{1,70}", name):
        return broken()
    if name.split(".")[0] not in apps.app_configs:
        return Refusal(_("This filter uses something that is switched off here. Change the filter."))
    return Refusal(_("This filter uses something that is no longer kept. Change the filter."))


def known_places(value: Any) -> list[int]:
    """The ids of places that exist."""
    if any(isinstance(one, bool) or not isinstance(one, int) for one in value):
        raise broken()
    if Area.objects.filter(pk__in=set(value)).count() != len(set(value)):
        raise Refusal(_("A place of this filter is no longer there. Change the filter."))
    return sorted(set(value))


def ends(value: Any, read: Any, both: bool) -> Any:
    """One value, or two of which the first is not above the second."""
    if not both:
        return read(value)
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise broken()
    low, high = (read(one) for one in value)
    if low > high:
        raise Refusal(_("The first value is above the second. Change one of them."))
    return [low, high]


def number(value: Any, whole: bool) -> int | float:
    """A number as it is stored; ages and amounts are whole."""
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)) or not abs(value) <= LARGEST:
        raise broken()
    return int(value) if float(value).is_integer() else round(float(value), 6)


def days(value: Any) -> int:
    """A number of days."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 36_500:
        raise broken()
    return value


def day_text(value: Any) -> str:
    """A day as year-month-day."""
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise broken() from None


def words_of(value: Any) -> str:
    """A text to look for; it must hold something that can be found."""
    if not isinstance(value, str) or len(value) > LONGEST or "\0" in value:
        raise broken()
    if not fold(value):
        raise Refusal(_("There is no letter and no figure to look for. Write a word."))
    return value.strip()


def conditions_of(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every condition of a checked tree or part, those on linked rows too."""
    for name in ("all", "any"):
        for part in node.get(name, ()):
            yield from conditions_of(part)
    for name in ("not", "where"):
        if name in node:
            yield from conditions_of(node[name])
    if "fact" in node:
        yield node

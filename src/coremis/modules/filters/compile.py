"""From a checked tree to one database condition. Linked rows become one grouped query each, never one for each row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Count, F, Q
from django.db.models import lookups as compare

from coremis.kernel.areas.queries import below
from coremis.kernel.base.text import fold
from coremis.kernel.expressions.definite import Among, Unmet
from coremis.kernel.expressions.folded import folded
from coremis.kernel.expressions.stored import compare_stored
from coremis.kernel.expressions.variable import Variable
from coremis.kernel.screens.facts import BOOLEAN, CHOICE, DATE, PLACE, TEXT, Fact, Known, Link, Scope
from coremis.modules.filters.tree import INAPPLICABLE

LOOKUPS = {
    "equal": "exact", "least": "gte", "most": "lte", "on": "exact", "before": "lt", "after": "gt", "in": "in",
}  # fmt: skip
CLASSES: dict[str, Any] = {
    "exact": compare.Exact, "gte": compare.GreaterThanOrEqual, "lte": compare.LessThanOrEqual, "lt": compare.LessThan,
    "gt": compare.GreaterThan, "in": compare.In, "isnull": compare.IsNull, "contains": compare.Contains,
}  # fmt: skip
STORED = {"equal": "equal", "unequal": "unequal", "least": "more_or_equal", "most": "less_or_equal", "between": "between"}


@dataclass(frozen=True)
class Rows:
    """The rows that a part is about: their class, and the path to them from the rows that are filtered."""

    model: Any
    prefix: str = ""


def asks_links(node: Mapping[str, Any]) -> bool:
    """Whether a part asks for linked rows anywhere."""
    inner = [*node.get("all", ()), *node.get("any", ()), *([node["not"]] if "not" in node else [])]
    return "link" in node or any(asks_links(part) for part in inner)


def opposite(met: Q) -> Q:
    """All rows for which a condition is not met; of a condition on ids, the other ids."""
    (only, *more) = met.children
    if isinstance(only, Among) and not more and not met.negated:
        return Q(only.opposite())
    return Q(Unmet(met))


@dataclass
class Compiler:
    """Compiles checked trees as of a ``day``; with a ``user``, only from what that person may see."""

    day: date
    user: Any = None
    known: Known = field(default_factory=Known)

    def node(self, node: Mapping[str, Any], scope: Scope, rows: Rows, wanted: bool = True) -> Q:
        """One part of a tree as a condition; ``wanted`` is False for its opposite (de Morgan, down to the conditions)."""
        if "not" in node:
            return self.node(node["not"], scope, rows, not wanted)
        if "link" in node:
            return self.linked(node, scope, rows, wanted)
        if "fact" in node:
            met = self.condition(node, scope, rows.prefix)
            return met if wanted else opposite(met)
        joined = "all" if "all" in node else "any"
        if (joined == "all") == wanted:
            return reduce(and_, [self.node(part, scope, rows, wanted) for part in node[joined]])
        if len(node[joined]) > 1 and asks_links(node):
            return self.either(node[joined], scope, rows, wanted)
        return reduce(or_, [self.node(part, scope, rows, wanted) for part in node[joined]])

    def either(self, parts: Sequence[Mapping[str, Any]], scope: Scope, rows: Rows, wanted: bool) -> Q:
        """Alternatives with linked rows: their ids put together. PostgreSQL joins each alternative, but cannot join inside OR."""
        alone = Rows(rows.model)
        found = [rows.model._base_manager.filter(self.node(part, scope, alone, wanted)).order_by().values("pk") for part in parts]
        return Q(Among(f"{rows.prefix}pk", found[0].union(*found[1:])))

    def linked(self, node: Mapping[str, Any], scope: Scope, rows: Rows, wanted: bool) -> Q:
        """Whether so many linked rows fit: the ids of those rows that have them, grouped once."""
        found = self.known.link(scope, node["link"])
        assert found is not None
        link, path = found
        keys = self.keys(link, node, max(node["count"], 1))
        return Q(Among(f"{rows.prefix}{path}pk", keys, wanted == (node["count"] > 0)))

    def keys(self, link: Link, node: Mapping[str, Any], least: int) -> Any:
        """The ids of the rows that have at least so many linked rows which fit."""
        rows: Any = link.rows(self.day)
        if self.user is not None:
            rows = rows.visible_to(self.user, link.permission)
        if "where" in node:
            rows = rows.filter(self.node(node["where"], link.scope, Rows(rows.model)))
        grouped = rows.filter(**{f"{link.key}__isnull": False}).order_by().values(link.key)
        return grouped if least == 1 else grouped.annotate(found=Count("pk")).filter(found__gte=least).values(link.key)

    def condition(self, node: Mapping[str, Any], scope: Scope, prefix: str) -> Q:
        """One fact with its operator and value; never met where the reader may not see the fact in that place."""
        found = self.known.fact(scope, node["fact"])
        assert found is not None
        fact, path = found
        met = self.test(fact, f"{prefix}{path}", node["is"], node.get("value"))
        return met & self.seen(fact, f"{prefix}{path}") if fact.permissions and self.user is not None else met

    def seen(self, fact: Fact, prefix: str) -> Q:
        """The rows in whose place the reader may see this fact."""
        area, found = getattr(fact.on, "area_path", None), Q()
        for permission in fact.permissions:
            places = self.user.places_for(permission)
            found &= Q() if places.everywhere or not area else Q(**{f"{prefix}{area}__in": places.areas()})
        return found

    def test(self, fact: Fact, prefix: str, is_: str, value: Any) -> Q:
        """The condition itself, by the kind of the fact."""
        if fact.test is not None:
            given = {"yes": True, "no": False}.get(is_, value) if fact.kind == BOOLEAN else value
            return Q(fact.test(prefix, self.day, is_, given))
        if is_ == INAPPLICABLE:
            return Q(fact.inapplicable(prefix))  # type: ignore[misc]
        target = Target(fact, prefix, self.known)
        if is_ in ("known", "unknown"):
            return target.known(is_ == "known")
        if fact.kind == PLACE:
            inside = target.is_("in", below(value))
            return inside if is_ == "in" else target.known(True) & Q(Unmet(inside))
        if fact.kind == DATE:
            return self.dated(target, is_, value)
        return target.test(is_, value)

    def dated(self, target: "Target", is_: str, value: Any) -> Q:
        """Days, and spans of days up to the day of the question or from it on."""
        if is_ in ("last", "next"):
            span = timedelta(days=value)
            low, high = (self.day - span, self.day) if is_ == "last" else (self.day, self.day + span)
        elif is_ == "between":
            low, high = (date.fromisoformat(one) for one in value)
        else:
            return target.is_(LOOKUPS[is_], date.fromisoformat(value))
        return target.is_("gte", low) & target.is_("lte", high)


@dataclass
class Target:
    """A fact of the rows reached through a prefix, ready to be compared."""

    fact: Fact
    prefix: str
    known_facts: Known

    def is_(self, lookup: str, value: Any) -> Q:
        """The comparison with a value: of a column, or of an expression."""
        if self.fact.path:
            return Q(**{f"{self.prefix}{self.fact.path}__{lookup}": value})
        return Q(CLASSES[lookup](self.expression(), value))

    def expression(self) -> Any:
        """What stands behind the fact."""
        return self.fact.value(self.prefix) if self.fact.value else F(f"{self.prefix}{self.fact.path}")

    def known(self, wanted: bool) -> Q:
        """Whether there is a value at all; what does not apply is neither known nor unknown."""
        there = self.is_("isnull", False)
        if self.fact.missing is not None:
            there &= Q(Unmet(self.is_("exact", self.fact.missing)))
        if wanted:
            return there
        elsewhere = [self.fact.inapplicable(self.prefix)] if self.fact.inapplicable else []
        return Q(*(Unmet(one) for one in [there, *elsewhere]))

    def test(self, is_: str, value: Any) -> Q:
        """Numbers, choices, texts, yes and no."""
        if self.fact.kind == BOOLEAN:
            return self.is_("exact", is_ == "yes")
        if self.fact.kind == CHOICE:
            options = self.known_facts.options(self.fact)
            chosen = self.is_("in", [options[one][0] for one in value])
            return chosen if is_ == "in" else self.known(True) & Q(Unmet(chosen))
        if self.fact.kind == TEXT:
            return self.text(is_, value)
        return self.number(is_, value)

    def text(self, is_: str, value: str) -> Q:
        """Every word, without accents, somewhere in the folded text; or the text as a whole."""
        if self.fact.exact:
            text = folded(self.expression())
            if is_ == "equal":
                return Q(compare.Exact(text, fold(value)))
            return reduce(and_, [Q(compare.Contains(text, word)) for word in fold(value).split()[:10]])
        if is_ == "equal":
            return self.is_("exact", fold(value))
        return reduce(and_, [self.is_("contains", word) for word in fold(value).split()[:10]])

    def number(self, is_: str, value: Any) -> Q:
        """Numbers of the dictionary are compared as formulas compare them, to six decimals."""
        expression = self.expression()
        low, high = value if is_ == "between" else (value, value)
        if isinstance(expression, Variable):
            return Q(compare_stored(STORED[is_], expression, float(low), float(high)))
        if is_ == "between":
            return self.is_("gte", low) & self.is_("lte", high)
        if is_ == "unequal":
            return self.known(True) & Q(Unmet(self.is_("exact", value)))
        return self.is_(LOOKUPS[is_], value)

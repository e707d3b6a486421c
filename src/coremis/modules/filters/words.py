"""A filter as a sentence, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coremis.kernel.areas.models import Area
from coremis.kernel.base.money import Money
from coremis.kernel.screens.facts import AMOUNT, CHOICE, DATE, PLACE, TEXT, Fact, Known, Scope, subjects
from coremis.modules.filters.tree import conditions_of

PATTERNS = {
    "equal": gettext_lazy("%(fact)s: %(value)s"), "unequal": gettext_lazy("%(fact)s: not %(value)s"),
    "least": gettext_lazy("%(fact)s: %(value)s or more"), "most": gettext_lazy("%(fact)s: %(value)s or less"),
    "on": gettext_lazy("%(fact)s: %(value)s"), "before": gettext_lazy("%(fact)s: before %(value)s"),
    "after": gettext_lazy("%(fact)s: after %(value)s"), "between": gettext_lazy("%(fact)s: from %(low)s to %(high)s"),
    "in": gettext_lazy("%(fact)s: %(value)s"), "not_in": gettext_lazy("%(fact)s: not %(value)s"),
    "has": gettext_lazy("%(fact)s: contains “%(value)s”"), "yes": gettext_lazy("%(fact)s: yes"), "no": gettext_lazy("%(fact)s: no"),
    "known": gettext_lazy("%(fact)s: known"), "unknown": gettext_lazy("%(fact)s: not known"),
    "inapplicable": gettext_lazy("%(fact)s: does not apply"),
}  # fmt: skip


@dataclass
class Words:
    """Puts a checked tree into words; places are read once."""

    known: Known = field(default_factory=Known)
    places: dict[int, str] = field(default_factory=dict)

    def tree(self, tree: Mapping[str, Any]) -> str:
        """The whole filter as one sentence."""
        if not tree:
            return _("Everybody")
        subject = subjects()[tree["about"]]
        self.read_places(tree["where"])
        return _("%(subject)s: %(condition)s") % {"subject": subject.title, "condition": self.node(tree["where"], subject.scope)}

    def read_places(self, node: Mapping[str, Any]) -> None:
        """The names of all places of a tree, in one query."""
        ids = {one for part in conditions_of(node) if isinstance(part.get("value"), list) for one in part["value"] if isinstance(one, int)}
        self.places = dict(Area.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}

    def node(self, node: Mapping[str, Any], scope: Scope, inner: bool = False) -> str:
        """One part; a group inside another one stands in brackets."""
        if "not" in node:
            return _("not (%(condition)s)") % {"condition": self.node(node["not"], scope)}
        if "link" in node:
            return self.linked(node, scope)
        if "fact" in node:
            return self.condition(node, scope)
        joined = "all" if "all" in node else "any"
        parts = [self.node(part, scope, inner=len(node[joined]) > 1) for part in node[joined]]
        text = (_(" and ") if joined == "all" else _(" or ")).join(parts)
        return f"({text})" if inner and len(parts) > 1 else text

    def linked(self, node: Mapping[str, Any], scope: Scope) -> str:
        """“has at least 2 members who ...”"""
        found = self.known.link(scope, node["link"])
        assert found is not None
        link, count = found[0], node["count"]
        start = link.none if not count else link.some if count == 1 else str(link.least) % {"n": count}
        condition = self.node(node["where"], link.scope) if "where" in node else _("is there")
        return f"{start} [{condition}]"

    def condition(self, node: Mapping[str, Any], scope: Scope) -> str:
        """One fact, its operator and its value."""
        found = self.known.fact(scope, node["fact"])
        assert found is not None
        fact, is_ = found[0], node["is"]
        value: Any = node.get("value")
        if is_ in ("last", "next"):
            before = ngettext("%(fact)s: in the last %(n)s day", "%(fact)s: in the last %(n)s days", value)
            after = ngettext("%(fact)s: in the next %(n)s day", "%(fact)s: in the next %(n)s days", value)
            return (before if is_ == "last" else after) % {"fact": fact.title, "n": value}
        given: dict[str, Any] = {"fact": fact.title}
        if is_ == "between":
            given |= {"low": self.value(fact, value[0]), "high": self.value(fact, value[1])}
        elif value is not None:
            given["value"] = self.value(fact, value)
        return str(PATTERNS[is_]) % given

    def value(self, fact: Fact, value: Any) -> str:
        """A value as people write it."""
        if fact.kind == PLACE:
            return _(" or ").join(self.places.get(one, "…") for one in value)
        if fact.kind == CHOICE:
            options = self.known.options(fact)
            return _(" or ").join(options[one][1] for one in value)
        if fact.kind == DATE:
            return date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
        if fact.kind == AMOUNT:
            return Money(value, str(fact.unit)).text()
        if fact.kind == TEXT:
            return str(value)
        text = number_format(value, use_l10n=True, force_grouping=True)
        return f"{text} {fact.unit}" if fact.unit else text

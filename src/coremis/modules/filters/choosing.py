"""What the editor offers: the facts and links of a scope by heading, and the control that fits each condition."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coremis.kernel.base.text import fold
from coremis.kernel.screens.facts import AGE, AMOUNT, CHOICE, DATE, NUMBER, PLACE, Fact, Known, Scope, may_ask
from coremis.kernel.screens.places import area_options
from coremis.modules.filters.draft import Draft, Part
from coremis.modules.filters.tree import WITHOUT_VALUE, operators_of

OPERATOR_WORDS = {
    "equal": gettext_lazy("is"), "unequal": gettext_lazy("is not"), "least": gettext_lazy("is at least"),
    "most": gettext_lazy("is at most"), "between": gettext_lazy("is from … to …"), "on": gettext_lazy("is on"),
    "before": gettext_lazy("is before"), "after": gettext_lazy("is after"), "last": gettext_lazy("is in the last … days"),
    "next": gettext_lazy("is in the next … days"), "yes": gettext_lazy("yes"), "no": gettext_lazy("no"),
    "in": gettext_lazy("is one of"), "not_in": gettext_lazy("is none of"), "has": gettext_lazy("contains"),
    "known": gettext_lazy("is known"), "unknown": gettext_lazy("is not known"), "inapplicable": gettext_lazy("does not apply"),
}  # fmt: skip
JOIN_WORDS = {
    "all": gettext_lazy("all of these hold"), "any": gettext_lazy("at least one of these holds"),
    "none": gettext_lazy("none of these holds"), "not_all": gettext_lazy("not all of these hold"),
}  # fmt: skip


def offered(known: Known, scope: Scope, user: Any, find: str) -> list[dict[str, Any]]:
    """Links first, then facts by heading: what this person may ask for, and what fits the words looked for."""
    words = fold(find).split()

    def fits(*texts: Any) -> bool:
        return all(word in fold(" ".join(str(text) for text in texts)) for word in words)

    groups: dict[str, list[dict[str, str]]] = {}
    for link, _path in known.links(scope):
        if user.has_perm(link.permission) and fits(link.some, link.title):
            groups.setdefault(_("Belonging to it"), []).append({"do": f"link:{link.name}", "words": f"{link.some} …"})
    for model, _path in scope:
        for fact in known.facts_of(model).values():
            if may_ask(user, fact) and fits(fact.title, fact.group):
                groups.setdefault(str(fact.group), []).append({"do": f"fact:{fact.key}", "words": str(fact.title)})
    return [{"title": title, "entries": entries} for title, entries in groups.items()]


class Drawing:
    """A draft as the templates print it.

    ``picking`` is the path of the group to which a condition is being added; ``told`` says that somebody wanted to use the
    draft as it is, so that each part says what it lacks.
    """

    def __init__(self, draft: Draft, user: Any, permission: str, picking: str = "", find: str = "", told: bool = False) -> None:
        self.told = told
        self.draft, self.user, self.permission, self.picking, self.find = draft, user, permission, picking, find

    def part(self, part: Part, place: int = 0, count: int = 1) -> dict[str, Any]:
        """One part with everything that its template prints."""
        drawn: dict[str, Any] = {
            "path": part.path, "kind": part.kind, "name": part.name, "problem": part.problem if self.told else "", "first": place == 0,
            "last": place == count - 1, "root": part.path == "0", "template": f"filters/_{part.kind}.html",
            "parts": [self.part(one, number, len(part.parts)) for number, one in enumerate(part.parts)],
        }  # fmt: skip
        drawn.update({"group": self.group, "link": self.link, "fact": self.fact}[part.kind](part))
        return drawn

    def group(self, part: Part) -> dict[str, Any]:
        """How a group joins, and the list to pick from while a condition is added to it."""
        joins = [(code, words, code == part.join) for code, words in JOIN_WORDS.items()]
        picking = part.path == self.picking
        offer = offered(self.draft.known, part.scope, self.user, self.find) if picking else []
        return {"joins": joins, "picking": picking, "offer": offer, "find": self.find}

    def link(self, part: Part) -> dict[str, Any]:
        """How many linked rows there must be."""
        if part.link is None:
            return {"title": part.problem, "hows": [], "number": ""}
        least = str(part.link.least).replace("%(n)s", "…") if part.link.least else ""
        hows = [("some", part.link.some), *([("least", least)] if least else []), ("none", part.link.none)]
        return {
            "title": part.link.title, "hows": [(code, words, code == part.how) for code, words in hows],
            "number": part.number if part.how == "least" else "",
        }  # fmt: skip

    def fact(self, part: Part) -> dict[str, Any]:
        """The operators of a fact, and the control for its value."""
        fact = part.fact
        if fact is None:
            return {"title": _("No longer kept"), "operators": [], "control": ""}
        operators = [(code, OPERATOR_WORDS[code], code == part.is_) for code in operators_of(fact)]
        drawn = {"title": fact.title, "operators": operators, "unit": unit_of(fact, part.is_), "second": "", "control": ""}
        if part.is_ in WITHOUT_VALUE:
            return drawn
        if fact.kind == PLACE:
            places = area_options(part.values, part.text, self.user, self.permission)
            return drawn | {"control": "places", "options": places, "text": part.text, "permission": self.permission}
        if fact.kind == CHOICE:
            chosen = set(part.values)
            options = [(code, words, code in chosen) for code, (_stored, words) in fact.options(self.user).items()]
            return drawn | {"control": "choices", "options": options}
        days = fact.kind == DATE and part.is_ not in ("last", "next")
        control = "date" if days else "number" if fact.kind in (NUMBER, AGE, AMOUNT, DATE) else "text"
        return drawn | {"control": control, "value": (part.values or [""])[0], "second": part.second, "two": part.is_ == "between"}


def unit_of(fact: Fact, is_: str) -> str:
    """What stands behind a number."""
    return _("days") if is_ in ("last", "next") else str(fact.unit)

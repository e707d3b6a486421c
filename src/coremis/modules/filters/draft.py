"""A filter in the making: the fields of the editor's form, and the tree that they say.

Every part has a path ("0" is the outermost group, "0-2" the third part in it). The fields of a part are its kind (k),
the way in which a group joins (m), operator (o), value (v), second value (w), how many linked rows (h, n).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.screens.facts import Fact, Known, Link, Scope
from coremis.kernel.screens.screen import whole_number
from coremis.modules.filters.tree import DEEPEST, MOST_PARTS, Tree, missing, operators_of
from coremis.modules.filters.typed import read_value, typed_value

Fields = Mapping[str, Sequence[str]]
JOINS = ("all", "any", "none", "not_all")
FIELD = re.compile(r"[kmovwhn]\.0(-\d{1,2}){0,12}(_text)?")
DRAFTS = "filters.draft"


@dataclass
class Part:
    """One part of a draft: a group, a condition on a fact, or a condition on linked rows (with one group inside)."""

    kind: str
    name: str = ""
    join: str = "all"
    is_: str = ""
    values: list[str] = field(default_factory=list)
    second: str = ""
    text: str = ""
    how: str = "some"
    number: str = "2"
    parts: list["Part"] = field(default_factory=list)
    problem: str = ""
    path: str = "0"
    fact: Fact | None = None
    link: Link | None = None
    scope: Scope = ()

    def walk(self) -> Iterator["Part"]:
        """This part and all parts within it."""
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass
class Draft:
    """The outermost group of a draft and what its rows are."""

    about: str
    scope: Scope
    root: Part
    known: Known = field(default_factory=Known)

    def place(self) -> "Draft":
        """Give every part its path, and the fact or link that it names."""
        self._place(self.root, "0", self.scope)
        return self

    def _place(self, part: Part, path: str, scope: Scope) -> None:
        part.path, part.scope = path, scope
        if part.kind == "fact":
            found = self.known.fact(scope, part.name)
            part.fact = found[0] if found else None
            part.problem = part.problem or ("" if found else str(missing(part.name)))
        if part.kind == "link":
            linked = self.known.link(scope, part.name)
            part.link = linked[0] if linked else None
            part.problem = part.problem or ("" if linked else str(missing(part.name)))
        inner = part.link.scope if part.link else () if part.kind == "link" else scope
        for place, below in enumerate(part.parts):
            self._place(below, f"{path}-{place}", inner)

    def at(self, path: str) -> Part | None:
        """The part at a path."""
        return next((part for part in self.root.walk() if part.path == path), None)

    def tree(self, user: Any, permission: str) -> Tree:
        """What the draft says; {} while it is empty. A Refusal where a part is not complete; the part holds the sentence."""
        if not self.root.parts:
            return {}
        where = self._tree_of(self.root, user, permission)
        if problem := next((part.problem for part in self.root.walk() if part.problem), ""):
            raise Refusal(problem)
        return {"about": self.about, "where": where}

    def _tree_of(self, part: Part, user: Any, permission: str) -> Tree:
        if part.kind == "group":
            inner = [self._tree_of(one, user, permission) for one in part.parts]
            if not inner:
                part.problem = part.problem or _("A group holds no condition. Add one, or take the group away.")
            joined = {("any" if part.join in ("any", "none") else "all"): inner}
            return {"not": joined} if part.join in ("none", "not_all") else joined
        try:
            return self._fact(part, user, permission) if part.kind == "fact" else self._link(part, user, permission)
        except Refusal as problem:
            part.problem = str(problem)
            return {}

    def _fact(self, part: Part, user: Any, permission: str) -> Tree:
        if part.fact is None:
            raise missing(part.name)
        value = read_value(part.fact, part, user, permission)
        return {"fact": part.name, "is": part.is_} | ({} if value is None else {"value": value})

    def _link(self, part: Part, user: Any, permission: str) -> Tree:
        if part.link is None:
            raise missing(part.name)
        if part.how == "least" and not 1 <= (whole_number(part.number) or 0) <= 99:
            raise Refusal(_("Write how many there must be at least, from 1 to 99."))
        count = {"some": 1, "none": 0}.get(part.how) if part.how != "least" else int(part.number)
        inside = part.parts[0] if part.parts else None
        where = {"where": self._tree_of(inside, user, permission)} if inside and inside.parts else {}
        return {"link": part.name, "count": count, **where}


def read_draft(about: str, scope: Scope, fields: Fields) -> Draft:
    """The draft that a form holds; what stands there in no known form is not taken over."""
    plain = {name: [str(one).replace("\x00", "")[:500] for one in values][:600] for name, values in fields.items() if FIELD.fullmatch(name)}
    found = _read(plain, "0", [MOST_PARTS])
    root = found if found is not None and found.kind == "group" else Part("group")
    return Draft(about, scope, root).place()


def _read(fields: Fields, path: str, left: list[int]) -> Part | None:
    def first(name: str, usual: str = "") -> str:
        return (fields.get(f"{name}.{path}") or [usual])[0].strip()

    kind, _colon, name = first("k").partition(":")
    left[0] -= 1
    if kind not in ("group", "fact", "link") or left[0] < 0 or path.count("-") > DEEPEST * 2:
        return None
    join, how = first("m", "all"), first("h", "some")
    part = Part(
        kind, name[:200], join=join if join in JOINS else "all", is_=first("o"), values=[one for one in fields.get(f"v.{path}", ()) if one],
        second=first("w"), how=how if how in ("some", "least", "none") else "some", number=first("n", "2"),
        text=(fields.get(f"v.{path}_text") or [""])[0].strip(),
    )  # fmt: skip
    places = sorted(int(one) for one in {name.rpartition("-")[2] for name in fields if _child_of(name, path)})
    part.parts = [found for place in places if (found := _read(fields, f"{path}-{place}", left)) is not None]
    if kind == "link" and (len(part.parts) != 1 or part.parts[0].kind != "group"):
        part.parts = [Part("group")]
    return part


def _child_of(name: str, path: str) -> bool:
    return name.startswith(f"k.{path}-") and name.removeprefix(f"k.{path}-").isdigit()


def draft_of(tree: Tree, scope: Scope, known: Known) -> Draft:
    """The draft of a stored filter, ready to be changed; parts that are no longer known stay there and say so."""
    root = _part_of(tree["where"], scope, known)
    return Draft(tree["about"], scope, root if root.kind == "group" else Part("group", parts=[root]), known).place()


def _part_of(node: Tree, scope: Scope, known: Known) -> Part:
    if "not" in node:
        inner = node["not"]
        if not {"all", "any"} & set(inner):
            return Part("group", join="none", parts=[_part_of(inner, scope, known)])
        part = _part_of(inner, scope, known)
        part.join = "none" if "any" in inner else "not_all"
        return part
    if "link" in node:
        found = known.link(scope, node["link"])
        inside = _part_of(node["where"], found[0].scope if found else (), known) if "where" in node else Part("group")
        group = inside if inside.kind == "group" else Part("group", parts=[inside])
        how = {0: "none", 1: "some"}.get(node["count"], "least")
        return Part("link", node["link"], how=how, number=str(max(node["count"], 1)), parts=[group])
    if "fact" in node:
        fact = known.fact(scope, node["fact"])
        values, second = typed_value(fact[0], node) if fact else ([], "")
        return Part("fact", node["fact"], is_=node["is"], values=values, second=second)
    joined = "all" if "all" in node else "any"
    return Part("group", join=joined, parts=[_part_of(one, scope, known) for one in node[joined]])


def apply(draft: Draft, do: str) -> None:
    """One step in the editor: `add:PATH:fact:KEY`, `add:PATH:link:NAME`, `group:PATH`, `remove:`, `up:`, `down:`."""
    what, _colon, rest = do.partition(":")
    path, _colon, name = rest.partition(":")
    part = draft.at(path)
    if part is None:
        return
    if what in ("add", "group") and part.kind == "group":
        part.parts.append(_new(name) if what == "add" else Part("group", join="any" if part.join == "all" else "all"))
    above = draft.at(path.rpartition("-")[0])
    if above is not None and above.kind == "group" and what in ("remove", "up", "down"):
        place = above.parts.index(part)
        above.parts.pop(place)
        if what != "remove":
            above.parts.insert(max(0, place + (-1 if what == "up" else 1)), part)
    for one in draft.place().root.walk():
        if one.fact and not one.is_:
            one.is_ = operators_of(one.fact)[0]


def _new(name: str) -> Part:
    kind, _colon, key = name.partition(":")
    return Part("link", key, parts=[Part("group")]) if kind == "link" else Part("fact", key)

"""What modules let people ask about a record: facts, and links to other rows that have facts of their own.

A filter is a tree of conditions over these. A module that is off leaves none of its facts behind.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Model, QuerySet

from coremis.kernel.module.contributions import Contribution, contributions
from coremis.kernel.screens.screen import Text

NUMBER, AGE, AMOUNT, DATE, BOOLEAN, CHOICE, TEXT, PLACE = "number", "age", "amount", "date", "boolean", "choice", "text", "place"
Scope = tuple[tuple[type[Model], str], ...]


@dataclass(frozen=True)
class Fact(Contribution):
    """One thing that can be asked about a row of `on`. Its key is stored for good: `registry.household.size`.

    `path` names a column of `on`; `value(prefix)` gives an expression instead, for rows reached through `prefix`;
    `test(prefix, day, is_, value)` writes the whole condition itself. One of the three. Texts are columns made by
    `base.text.fold`; `exact` ones are as people typed them, and are folded in the database. `choices` are (value, words)
    pairs or a function of the user (None: all). `permissions` are asked for beyond the one of the list, in the place of the
    row. `private` values (names, phones) never stand in an address. `missing` is what an unknown value is stored as ("" for
    texts), None for NULL. `only` limits how it is compared; `inapplicable(prefix)` says where the question does not apply.
    """

    on: type[Model]
    code: str
    title: Text
    kind: str
    path: str = ""
    value: Callable[[str], Any] | None = None
    test: Callable[[str, date, str, Any], Any] | None = None
    choices: Any = ()
    group: Text = ""
    unit: Text = ""
    permissions: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    inapplicable: Callable[[str], Any] | None = None
    private: bool = False
    exact: bool = False
    missing: Any = None
    order: int = 100

    @property
    def key(self) -> str:
        """What a stored filter calls it."""
        return f"{self.on._meta.label_lower}.{self.code}"

    def options(self, user: Any = None) -> dict[str, tuple[Any, str]]:
        """The choices by the text that is stored: the value in the column, and the words."""
        pairs: Iterable[tuple[Any, Any]] = self.choices(user) if callable(self.choices) else self.choices
        return {str(value): (value, str(words)) for value, words in pairs}


@dataclass(frozen=True)
class FactSource(Contribution):
    """Facts that are not known before somebody asks: the variables of the data dictionary."""

    on: type[Model]
    facts: Callable[[], list[Fact]]


@dataclass(frozen=True)
class Link(Contribution):
    """Rows that belong to a row of `on`: the members of a household. A condition on it counts those that fit another one.

    `rows(day)` gives them as of a day, `key` is their column with the id of the `on` row, and `scope` says what is known of
    each: (class, path from the row to it). `one` says that there is one at most. Only rows that the reader may see
    under `permission` are counted. `some`, `least`, `none` are the words: “has a member who”, “has at least %(n)s members
    who”, “has no member who”.
    """

    on: type[Model]
    code: str
    title: Text
    rows: Callable[[date], QuerySet[Any]]
    key: str
    scope: Scope
    permission: str
    some: Text
    none: Text
    least: Text = ""
    one: bool = False
    order: int = 100

    @property
    def name(self) -> str:
        """What a stored filter calls it."""
        return f"{self.on._meta.label_lower}:{self.code}"


@dataclass(frozen=True)
class Subject(Contribution):
    """Rows that can be filtered: what they are called, what is known of each, and who may see them.

    The first of `scope` is the class itself, with "" as its path.
    """

    code: str
    title: Text
    scope: Scope
    permission: str
    address: str
    order: int = 100

    @property
    def model(self) -> type[Model]:
        """The class whose rows are filtered."""
        return self.scope[0][0]


@dataclass
class Known:
    """Every fact and link of the modules that are on, read once for one piece of work."""

    _declared: dict[type[Model], dict[str, Fact]] = field(default_factory=dict)
    _sources: dict[type[Model], dict[str, Fact]] = field(default_factory=dict)
    _options: dict[str, dict[str, tuple[Any, str]]] = field(default_factory=dict)

    def facts_of(self, model: type[Model]) -> dict[str, Fact]:
        """The facts of a class by key, in their order, those of the dictionary too."""
        found = [*self.declared(model).values(), *self.sourced(model).values()]
        return {fact.key: fact for fact in sorted(found, key=lambda fact: fact.order)}

    def declared(self, model: type[Model]) -> dict[str, Fact]:
        """The facts that modules declare once and for all."""
        if model not in self._declared:
            self._declared[model] = {fact.key: fact for fact in contributions(Fact) if fact.on is model}
        return self._declared[model]

    def sourced(self, model: type[Model]) -> dict[str, Fact]:
        """The facts that have to be looked up."""
        if model not in self._sources:
            sources = [source for source in contributions(FactSource) if source.on is model]
            self._sources[model] = {fact.key: fact for source in sources for fact in source.facts()}
        return self._sources[model]

    def options(self, fact: Fact) -> dict[str, tuple[Any, str]]:
        """All choices of a fact, looked up once."""
        if fact.key not in self._options:
            self._options[fact.key] = fact.options()
        return self._options[fact.key]

    def fact(self, scope: Scope, key: str) -> tuple[Fact, str] | None:
        """A fact by its key with the path to its row; None where nobody knows it here."""
        for model, path in scope:
            if key.rpartition(".")[0] == model._meta.label_lower:
                fact = self.declared(model).get(key) or self.sourced(model).get(key)
                return (fact, path) if fact else None
        return None

    def links(self, scope: Scope) -> list[tuple[Link, str]]:
        """The links of all classes of a scope, each with the path to its row."""
        return [
            (link, path) for model, path in scope for link in sorted(contributions(Link), key=lambda one: one.order) if link.on is model
        ]

    def link(self, scope: Scope, name: str) -> tuple[Link, str] | None:
        """A link by its name with the path to its row; None where nobody knows it here."""
        return next(((link, path) for link, path in self.links(scope) if link.name == name), None)


def may_ask(user: Any, fact: Fact) -> bool:
    """Whether somebody may ask for a fact at all; in which places is another question."""
    return all(user.has_perm(permission) for permission in fact.permissions)


def subjects() -> dict[str, Subject]:
    """What can be filtered, by code."""
    return {subject.code: subject for subject in sorted(contributions(Subject), key=lambda subject: subject.order)}


def subject_of(model: type[Model]) -> Subject | None:
    """The subject whose rows are of this class."""
    return next((subject for subject in contributions(Subject) if subject.model is model), None)

"""The typed tree of a formula. Nodes are values: they are built by the checker and never changed."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Refusal

LARGEST = 1e15
SMALLEST = 1e-12


class Kind(StrEnum):
    """What a value is. A choice is a text taken from a list: it can be compared, but it has no order."""

    NUMBER = "number"
    BOOLEAN = "boolean"
    TEXT = "text"
    CHOICE = "choice"
    DATE = "date"


KIND_WORDS = {
    Kind.NUMBER: _("a number"),
    Kind.BOOLEAN: _("yes or no"),
    Kind.TEXT: _("a text"),
    Kind.CHOICE: _("a choice"),
    Kind.DATE: _("a date"),
}

Value = float | bool | str | date | None


class FormulaError(Refusal):
    """A formula was refused; ``position`` is the place in its text, counted from 1."""

    def __init__(self, sentence: Any, position: int = 1, **params: Any) -> None:
        super().__init__(sentence, position=position, **params)
        self.position = position


@dataclass(frozen=True)
class Reach:
    """How far numbers can go: all are multiples of 2**low and none is beyond 2**high, so no engine can overflow."""

    high: int
    low: int


@dataclass(frozen=True)
class Literal:
    """A value written in the formula. ``kind`` is None only for ``missing`` before its place gives it a kind."""

    value: Value
    kind: Kind | None
    position: int
    reach: Reach = Reach(0, 0)
    depth: int = 1


@dataclass(frozen=True)
class Name:
    """A value taken from the data."""

    name: str
    kind: Kind
    position: int
    reach: Reach = Reach(50, -92)  # of every number between SMALLEST and LARGEST
    depth: int = 16


@dataclass(frozen=True)
class Call:
    """An operation on other nodes; ``depth`` is the room it needs on the stack of a database's own parser."""

    operation: str
    arguments: tuple["Node", ...]
    kind: Kind
    position: int
    reach: Reach
    depth: int


Node = Literal | Name | Call


@dataclass(frozen=True)
class Formula:
    """A checked formula: its text, its tree, the kind of its result and the names it reads, in alphabetical order."""

    text: str
    root: Node
    kind: Kind
    names_used: tuple[str, ...]


def usable(number: float) -> bool:
    """Whether a number from outside may be computed with; any other counts as missing."""
    return number == 0 or SMALLEST <= abs(number) <= LARGEST

"""Values of conditions as people type them, and as a filter stores them."""

from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from django import forms
from django.utils.formats import localize_input
from django.utils.translation import gettext as _

from coremis.kernel.base.money import figures, parse_amount
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.screens.facts import AGE, AMOUNT, CHOICE, DATE, NUMBER, PLACE, Fact
from coremis.kernel.screens.places import read_area
from coremis.modules.filters.tree import WITHOUT_VALUE, operators_of


class Typed(Protocol):
    """What was typed for one condition."""

    is_: str
    values: list[str]
    second: str
    text: str


def read_value(fact: Fact, typed: Typed, user: Any, permission: str) -> Any:
    """The value to be stored, None for conditions without one; a Refusal says what is missing."""
    if typed.is_ not in operators_of(fact):
        raise Refusal(_("“%(fact)s”: choose how to compare."), fact=fact.title)
    if typed.is_ in WITHOUT_VALUE:
        return None
    if fact.kind == PLACE:
        return _places(fact, typed, user, permission)
    if fact.kind == CHOICE:
        if not typed.values:
            raise Refusal(_("“%(fact)s”: nothing is chosen. Choose at least one."), fact=fact.title)
        return typed.values
    first = typed.values[0] if typed.values else ""
    if typed.is_ == "between":
        low, high = (_one(fact, typed.is_, text) for text in (first, typed.second))
        return [low, high]
    return _one(fact, typed.is_, first)


def _places(fact: Fact, typed: Typed, user: Any, permission: str) -> list[int]:
    asked = [(value, "") for value in typed.values] + ([("", typed.text)] if typed.text and not typed.values else [])
    found = [area for value, text in asked if (area := read_area(value, text, user, permission)) is not None]
    if not found:
        raise Refusal(_("“%(fact)s”: nothing is chosen. Choose at least one."), fact=fact.title)
    return sorted({area.pk for area in found})


def _one(fact: Fact, is_: str, text: str) -> Any:
    if not text.strip():
        raise Refusal(_("“%(fact)s”: a value is missing. Fill it in."), fact=fact.title)
    if fact.kind == AMOUNT:
        return parse_amount(text, str(fact.unit))
    if fact.kind in (NUMBER, AGE) or is_ in ("last", "next"):
        return _number(fact, text, whole=fact.kind != NUMBER)
    return _day(fact, text) if fact.kind == DATE else text.strip()


def _number(fact: Fact, text: str, whole: bool) -> int | float:
    field = forms.IntegerField() if whole else forms.DecimalField(max_digits=18, decimal_places=6, localize=True)
    try:
        found: Any = field.clean(text.strip())
    except forms.ValidationError:
        raise Refusal(_("“%(fact)s”: “%(text)s” is not a number."), fact=fact.title, text=text.strip()[:40]) from None
    return int(found) if found == int(found) else float(found)


def _day(fact: Fact, text: str) -> str:
    try:
        found: date = forms.DateField().clean(text.strip())
    except forms.ValidationError:
        raise Refusal(_("“%(fact)s”: “%(text)s” is not a date."), fact=fact.title, text=text.strip()[:40]) from None
    return found.isoformat()


def typed_value(fact: Fact, node: dict[str, Any]) -> tuple[list[str], str]:
    """A stored value as it stands in the form: the values, and the second of two."""
    value = node.get("value")
    if value is None:
        return [], ""
    if node["is"] == "between":
        return [_typed(fact, value[0])], _typed(fact, value[1])
    return ([str(one) for one in value], "") if isinstance(value, list) else ([_typed(fact, value)], "")


def _typed(fact: Fact, value: Any) -> str:
    if fact.kind == AMOUNT:
        return figures(value, str(fact.unit), "", ".")
    return str(localize_input(Decimal(str(value)))) if isinstance(value, float) else str(value)

"""Compares a stored number with a number of the formula, without touching the stored one, so that its index is used.

Both are rounded to six decimals before they are compared. Rounding keeps the order, so for each number of the formula there
is a smallest double that is still "the same"; the stored number is compared with that. The answers are exactly equal.
"""

import math
from typing import Any

from django.db.models import FloatField, Value

from coremis.kernel.base.formula import Kind
from coremis.kernel.base.formula.evaluate import scaled
from coremis.kernel.expressions.written import Written

MIRRORED = {
    "equal": "equal",
    "unequal": "unequal",
    "less": "more",
    "less_or_equal": "more_or_equal",
    "more": "less",
    "more_or_equal": "less_or_equal",
}


def smallest_from(millionths: float) -> float:
    """The smallest double that rounds to at least this many millionths."""
    number = (millionths - 0.5) / 1e6
    while scaled(number) >= millionths:
        number = math.nextafter(number, -math.inf)
    while scaled(number) < millionths:
        number = math.nextafter(number, math.inf)
    return number


def smallest_above(millionths: float) -> float:
    """The smallest double that rounds to more than this many millionths."""
    return smallest_from(max(millionths + 1, math.nextafter(millionths, math.inf)))


def bound(number: float) -> Written:
    """A limit as a double parameter."""
    return Written("{0}", Value(number, FloatField()), kind=Kind.NUMBER, postgresql="({0})::double precision")


def stored_between(stored: Written, least: Any, most: Any) -> Written:
    """Whether the stored number lies between two numbers, both included."""
    last = math.nextafter(smallest_above(scaled(most)), -math.inf)
    template = "({0} BETWEEN {1} AND {2})"
    return Written(template, stored, bound(smallest_from(scaled(least))), bound(last), kind=Kind.BOOLEAN)


def compare_stored(operation: str, stored: Written, value: Any) -> Written:
    """The stored number compared with a number of the formula."""
    if operation == "equal":
        return stored_between(stored, value, value)
    if operation == "unequal":
        return Written("(NOT {0})", stored_between(stored, value, value), kind=Kind.BOOLEAN)
    from_value = operation in ("less", "more_or_equal")
    limit = smallest_from(scaled(value)) if from_value else smallest_above(scaled(value))
    template = "({0} < {1})" if operation.startswith("less") else "({0} >= {1})"
    return Written(template, stored, bound(limit), kind=Kind.BOOLEAN)

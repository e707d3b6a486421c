"""The slow, plain evaluator: one formula, one set of values. It is the oracle that the compiled queries must agree with.

Every function here is total: whatever cannot be computed is missing (None). Missing values make results missing, with the
three-valued logic of SQL for and, or, not. Numbers are doubles and are rounded to six decimals before each comparison,
floor, ceil and round, so that the order of additions does not change a decision.
"""

import math
import operator
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from typing import Any

from coremis.kernel.base.formula.syntax import Formula, Kind, Literal, Name, Node, Value, usable

MILLION = 1_000_000.0
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LARGEST_EXPONENT = 100


def evaluate(formula: Formula, values: Mapping[str, Any]) -> Value:
    """The result for these values, None when it is missing. A value that is absent or of the wrong kind is missing."""
    return compute(formula.root, values)


def compute(node: Node, values: Mapping[str, Any]) -> Value:
    """The result of one node."""
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Name):
        return clean(values.get(node.name), node.kind)
    arguments = [compute(each, values) for each in node.arguments]
    if node.operation in STRICT:
        result: Value = None if None in arguments else STRICT[node.operation](*arguments)
    else:
        result = TOLERANT[node.operation](*arguments)
    return result


def clean(value: Any, kind: Kind) -> Value:
    """A raw value as the language sees it, None if it is not of this kind: zero stays zero (pitfall M19)."""
    if kind is Kind.NUMBER:
        return clean_number(value)
    if kind is Kind.BOOLEAN:
        return value if isinstance(value, bool) else None
    if kind is Kind.DATE:
        return clean_date(value)
    return value if isinstance(value, str) else None


def clean_number(value: Any) -> float | None:
    """A double, None for anything that is not a usable number."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        number = float(value)
    except (OverflowError, ValueError):
        return None
    return number if usable(number) else None


def clean_date(value: Any) -> date | None:
    """A date, also from its text 2026-01-31; None for a moment in time or an impossible date."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not ISO_DATE.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def scaled(value: float) -> float:
    """A number in millionths, rounded to a whole one; a half goes up."""
    return float(math.floor(value * MILLION + 0.5))


def comparable(value: Any) -> Any:
    """What is really compared: numbers rounded to six decimals, anything else as it is."""
    return scaled(value) if isinstance(value, float) else value


def comparing(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """A comparison of two values that are there."""
    return lambda left, right: compare(comparable(left), comparable(right))


def rounded(value: float, decimals: float) -> float:
    """Rounded to so many decimals, halves up, after six decimals were rounded: 1.005 gives 1.01."""
    scale = float(10 ** int(decimals))
    return math.floor(scaled(value * scale) / MILLION + 0.5) / scale


def whole_years(first: date, second: date) -> float:
    """Whole years from the first date to the second, negative if the second is earlier."""
    return float(math.trunc((as_digits(second) - as_digits(first)) / 10_000))


def as_digits(day: date) -> int:
    """2026-01-31 as 20260131."""
    return day.year * 10_000 + day.month * 100 + day.day


def conjunction(*values: Value) -> bool | None:
    """False wins, then missing."""
    return False if False in values else None if None in values else True


def disjunction(*values: Value) -> bool | None:
    """True wins, then missing."""
    return True if True in values else None if None in values else False


def within(value: Any, lowest: Any, highest: Any) -> bool | None:
    """Whether a value lies between two others, both included; false as soon as one side is wrong."""
    least = None if value is None or lowest is None else comparable(value) >= comparable(lowest)
    most = None if value is None or highest is None else comparable(value) <= comparable(highest)
    return conjunction(least, most)


def one_of(value: Any, *others: Any) -> bool | None:
    """Whether a value is among others; missing if it is not, but one of them is missing."""
    if value is None:
        return None
    return disjunction(*(None if other is None else comparable(value) == comparable(other) for other in others))


def chosen(condition: bool | None, yes: Value, no: Value) -> Value:
    """One of two values; missing if the condition is missing, so that no household falls silently into the other case."""
    return None if condition is None else yes if condition else no


STRICT: dict[str, Callable[..., Any]] = {
    "add": lambda *numbers: reduce(operator.add, numbers),
    "multiply": lambda *numbers: reduce(operator.mul, numbers),
    "divide": lambda above, below: above / below if below else None,
    "negate": operator.neg,
    "equal": comparing(operator.eq),
    "unequal": comparing(operator.ne),
    "less": comparing(operator.lt),
    "less_or_equal": comparing(operator.le),
    "more": comparing(operator.gt),
    "more_or_equal": comparing(operator.ge),
    "not": operator.not_,
    "min": min,
    "max": max,
    "abs": abs,
    "round": rounded,
    "floor": lambda value: float(math.floor(scaled(value) / MILLION)),
    "ceil": lambda value: float(math.ceil(scaled(value) / MILLION)),
    "sqrt": lambda value: math.sqrt(value) if value >= 0 else None,
    "ln": lambda value: math.log(value) if value > 0 else None,
    "exp": lambda value: math.exp(value) if abs(value) < LARGEST_EXPONENT else None,
    "contains": lambda text, part: part in text,
    "days_between": lambda first, second: float((second - first).days),
    "years_between": whole_years,
}

TOLERANT: dict[str, Callable[..., Any]] = {
    "and": conjunction,
    "or": disjunction,
    "between": within,
    "in": one_of,
    "if": chosen,
    "coalesce": lambda *values: next((value for value in values if value is not None), None),
    "is_missing": lambda value: value is None,
}

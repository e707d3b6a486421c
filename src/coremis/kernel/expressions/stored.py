"""Compares a stored number with numbers of the formula, without touching the stored one, so that its index is used.

Both sides are rounded to six decimals before they are compared. Rounding keeps the order, so all doubles that count as the
same number form a range; the stored number is compared with the ends of that range. The answers are exactly the same.
"""

import math

from coremis.kernel.base.formula import Kind
from coremis.kernel.base.formula.evaluate import scaled
from coremis.kernel.expressions.written import Written, constant

# {1} is the first double that counts as the least number, {2} the last that counts as the most.
TEMPLATES = {
    "equal": "({0} BETWEEN {1} AND {2})",
    "between": "({0} BETWEEN {1} AND {2})",
    "unequal": "({0} NOT BETWEEN {1} AND {2})",
    "less": "({0} < {1})",
    "less_or_equal": "({0} <= {2})",
    "more": "({0} > {2})",
    "more_or_equal": "({0} >= {1})",
}
MIRRORED = {"less": "more", "less_or_equal": "more_or_equal", "more": "less", "more_or_equal": "less_or_equal"}


def first_from(millionths: float) -> float:
    """The smallest double that rounds to at least this many millionths."""
    number = (millionths - 0.5) / 1e6
    while scaled(number) >= millionths:
        number = math.nextafter(number, -math.inf)
    while scaled(number) < millionths:
        number = math.nextafter(number, math.inf)
    return number


def last_at(millionths: float) -> float:
    """The largest double that rounds to at most this many millionths."""
    return math.nextafter(first_from(max(millionths + 1, math.nextafter(millionths, math.inf))), -math.inf)


def compare_stored(operation: str, stored: Written, least: float, most: float) -> Written:
    """The stored number compared with one number (``least`` and ``most`` are the same) or, for ``between``, with two."""
    first, last = constant(first_from(scaled(least)), Kind.NUMBER), constant(last_at(scaled(most)), Kind.NUMBER)
    return Written(TEMPLATES[operation], stored, first, last, kind=Kind.BOOLEAN)

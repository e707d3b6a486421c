"""The whitelist: every operation of the language, what it takes, what it gives, and how far its numbers can go."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from coremis.kernel.base.formula.syntax import Kind, Reach

Reaches = Sequence[Reach]


def widest(reaches: Reaches) -> Reach:
    """The reach that covers all of these."""
    return Reach(max(reach.high for reach in reaches), min(reach.low for reach in reaches))


def of_sum(reaches: Reaches) -> Reach:
    """The reach of a sum."""
    wide = widest(reaches)
    return Reach(wide.high + len(reaches).bit_length(), wide.low)


def of_product(reaches: Reaches) -> Reach:
    """The reach of a product."""
    return Reach(sum(reach.high for reach in reaches), sum(reach.low for reach in reaches))


def of_quotient(reaches: Reaches) -> Reach:
    """The reach of a quotient; doubles carry 53 bits."""
    above, below = reaches
    return Reach(above.high - below.low, above.low - below.high - 53)


def of_root(reaches: Reaches) -> Reach:
    """The reach of a square root."""
    return Reach(abs(reaches[0].high) // 2 + 1, min(reaches[0].low, 0) // 2 - 54)


def of_rounding(reaches: Reaches) -> Reach:
    """The reach of a number rounded to at most six decimals."""
    return Reach(max(reaches[0].high, 0) + 2, -73)


def fixed(high: int, low: int) -> Callable[[Reaches], Reach]:
    """A reach that does not depend on the arguments."""
    return lambda reaches: Reach(high, low)


@dataclass(frozen=True)
class Operation:
    """One operation.

    ``parameters`` has a letter for each argument: N number, B yes or no, T text or choice, D date, S any kind but the same
    as the other S, O the same with an order; a plus sign lets the last one repeat. ``result`` None means: the kind of the S.
    ``depths`` says what SQLite's parser (a stack of 100) holds open while it reads each argument; the last one repeats.
    """

    parameters: str
    result: Kind | None
    depths: tuple[int, ...]
    reach: Callable[[Reaches], Reach] = fixed(1, 0)


NUMBER, BOOLEAN = Kind.NUMBER, Kind.BOOLEAN

OPERATORS = {
    "add": Operation("NN+", NUMBER, (1, 3), of_sum),
    "multiply": Operation("NN+", NUMBER, (1, 3), of_product),
    "divide": Operation("NN", NUMBER, (1, 6), of_quotient),
    "negate": Operation("N", NUMBER, (2,), widest),
    "equal": Operation("SS", BOOLEAN, (4, 6)),
    "unequal": Operation("SS", BOOLEAN, (4, 6)),
    "less": Operation("OO", BOOLEAN, (4, 6)),
    "less_or_equal": Operation("OO", BOOLEAN, (4, 6)),
    "more": Operation("OO", BOOLEAN, (4, 6)),
    "more_or_equal": Operation("OO", BOOLEAN, (4, 6)),
    "between": Operation("OOO", BOOLEAN, (4, 6, 8)),
    "in": Operation("SS+", BOOLEAN, (4, 9)),
    "not": Operation("B", BOOLEAN, (2,)),
    "and": Operation("BB+", BOOLEAN, (1, 3)),
    "or": Operation("BB+", BOOLEAN, (1, 3)),
}

FUNCTIONS = {
    "if": Operation("BSS", None, (1, 6, 5), widest),
    "coalesce": Operation("SS+", None, (3, 5), widest),
    "is_missing": Operation("S", BOOLEAN, (1,)),
    "min": Operation("NN+", NUMBER, (3, 5), widest),
    "max": Operation("NN+", NUMBER, (3, 5), widest),
    "abs": Operation("N", NUMBER, (3,), widest),
    "round": Operation("NN", NUMBER, (7,), of_rounding),
    "floor": Operation("N", NUMBER, (6,), of_rounding),
    "ceil": Operation("N", NUMBER, (10,), of_rounding),
    "sqrt": Operation("N", NUMBER, (9,), of_root),
    "ln": Operation("N", NUMBER, (9,), fixed(10, -106)),
    "exp": Operation("N", NUMBER, (15,), fixed(146, -200)),
    "contains": Operation("TT", BOOLEAN, (4, 6)),
    "days_between": Operation("DD", NUMBER, (6, 4), fixed(22, 0)),
    "years_between": Operation("DD", NUMBER, (12, 10), fixed(14, 0)),
}

OPERATIONS = OPERATORS | FUNCTIONS
CHAINS = frozenset({"add", "multiply", "and", "or"})

"""Which notes and coins pay given amounts, with as few pieces as possible. No database."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import gcd

LARGEST_TABLE = 200_000


def fewest_notes(amount: int, values: Sequence[int]) -> tuple[dict[int, int], int]:
    """The pieces of each value that pay ``amount``, and what no piece can pay. All are smallest units.

    Large amounts are first paid in the largest piece, down to where another mix could need fewer (below its square); the rest
    is looked up in a table of all smaller amounts, so odd sets of coins come out right as well.
    """
    usable = tuple(sorted({value for value in values if value > 0}, reverse=True))
    if not usable or amount <= 0:
        return {}, max(amount, 0)
    unit = gcd(*usable)
    whole, rest = divmod(amount, unit)
    sizes = tuple(value // unit for value in usable)
    bound = min(sizes[0] ** 2, LARGEST_TABLE)
    most = (whole - bound) // sizes[0] + 1 if whole > bound else 0
    pieces = {usable[0]: most} if most else {}
    left = whole - most * sizes[0]
    last = _last_pieces(sizes, 1 << left.bit_length())
    payable = next((amount for amount in range(left, 0, -1) if last[amount]), 0)
    missing = (left - payable) * unit + rest
    while payable:
        size = last[payable]
        pieces[size * unit] = pieces.get(size * unit, 0) + 1
        payable -= size
    return pieces, missing


def notes_needed(amounts: Iterable[tuple[int, int]], values: Sequence[int]) -> tuple[dict[int, int], int]:
    """The pieces for many payments, given as (amount, how often), so that each can be paid exactly; and what cannot be."""
    pieces: dict[int, int] = {}
    rest = 0
    for amount, count in amounts:
        each, missing = fewest_notes(amount, values)
        rest += missing * count
        for value, number in each.items():
            pieces[value] = pieces.get(value, 0) + number * count
    return dict(sorted(pieces.items(), reverse=True)), rest


@lru_cache(maxsize=64)
def _last_pieces(sizes: tuple[int, ...], upto: int) -> list[int]:
    """For each amount the piece that is laid down last, in a way that needs fewest; 0 where nothing pays it exactly."""
    fewest = [0] + [LARGEST_TABLE * 4] * upto
    last = [0] * (upto + 1)
    for amount in range(1, upto + 1):
        for size in sizes:
            if size <= amount and fewest[amount - size] + 1 < fewest[amount]:
                fewest[amount], last[amount] = fewest[amount - size] + 1, size
    return last

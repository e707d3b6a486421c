"""Quotas, waiting lists and draws, by arithmetic alone (rulebook 2.3)."""

import hashlib
from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction

Shares = Mapping[int, float | Fraction]


def weight(poverty_rate: float, households: float) -> float:
    """What an area counts when places are divided: households times their poverty rate (in percent). Never below zero."""
    return max(0.0, poverty_rate) * max(0.0, households)


def largest_remainder(total: int, weights: Shares, minimum: int = 0) -> dict[int, int]:
    """``total`` places divided by ``weights``, by key: whole parts first, then the largest remainders; the sum is exactly ``total``.

    Of equal remainders the larger weight comes first, then the lower key. Every key of a weight above zero has at least
    ``minimum``; where a share lies below, it is lifted and the rest is divided again. Keys of weight zero have none. A larger
    weight never has fewer places. ValueError where there is no weight at all, or where the minimum asks for more than ``total``.
    """
    exact = {key: Fraction(weight) for key, weight in weights.items()}
    taking = {key: share for key, share in exact.items() if share > 0}
    if total < 0 or minimum < 0 or any(share < 0 for share in exact.values()):
        raise ValueError("negative")
    if not taking:
        if total:
            raise ValueError("no weights")
        return dict.fromkeys(exact, 0)
    if minimum * len(taking) > total:
        raise ValueError("minimum")
    lifted: set[int] = set()
    while True:
        free, rest = {key: share for key, share in taking.items() if key not in lifted}, total - minimum * len(lifted)
        divided = _divided(rest, free)
        low = {key for key, places in divided.items() if places < minimum}
        if not low:
            return {key: divided.get(key, minimum if key in lifted else 0) for key in exact}
        lifted |= low


def _divided(total: int, weights: Mapping[int, Fraction]) -> dict[int, int]:
    whole = sum(weights.values(), Fraction(0))
    if not whole:
        return {}
    shares = {key: total * weight / whole for key, weight in weights.items()}
    found = {key: int(share) for key, share in shares.items()}
    order = sorted(shares, key=lambda key: (found[key] - shares[key], -weights[key], key))
    for key in order[: total - sum(found.values())]:
        found[key] += 1
    return found


def by_category(places: int, shares: Sequence[Fraction | int], reserve: Fraction) -> tuple[list[int], int]:
    """The places of one area for each category and in reserve: percentages (Fraction) by largest remainder, numbers (int) as they are.

    What is left goes by rank and takes part in the division, so that the percentages are those of all places. ValueError where the
    percentages pass 100, or where more places are asked for than there are.
    """
    percents = {key: share for key, share in enumerate(shares) if isinstance(share, Fraction)}
    rest = 100 - sum(percents.values(), reserve)
    if rest < 0:
        raise ValueError("percent")
    divided = largest_remainder(places, {**percents, len(shares): reserve, len(shares) + 1: rest})
    found = [divided[key] if key in percents else int(share) for key, share in enumerate(shares)]
    if sum(found) + divided[len(shares)] > places:
        raise ValueError("places")
    return found, divided[len(shares)]


def waiting_places(places: int, multiplier: Decimal | None) -> int | None:
    """How many may wait where ``places`` are selected: up to (multiplier - 1) times as many; None without a limit."""
    return None if multiplier is None else int((places * (multiplier - 1)).to_integral_value(ROUND_FLOOR))


def collection_target(places: int, multiplier: Decimal | None) -> int:
    """How many should be interviewed for so many places: the places times the multiplier, rounded up."""
    return int((places * (multiplier if multiplier is not None else Decimal(1))).to_integral_value(ROUND_CEILING))


def reallocated(places: Mapping[int, int], selected: Mapping[int, int], waiting: Mapping[int, int]) -> dict[int, int]:
    """The places after those that nobody took went to areas where somebody waits; the sum stays as it was.

    They are divided by the number of those who wait, by largest remainder, and no area receives more than wait there; what
    nobody could take stays where it was, in the order of the keys.
    """
    unused = {key: max(0, count - selected.get(key, 0)) for key, count in places.items()}
    takers = {key: count for key, count in waiting.items() if count > 0 and key in places and not unused[key]}
    moving = min(sum(unused.values()), sum(takers.values()))
    if not moving:
        return dict(places)
    given = largest_remainder(moving, {key: Fraction(count) for key, count in takers.items()})
    found, left = dict(places), moving
    for key in sorted(unused):
        taken = min(unused[key], left)
        found[key] -= taken
        left -= taken
    for key, count in given.items():
        found[key] += count
    return found


def draw(seed: int, number: int) -> str:
    """The lot of a household or person: SHA-256 of “seed:number” as 64 hexadecimal signs; the lowest comes first.

    Whoever knows the published seed and the number can compute it again with any tool.
    """
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()

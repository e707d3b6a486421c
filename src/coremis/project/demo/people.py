"""The families of Sanzira: rows of persons with a household key, always the same for the same size.

Size 4.6 on average, half under 18, 24 % of households headed by women, 78 % of recipients women; a document for three adults in five,
a phone in 45 % of households (a tenth of them shared with a neighbour), a birth year only for a third, a single name for one in twelve.
"""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date

from coremis.project.demo.casting import cast_first, cast_second
from coremis.project.demo.country import SETTLED, settled_hills
from coremis.project.demo.families import COLUMNS, SEED, Family, make_family
from coremis.project.demo.planted import BY_SERIAL, FIRST, PLANTED, SECOND
from coremis.project.demo.quotas import quotas

__all__ = ["COLUMNS", "Family", "counts_of", "families", "make_family", "rows"]


def rows(households: int, today: date) -> Iterator[dict[str, str]]:
    """One row for each person, with the answers about the dwelling on each; the same numbers give the same rows."""
    for family in families(households, today):
        for person in family.persons:
            yield {**person, **family.dwelling}


def families(households: int, today: date) -> Iterator[Family]:
    """Every household, the planted ones first, then hill by hill. In two villages households change hands, so that the stories fit."""
    used: set[tuple[str, ...]] = set()
    cast = cast_villages(households, today, used)
    for serial, hill in enumerate(hills_of(households), start=1):
        yield cast[serial] if serial in cast else make_family(serial, hill, today, BY_SERIAL.get(serial), used)


def cast_villages(households: int, today: date, used: set[tuple[str, ...]]) -> dict[int, Family]:
    """All families of the two villages where a rank belongs to a story, by serial."""
    places, found = quotas(counts_of(households)), dict[int, Family]()
    for where, cast in ((FIRST, cast_first), (SECOND, cast_second)):
        hill = hill_at(households, where)
        serials = [serial for serial, place in enumerate(hills_of(households), start=1) if place == hill]
        village = [make_family(serial, hill, today, BY_SERIAL.get(serial), used) for serial in serials]
        cast(village, places[hill])
        found |= {family.serial: family for family in village}
    return found


def counts_of(households: int) -> tuple[tuple[str, int], ...]:
    """How many households live on each hill, as the census counted them."""
    counts = Counter(hills_of(households))
    return tuple((hill, counts[hill]) for hill in settled_hills(households))


def hill_at(households: int, where: tuple[int, int]) -> str:
    """The hill of a planted family: the commune, and the how many-th of its settled hills."""
    return [hill for hill in settled_hills(households) if hill.startswith(SETTLED[where[0]])][where[1]]


def hills_of(households: int) -> Iterator[str]:
    """The hill of each household: about as many on each, and at least the planted ones on theirs."""
    hills = settled_hills(households)
    planted = [hill_at(households, one.hill) for one in PLANTED][:households]
    yield from planted
    weights = [random.Random(f"{SEED} {hill}").randrange(70, 131) for hill in hills]
    taken = Counter(planted)
    for hill, wanted in zip(hills, by_weight(households, weights), strict=True):
        yield from [hill] * max(0, wanted - taken[hill])


def by_weight(total: int, weights: list[int]) -> list[int]:
    """A whole number in parts like the weights: largest remainders, so that the sum is exact."""
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda place: (-(total * weights[place] % whole), place))
    for place in order[: total - sum(parts)]:
        parts[place] += 1
    return parts

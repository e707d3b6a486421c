"""Places of the family safety net: how many there are, and how many each hill has, from the figures of a census."""

from functools import cache

from coremis.modules.targeting.formulas import largest_remainder, weight
from coremis.project.demo.country import SETTLED

# Of a hundred households, by commune: what the census of Sanzira said.
POVERTY = dict(zip(SETTLED, (64.2, 57.8, 70.5), strict=True))
SMALL, MOST_IN_SMALL = 3000, 600


def places_for(households: int) -> int:
    """One place for five households; more in a small demo, so that every village has a list."""
    return households // 5 if households >= SMALL else min(MOST_IN_SMALL, households * 9 // 20)


@cache
def quotas(counts: tuple[tuple[str, int], ...]) -> dict[str, int]:
    """The places of each hill, from the households that live there, as the product divides them."""
    weights = {place: weight(POVERTY[hill[:4]], count) for place, (hill, count) in enumerate(counts)}
    shared = largest_remainder(places_for(sum(count for _hill, count in counts)), weights)
    return {hill: shared[place] for place, (hill, _count) in enumerate(counts)}

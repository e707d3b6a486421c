"""Round steps for a small picture of how scores are spread."""

import math

WANTED = 20


def bins_of(lowest: float, highest: float) -> tuple[float, float, int]:
    """Where the first step begins, how wide each is (1, 2 or 5 with zeros) and how many there are; at most about twenty."""
    span = highest - lowest
    if span <= 0:
        return lowest, 1.0, 1
    raw = span / WANTED
    power = 10.0 ** math.floor(math.log10(raw))
    width = next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= raw)
    start = math.floor(lowest / width) * width
    return start, width, math.floor((highest - start) / width) + 1

"""The arithmetic of charts: whole numbers in, hundredths of a per cent out, so that a page in any width draws them."""

from collections.abc import Sequence


def parts(values: Sequence[int], whole: int) -> list[int]:
    """How much of ``whole`` each value is, in hundredths of a per cent (0 to 10,000); nothing below zero, nothing above all of it."""
    return [max(0, min(10_000, value * 10_000 // whole)) if whole > 0 else 0 for value in values]


def shares(values: Sequence[int]) -> list[int]:
    """The same of their own sum, so that together they are exactly 10,000: what is left over goes to the largest remainders."""
    whole = sum(values)
    if whole <= 0:
        return [0 for _value in values]
    found = [value * 10_000 // whole for value in values]
    order = sorted(range(len(values)), key=lambda place: (-(values[place] * 10_000 % whole), place))
    for place in order[: 10_000 - sum(found)]:
        found[place] += 1
    return found


def percent(hundredths: int) -> str:
    """As an SVG attribute: 6320 becomes “63.2%”."""
    text = f"{hundredths // 100}.{hundredths % 100:02}".rstrip("0").rstrip(".")
    return f"{text}%"


def round_top(largest: int) -> int:
    """The top of a scale that holds the largest value: 1, 2 or 5 times a power of ten."""
    step = 1
    while step * 10 <= largest:
        step *= 10
    return next((factor * step for factor in (1, 2, 5, 10) if factor * step >= largest), step)


def positions(count: int) -> list[int]:
    """Where points stand from left to right, in hundredths of a per cent; a single one in the middle."""
    return [5_000] if count == 1 else [300 + place * 9_400 // (count - 1) for place in range(count)]


def labelled(count: int, most: int) -> set[int]:
    """Which of the points get a label, so that at most ``most`` stand beside each other; the first and the last always."""
    if count <= most:
        return set(range(count))
    step = -(-(count - 1) // (most - 1))
    return {*range(0, count - 1 - step // 2, step), count - 1}

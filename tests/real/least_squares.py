"""Weights by ordinary least squares with a little ridge, in plain Python: enough for a few hundred households and a dozen facts."""

from collections.abc import Sequence

RIDGE = 1e-6


def fitted(rows: Sequence[Sequence[float]], wanted: Sequence[float]) -> list[float]:
    """The weights that come closest to ``wanted``; a constant is the caller's own column of ones."""
    width = len(rows[0])
    square = [[sum(row[left] * row[right] for row in rows) for right in range(width)] for left in range(width)]
    for place in range(width):
        square[place][place] += RIDGE * len(rows)
    side = [sum(row[place] * value for row, value in zip(rows, wanted, strict=True)) for place in range(width)]
    return solved(square, side)


def solved(square: list[list[float]], side: list[float]) -> list[float]:
    """Gauss with the largest element as pivot."""
    size = len(side)
    both = [[*row, value] for row, value in zip(square, side, strict=True)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda row: abs(both[row][column]))
        both[column], both[pivot] = both[pivot], both[column]
        for row in range(column + 1, size):
            share = both[row][column] / both[column][column]
            both[row] = [value - share * above for value, above in zip(both[row], both[column], strict=True)]
    found = [0.0] * size
    for row in reversed(range(size)):
        known = sum(both[row][place] * found[place] for place in range(row + 1, size))
        found[row] = (both[row][size] - known) / both[row][row]
    return found

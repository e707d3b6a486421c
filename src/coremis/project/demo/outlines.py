"""Invented outlines of every place: a fine net of cells shared out among provinces, communes, zones and hills, so that all fit together."""

import json
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence

from coremis.project.demo.country import units

Cell = tuple[int, int]
Point = tuple[int, int]
ACROSS = 172  # cells; about seven for each hill
DEGREES = 2.4 / ACROSS  # of one cell; the country lies in the open sea off Null Island
LEAST_ROOM = 12  # cells
WAVES = ((0.16, 2.1, 0.4), (0.09, 3.7, 1.9), (0.05, 6.3, 4.1))  # how far borders bend, how often, where they begin


def geojson() -> bytes:
    """Every unit below the country as a feature with its code."""
    regions = shared_out()
    names = {unit["code"]: unit["name"] for unit in units()}
    found = [
        {"type": "Feature", "properties": {"code": code, "name": names[code]}, "geometry": geometry(cells)}
        for code, cells in sorted(regions.items(), key=lambda item: (len(item[0]), item[0]))
    ]
    return json.dumps({"type": "FeatureCollection", "features": found}, separators=(",", ":")).encode()


def shared_out() -> dict[str, list[Cell]]:
    """The cells of every unit, by code: each divided among the units inside it, as many cells for each hill."""
    inside: dict[str, list[str]] = defaultdict(list)
    hills: dict[str, int] = defaultdict(int)
    for unit in units():
        inside[unit["parent"]].append(unit["code"])
        if len(unit["code"]) == 8:
            for length in (2, 4, 6, 8):
                hills[unit["code"][:length]] += 1
    found: dict[str, list[Cell]] = {}

    def share(above: str, cells: list[Cell]) -> None:
        below = [(code, hills[code]) for code in inside[above]]
        for code, part in divided(cells, below) if below else ():
            found[code] = part
            share(code, part)

    share("", country())
    return found


def country() -> list[Cell]:
    """The cells inside a coast that bends."""
    half = ACROSS / 2
    found = []
    for x in range(ACROSS):
        for y in range(ACROSS):
            right, up = (x + 0.5 - half) / half, (y + 0.5 - half) / half
            turn = math.atan2(up, right)
            coast = 0.84 + sum(bend * 0.6 * math.sin(often * 1.4 * turn + start) for bend, often, start in WAVES)
            if math.hypot(right, up * 0.92) < coast:
                found.append((x, y))
    return found


def divided(cells: list[Cell], wanted: Sequence[tuple[str, int]]) -> Iterator[tuple[str, list[Cell]]]:
    """Cells in parts like the numbers wanted: halved along the longer side, again and again, by a line that bends."""
    if len(wanted) == 1:
        yield wanted[0][0], cells
        return
    whole, half, first = sum(count for _code, count in wanted), 0, 0
    while half * 2 < whole and first < len(wanted) - 1:
        half += wanted[first][1]
        first += 1
    wide = spread(cells, 0) >= spread(cells, 1)
    room = min(spread(cells, 0), spread(cells, 1))
    ordered = sorted(cells, key=lambda cell: (round(bent(cell, wide, room)), cell[wide]))
    cut = round(len(cells) * half / whole)
    yield from divided(ordered[:cut], wanted[:first])
    yield from divided(ordered[cut:], wanted[first:])


def spread(cells: list[Cell], side: int) -> int:
    """How far cells reach along a side."""
    return max(cell[side] for cell in cells) - min(cell[side] for cell in cells)


def bent(cell: Cell, wide: bool, room: int) -> float:
    """Where a cell lies along a side, with the bend of the line that cuts it; a small place is cut straight."""
    along, across = cell if wide else (cell[1], cell[0])
    if room < LEAST_ROOM:
        return along
    return along + room * sum(0.4 * bend * math.sin(often * across / room * 3 + start) for bend, often, start in WAVES)


def geometry(cells: list[Cell]) -> dict[str, object]:
    """The outline of some cells: outer rings against the clock, holes with it."""
    rings = [(area(ring), ring) for ring in rings_of(set(cells))]
    outer = [(size, [ring]) for size, ring in rings if size > 0]
    for size, hole in rings:
        if size < 0:
            next(polygon for _size, polygon in outer if holds(polygon[0], hole[0])).append(hole)
    return {"type": "MultiPolygon", "coordinates": [[[placed(point) for point in ring] for ring in polygon] for _size, polygon in outer]}


def rings_of(cells: set[Cell]) -> Iterator[list[Point]]:
    """The closed lines around cells, the cells to the left."""
    after: dict[Point, list[Point]] = defaultdict(list)
    for x, y in cells:
        sides = (
            ((x, y - 1), (x, y), (x + 1, y)),
            ((x + 1, y), (x + 1, y), (x + 1, y + 1)),
            ((x, y + 1), (x + 1, y + 1), (x, y + 1)),
            ((x - 1, y), (x, y + 1), (x, y)),
        )
        for other, start, end in sides:
            if other not in cells:
                after[start].append(end)
    while after:
        first = next(iter(after))
        ring, now = [first], after[first][0]
        step(after, first, now)
        while now != first:
            ring.append(now)
            following = turn(ring[-2], now, after[now])
            step(after, now, following)
            now = following
        yield [*ring, first]


def turn(before: Point, now: Point, choices: list[Point]) -> Point:
    """Where two cells touch in one corner, the line keeps to its own: it turns left."""
    if len(choices) == 1:
        return choices[0]
    left = (now[0] - (now[1] - before[1]), now[1] + (now[0] - before[0]))
    return left if left in choices else choices[0]


def step(after: dict[Point, list[Point]], start: Point, end: Point) -> None:
    """Take one side out of those that are still to be walked."""
    after[start].remove(end)
    if not after[start]:
        del after[start]


def area(ring: list[Point]) -> float:
    """Twice the area inside a ring, positive against the clock."""
    return sum(one[0] * two[1] - two[0] * one[1] for one, two in zip(ring, ring[1:], strict=False))


def holds(ring: list[Point], point: Point) -> bool:
    """Whether a point lies inside a ring, by counting sides to its right."""
    x, y = point[0] + 0.25, point[1] + 0.25
    crossed = 0
    for (x1, y1), (x2, y2) in zip(ring, ring[1:], strict=False):
        crossed += (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1)
    return crossed % 2 == 1


def placed(point: Point) -> list[float]:
    """A corner of the net in degrees, moved a little, and always in the same way, so that no border looks drawn with a ruler."""
    x, y = point
    sway = math.sin(x * 12.9898 + y * 78.233) * 0.28, math.sin(x * 39.346 + y * 11.135) * 0.28
    half = ACROSS / 2
    return [round((x + sway[0] - half) * DEGREES, 5), round((y + sway[1] - half) * DEGREES, 5)]

"""Maps without outside help: places as coloured areas of an SVG that the server draws. Pure functions.

Colours get darker with the value, so that the map can be read in grey and on paper; places without a value are hatched. The
SVG holds attributes only, no styles and no scripts, so the page's security policy allows it and a saved file looks the same.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coremis.modules.geography.outlines import Outline, points_in

WIDTH, TALLEST, MARGIN = 720, 620, 6
FILLS = {
    1: ("#5d9dac",), 2: ("#b9d8de", "#2b7685"), 3: ("#cfe4e8", "#71aab7", "#17606f"), 4: ("#d9eaed", "#93c1cb", "#468d9c", "#0b5563"),
    5: ("#e0eef1", "#acd0d7", "#73adb9", "#3a8493", "#0b5563"), 6: ("#e4f0f3", "#bddae0", "#8fbfc9", "#5d9dac", "#2f7a8a", "#094854"),
    7: ("#e7f2f4", "#c7e0e5", "#a1cad3", "#76afbb", "#4b91a0", "#277182", "#073c47"),
}  # fmt: skip
QUANTILE, EQUAL = "quantile", "equal"
MANY_POINTS = 14_000
DOT = 3


@dataclass(frozen=True)
class Shape:
    """A place to draw: its outline in degrees, its name, and where a click leads ("" for nowhere)."""

    area_id: int
    name: str
    outline: Outline
    href: str = ""


@dataclass(frozen=True)
class Drawn:
    """One place of a map, ready to print: ``d`` is the path, ``fill`` its colour or hatch, ``words`` what it says."""

    area_id: int
    name: str
    d: str
    fill: str
    words: str
    href: str


@dataclass(frozen=True)
class Step:
    """One line of the legend: its colour, from which value to which, and how many places it has."""

    fill: str
    low: float
    high: float
    words: str
    count: int


@dataclass(frozen=True)
class Choropleth:
    """A map, ready to print. ``legend`` holds ``Step``s and ``without`` is the number of places that have no value."""

    key: str
    title: str
    width: int
    height: int
    areas: list[Drawn] = field(default_factory=list)
    legend: list[Step] = field(default_factory=list)
    without: int = 0
    no_data: str = ""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.areas


def choropleth(
    shapes: Iterable[Shape],
    values: Mapping[int, float],
    *,
    title: str,
    words: Mapping[int, str] | None = None,
    said: Any = None,
    no_data: str = "",
    classes: int = 5,
    method: str = QUANTILE,
    key: str = "map",
) -> Choropleth:
    """Draw places coloured by value: ``values`` by area id; a place without one is hatched.

    ``said(value)`` puts a value into words for the legend, ``words`` says more of a place (by default its value, or ``no_data``).
    ``classes`` is 1 to 7; ``method`` is "quantile" (as many places in each class) or "equal" (steps of the same size). ``key``
    keeps two maps on one page apart.
    """
    found = list(shapes)
    tell = said or plain
    steps = class_limits([values[shape.area_id] for shape in found if shape.area_id in values], classes, method)
    fills = FILLS[max(len(steps), 1)]
    frame = Frame.around([shape.outline for shape in found])
    counts = [0] * len(steps)
    areas = []
    for shape in sorted(found, key=lambda one: -_extent(one.outline)):
        value = values.get(shape.area_id)
        place = class_of(value, steps) if value is not None else None
        if place is not None:
            counts[place] += 1
        fill = fills[place] if place is not None else f"url(#{key}-none)"
        told = (words or {}).get(shape.area_id) or (tell(value) if value is not None else no_data)
        areas.append(Drawn(shape.area_id, shape.name, frame.path(shape.outline), fill, told, shape.href))
    legend = [
        Step(fill, low, high, tell(low) if low == high else f"{tell(low)} – {tell(high)}", count)
        for fill, (low, high), count in zip(fills, steps, counts, strict=False)
    ]
    return Choropleth(key, title, WIDTH, frame.height, areas, legend, len(found) - sum(counts), no_data)


def plain(value: float) -> str:
    """A value without words around it."""
    return f"{value:g}"


def class_limits(values: Sequence[float], classes: int, method: str) -> list[tuple[float, float]]:
    """The lowest and highest value that occurs in each class, from the lowest class; empty classes are left out.

    Equal values always lie in one class, so that quantiles of few or of many like values give fewer classes.
    """
    ordered = sorted(value for value in values if math.isfinite(value))
    if not ordered:
        return []
    classes, low, high = max(1, min(classes, len(FILLS))), ordered[0], ordered[-1]
    parts: dict[int, list[float]] = {}
    part = 0
    for number, value in enumerate(ordered):
        if number == 0 or value != ordered[number - 1]:
            share = (value - low) / (high - low) if method == EQUAL and high > low else number / len(ordered)
            part = min(int(share * classes), classes - 1)
        parts.setdefault(part, []).append(value)
    return [(within[0], within[-1]) for _part, within in sorted(parts.items())]


def class_of(value: float, steps: Sequence[tuple[float, float]]) -> int | None:
    """The class of a value; None for what is no number."""
    return next((number for number, (low, high) in enumerate(steps) if low <= value <= high), None)


def _extent(outline: Outline) -> float:
    """For the order of drawing: enclaves lie on top of what surrounds them."""
    xs, ys = zip(*(point for polygon in outline for point in polygon[0]), strict=True)
    return float((max(xs) - min(xs)) * (max(ys) - min(ys)))


@dataclass(frozen=True)
class Frame:
    """How degrees become whole steps of the drawing: a plain projection that keeps shapes in the middle of the map."""

    west: float
    north: float
    scale: float
    squeeze: float
    left: float
    height: int
    step: int

    @classmethod
    def around(cls, outlines: Sequence[Outline]) -> "Frame":
        """A frame in which all of them fit; with many points, coarser steps, so that the page stays small."""
        points = [point for outline in outlines for polygon in outline for point in polygon[0]]
        if not points:
            return cls(0, 0, 1, 1, 0, 1, 1)
        xs, ys = zip(*points, strict=True)
        squeeze = max(math.cos(math.radians((min(ys) + max(ys)) / 2)), 0.05)
        wide, tall = max((max(xs) - min(xs)) * squeeze, 1e-9), max(max(ys) - min(ys), 1e-9)
        scale = min((WIDTH - 2 * MARGIN) / wide, (TALLEST - 2 * MARGIN) / tall)
        height = math.ceil(tall * scale) + 2 * MARGIN
        left = (WIDTH - wide * scale) / 2
        many = sum(points_in(outline) for outline in outlines)
        return cls(min(xs), max(ys), scale, squeeze, left, height, 2 if many > MANY_POINTS else 1)

    def place(self, longitude: float, latitude: float) -> tuple[int, int]:
        """The step of the drawing on which a point falls; a border that two places share falls on the same steps."""
        across = self.left + (longitude - self.west) * self.squeeze * self.scale
        down = MARGIN + (self.north - latitude) * self.scale
        return round(across / self.step) * self.step, round(down / self.step) * self.step

    def path(self, outline: Outline) -> str:
        """The path of an outline, in relative whole steps; a place too small to see is a dot."""
        rings = [_thinned([self.place(x, y) for x, y in ring]) for polygon in outline for ring in polygon]
        drawn = "".join(_ring_path(ring) for ring in rings if len(ring) > 2)
        if drawn:
            return drawn
        x, y = self.place(*outline[0][0][0])
        return f"M{x - DOT} {y}a{DOT} {DOT} 0 1 0 {2 * DOT} 0a{DOT} {DOT} 0 1 0-{2 * DOT} 0z"


def _thinned(points: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """An open ring without points that fall together or lie on a straight line."""
    kept: list[tuple[int, int]] = []
    for point in points[:-1]:
        if kept and kept[-1] == point:
            continue
        while len(kept) > 1 and _straight(kept[-2], kept[-1], point):
            kept.pop()
        if not kept or kept[-1] != point:
            kept.append(point)
    if len(kept) > 1 and kept[0] == kept[-1]:
        kept.pop()
    return kept


def _straight(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) == (b[1] - a[1]) * (c[0] - a[0])


def _ring_path(ring: list[tuple[int, int]]) -> str:
    (x, y), parts = ring[0], []
    for across, down in ring[1:]:
        dx, dy = across - x, down - y
        parts.append(f"{dx}{'' if dy < 0 else ' '}{dy}")
        x, y = across, down
    line = parts[0] + "".join(part if part[0] == "-" else f" {part}" for part in parts[1:])
    return f"M{ring[0][0]} {ring[0][1]}l{line}z"

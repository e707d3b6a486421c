"""Outlines of places as files bring them: repaired or refused, and simplified so that neighbours still touch. Pure functions.

A *ring* is a closed list of [longitude, latitude] in degrees; a *polygon* its outer ring and then its holes; an *outline* a list of
polygons, which is the ``coordinates`` of a MultiPolygon in GeoJSON (RFC 7946).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Refusal
from coremis.modules.geography.crossing import Crossing, Loop, Whole, area_of, parts_of

Point = tuple[float, float]
Ring = list[Point]
Polygon = list[Ring]
Outline = list[Polygon]

DIGITS = 5  # of a degree: about a metre
STEPS = 10**DIGITS  # in which they are compared, as whole numbers
NESTED, CLOSED, DOUBLED, TURNED, DROPPED, FLAT, GATHERED = "nested", "closed", "doubled", "turned", "dropped", "flat", "gathered"
CROSSED, ROCKS = "crossed", "rocks"
A_ROCK = 1e-4  # of the whole outline
REPAIRS = {
    NESTED: _("rings nested in the wrong depth"), CLOSED: _("rings that were not closed"), DOUBLED: _("points that stood twice"),
    TURNED: _("rings drawn in the wrong direction"), DROPPED: _("rings without an area, left out"), FLAT: _("heights, left out"),
    GATHERED: _("parts that were not joined"), CROSSED: _("rings that met themselves, taken apart"),
    ROCKS: _("rocks whose border crosses itself, left out"),
}  # fmt: skip


@dataclass
class Cleaned:
    """An outline, and what had to be repaired in it (keys of ``REPAIRS``)."""

    outline: Outline
    repairs: set[str] = field(default_factory=set)
    crossings: list[Crossing] = field(default_factory=list)


def clean(geometry: Any) -> Cleaned:
    """The outline of one feature, repaired; Refusal with a sentence where it cannot be drawn."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind is None:
        raise Refusal(_("It has no geometry."))
    done = Cleaned([])
    if kind == "GeometryCollection":
        parts = geometry.get("geometries")
        polygons = [one for part in (parts if isinstance(parts, list) else []) for one in _polygons_of(part, done)]
        done.repairs.add(GATHERED)
    elif kind in ("Polygon", "MultiPolygon"):
        polygons = _polygons_of(geometry, done)
    else:
        raise Refusal(_("It is a %(kind)s, not an area. Send polygons."), kind=str(kind)[:20])
    for polygon in polygons:
        done.outline += _clean_polygon(polygon, done)
    _check_crossings(done)
    if not done.outline:
        raise Refusal(_("None of its rings encloses an area."))
    return done


def _check_crossings(done: Cleaned) -> None:
    """Rocks off the shore that cross themselves are left out; where the border itself does, only a person can say what it means."""
    whole = sum(2 * abs(signed_area(polygon[0])) for polygon in done.outline) * STEPS**2
    for one in done.crossings:
        if one.size > A_ROCK * whole:
            sentence = _("Its border crosses itself near %(point)s. Correct it there, and send it again.")
            raise Refusal(sentence, point=", ".join(f"{part / STEPS:.4f}" for part in one.point))
        done.repairs.add(ROCKS)


def _clean_polygon(polygon: list[Any], done: Cleaned) -> list[Polygon]:
    """The polygon, or several where its outer ring only touched itself; none where that ring has no area."""
    outer, holes = _clean_ring(polygon[0], False, done) if polygon else ([], [])
    if not outer:
        return []
    for raw in polygon[1:]:
        holes += _clean_ring(raw, True, done)[0]
    parts = [[_directed(ring, False)] for ring in outer]
    parts[0] += [_directed(ring, True) for ring in holes]
    return parts


def _polygons_of(geometry: Any, done: Cleaned) -> list[list[Any]]:
    """The polygons of a geometry, whatever its type says: the depth of its lists decides."""
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return []
    coordinates = geometry.get("coordinates")
    depth = _depth(coordinates)
    if depth not in (2, 3, 4):
        raise Refusal(_("Its coordinates are not lists of points."))
    if depth != (3 if geometry["type"] == "Polygon" else 4):
        done.repairs.add(NESTED)
    found: Any = coordinates if depth == 4 else [coordinates] if depth == 3 else [[coordinates]]
    if not all(isinstance(polygon, list) for polygon in found):
        raise Refusal(_("Its coordinates are not lists of points."))
    return list(found)


def _depth(value: Any) -> int:
    depth = 0
    while isinstance(value, list) and value:
        depth, value = depth + 1, next((one for one in value if one), None)
    return depth


def _clean_ring(raw: Any, hole: bool, done: Cleaned) -> tuple[list[Loop], list[Loop]]:
    """The rings and the holes that a ring stands for, without doubled points; none where it has no area."""
    if not isinstance(raw, list):
        raise Refusal(_("Its coordinates are not lists of points."))
    points = [_point(one, done) for one in raw]
    ring = [point for number, point in enumerate(points) if number == 0 or point != points[number - 1]]
    if len(ring) < len(points):
        done.repairs.add(DOUBLED)
    if ring and ring[0] != ring[-1]:
        done.repairs.add(CLOSED)
        ring.append(ring[0])
    loop = ring[:-1]
    try:
        outer, holes = parts_of(loop) if len(loop) > 2 else ([], [])
    except Crossing as problem:
        done.crossings.append(problem)
        return [], []
    if not outer or not area_of(outer[0]):
        done.repairs.add(DROPPED)
        return [], []
    if outer != [loop]:
        done.repairs.add(CROSSED)
    if (area_of(loop) < 0) != hole:
        done.repairs.add(TURNED)
    return outer, holes


def _is_number(part: Any) -> bool:
    return type(part) is int or type(part) is float and math.isfinite(part)


def _directed(loop: Loop, hole: bool) -> Ring:
    """The closed ring in degrees: an outer one against the clock, a hole with it."""
    ring = [(x / STEPS, y / STEPS) for x, y in (*loop, loop[0])]
    return ring[::-1] if (area_of(loop) < 0) != hole else ring


def _point(one: Any, done: Cleaned) -> Whole:
    if not isinstance(one, list) or len(one) < 2 or not all(map(_is_number, one[:2])):
        raise Refusal(_("A point has no longitude and latitude."))
    if len(one) > 2:
        done.repairs.add(FLAT)
    if not (-180 <= one[0] <= 180 and -90 <= one[1] <= 90):
        raise Refusal(_("The point %(point)s does not lie on the globe. Export the file in degrees."), point=f"{one[0]}, {one[1]}"[:60])
    return round(one[0] * STEPS), round(one[1] * STEPS)


def signed_area(ring: Ring) -> float:
    """The area in square degrees, positive where the ring runs counter-clockwise."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:], strict=False)) / 2


def bbox(outline: Outline) -> list[float]:
    """[west, south, east, north]."""
    points = [point for polygon in outline for point in polygon[0]]
    return [min(x for x, _y in points), min(y for _x, y in points), max(x for x, _y in points), max(y for _x, y in points)]


def centroid(outline: Outline) -> list[float]:
    """[longitude, latitude] of the middle of the largest part."""
    ring = max((polygon[0] for polygon in outline), key=signed_area)
    x0, y0 = ring[0]  # measured from a corner, so that small areas far from the origin keep their digits
    size = across = up = 0.0
    for (x1, y1), (x2, y2) in zip(ring, ring[1:], strict=False):
        piece = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        size, across, up = size + piece, across + piece * (x1 + x2 - 2 * x0), up + piece * (y1 + y2 - 2 * y0)
    return [round(x0 + across / (3 * size), DIGITS), round(y0 + up / (3 * size), DIGITS)] if size else [x0, y0]


def simplify(outlines: list[Outline], tolerance: float, beside: Iterable[Outline] = ()) -> list[Outline]:
    """The same outlines with fewer points, none moved by more than ``tolerance`` degrees.

    Borders are cut where areas meet, and each piece is simplified once: what neighbours share stays shared (the way of TopoJSON).
    ``beside`` are further outlines that may touch these. A border comes out alike whichever of its two areas is simplified first,
    because it depends on nothing but the areas that have a point of it.
    """
    joints = _joints(ring for outline in (*outlines, *beside) for polygon in outline for ring in polygon)
    known: dict[tuple[Point, ...], Ring] = {}
    return [[[_simple_ring(ring, joints, tolerance, known) for ring in polygon] for polygon in outline] for outline in outlines]


def _joints(rings: Iterable[Ring]) -> set[Point]:
    """The points where the way goes on differently in two rings."""
    neighbours: dict[Point, tuple[Point, Point]] = {}
    found: set[Point] = set()
    for ring in rings:
        open_ring = ring[:-1]
        for number, point in enumerate(open_ring):
            before, after = open_ring[number - 1], ring[number + 1]
            pair = (before, after) if before < after else (after, before)
            if neighbours.setdefault(point, pair) != pair:
                found.add(point)
    return found


def _simple_ring(ring: Ring, joints: set[Point], tolerance: float, known: dict[tuple[Point, ...], Ring]) -> Ring:
    open_ring = ring[:-1]
    start = next((number for number, point in enumerate(open_ring) if point in joints), None)
    if start is None:
        start = open_ring.index(min(open_ring))
    turned = [*open_ring[start:], *open_ring[:start], open_ring[start]]
    cuts = [number for number, point in enumerate(turned) if point in joints or number in (0, len(turned) - 1)]
    simple: Ring = [turned[0]]
    for first, last in zip(cuts, cuts[1:], strict=False):
        simple += _simple_piece(turned[first : last + 1], tolerance, known)[1:]
    return simple if len(simple) >= 4 and abs(signed_area(simple)) > 1e-12 else ring


def _simple_piece(piece: Ring, tolerance: float, known: dict[tuple[Point, ...], Ring]) -> Ring:
    """A border between two joints, simplified in one direction whichever ring asks."""
    key, other = tuple(piece), tuple(reversed(piece))
    backwards = other < key
    if backwards:
        key = other
    if key not in known:
        known[key] = _reduced(list(key), tolerance)
    return known[key][::-1] if backwards else known[key]


def _reduced(points: Ring, tolerance: float) -> Ring:
    """Douglas and Peucker's line; a closed one keeps its farthest point, too."""
    keep = {0, len(points) - 1}
    ways = [(0, len(points) - 1)]
    while ways:
        first, last = ways.pop()
        far, at = 0.0, 0
        for number in range(first + 1, last):
            distance = _distance(points[number], points[first], points[last])
            if distance > far:
                far, at = distance, number
        if at and (far > tolerance or points[first] == points[last]):
            keep.add(at)
            ways += [(first, at), (at, last)]
    return [points[number] for number in sorted(keep)]


def _distance(point: Point, start: Point, end: Point) -> float:
    """From a point to a stretch of line, in degrees."""
    (x, y), (x1, y1), (x2, y2) = point, start, end
    dx, dy = x2 - x1, y2 - y1
    along = dx * dx + dy * dy
    part = max(0.0, min(1.0, ((x - x1) * dx + (y - y1) * dy) / along)) if along else 0.0
    return math.hypot(x - x1 - part * dx, y - y1 - part * dy)


def tolerance_for(outlines: Iterable[Outline]) -> float:
    """A two-thousandth of the longer side of what the file covers, at least ten metres: finer than a page can show."""
    boxes = [bbox(outline) for outline in outlines]
    sides = [max(box[2] for box in boxes) - min(box[0] for box in boxes), max(box[3] for box in boxes) - min(box[1] for box in boxes)]
    return max(max(sides) / 2000, 0.0001)


def points_in(outline: Outline) -> int:
    """How many points it has."""
    return sum(len(ring) for polygon in outline for ring in polygon)

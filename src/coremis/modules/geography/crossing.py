"""Rings that cross or touch themselves, taken apart into rings that do not; those whose area nobody could tell are refused.

Exact arithmetic: points are whole hundred-thousandths of a degree. A ring is cut wherever it meets itself. What is left is a main ring
and loops: small ones that run backwards are slips of the pen and are left out; loops that only touch it are parts or holes of their
own; anything else could mean two areas, and a person must say which.
"""

from collections import defaultdict
from collections.abc import Iterator

Whole = tuple[int, int]
Loop = list[Whole]  # open: the first point does not stand again at its end
SMALL = 0.01  # of the ring's area: what may be left out
A_STRIP = 8  # segments


class Crossing(Exception):
    """A ring crosses itself here, and the parts are too large to leave one out: ``size`` is twice the area of all of them."""

    def __init__(self, point: Whole, size: int) -> None:
        super().__init__(point)
        self.point, self.size = point, size


def parts_of(ring: Loop) -> tuple[list[Loop], list[Loop]]:
    """The outer rings and the holes that a ring stands for; itself alone, where it never meets itself. Raises Crossing."""
    loops = simple_loops(ring)
    if len(loops) == 1:
        return loops, []
    loops.sort(key=lambda loop: -abs(area_of(loop)))
    main = loops[0]
    whole, turned, border = abs(area_of(main)), area_of(main) > 0, set(main)
    outer, holes = [main], list[Loop]()
    for loop in loops[1:]:
        same, inside = (area_of(loop) > 0) == turned, lies_inside(loop, main, border)
        if same and not inside:
            outer.append(loop)
        elif not same and inside:
            holes.append(loop)
        elif abs(area_of(loop)) > SMALL * whole:
            raise Crossing(next((point for point in loop if point in border), loop[0]), sum(abs(area_of(one)) for one in loops))
    return outer, holes


def simple_loops(ring: Loop) -> list[Loop]:
    """The ring cut at every point where it meets itself; loops without an area are left out."""
    met = meetings(ring)
    if not met and len(set(ring)) == len(ring):
        return [ring]
    found: list[Loop] = []
    way: Loop = []
    place: dict[Whole, int] = {}
    for point in with_points(ring, met):
        if point in place:
            first = place[point]
            found.append(way[first:])
            for left in way[first + 1 :]:
                del place[left]
            del way[first + 1 :]
        else:
            place[point] = len(way)
            way.append(point)
    found.append(way)
    kept = [loop for loop in found if len(loop) > 2 and area_of(loop)]
    return kept or [ring]


def with_points(ring: Loop, met: dict[int, list[Whole]]) -> Iterator[Whole]:
    """The points of a ring and those where its sides meet others, in their order along each side."""
    for number, (x, y) in enumerate(ring):
        last = (x, y)
        yield last
        for point in sorted(met.get(number, ()), key=lambda one: (one[0] - x) ** 2 + (one[1] - y) ** 2):
            if point != last:
                yield point
                last = point


def meetings(ring: Loop) -> dict[int, list[Whole]]:
    """By the number of a side: the points inside it where it crosses another side, or where a corner lies on it."""
    found: dict[int, list[Whole]] = defaultdict(list)
    for one, other in close_pairs(ring):
        a, b, c, d = ring[one], ring[(one + 1) % len(ring)], ring[other], ring[(other + 1) % len(ring)]
        turns = side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)
        if turns[0] * turns[1] < 0 and turns[2] * turns[3] < 0:
            point = meeting(a, b, c, d)
            found[one].append(point)
            found[other].append(point)
            continue
        for turn, corner, number, (start, end) in (
            (turns[0], c, one, (a, b)), (turns[1], d, one, (a, b)), (turns[2], a, other, (c, d)), (turns[3], b, other, (c, d)),
        ):  # fmt: skip
            if not turn and corner not in (start, end) and within(corner, start, end):
                found[number].append(corner)
    return found


def close_pairs(ring: Loop) -> Iterator[tuple[int, int]]:
    """Pairs of sides whose boxes touch: compared within upright strips, so that long rings cost little more than their length."""
    boxes = [(min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)) for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True)]
    west, east = min(box[0] for box in boxes), max(box[1] for box in boxes)
    wide = max(1, (east - west) * A_STRIP // len(boxes))
    strips: dict[int, list[int]] = defaultdict(list)
    for number, box in enumerate(boxes):
        for strip in range((box[0] - west) // wide, (box[1] - west) // wide + 1):
            strips[strip].append(number)
    for strip, numbers in strips.items():
        numbers.sort(key=lambda number: boxes[number][2])
        for place, one in enumerate(numbers):
            left, right, _low, high = boxes[one]
            for other in numbers[place + 1 :]:
                box = boxes[other]
                if box[2] > high:
                    break
                first = (max(left, box[0]) - west) // wide  # of the strips that both reach, the first tells of the pair
                if box[0] <= right and box[1] >= left and first == strip:
                    yield min(one, other), max(one, other)


def side(a: Whole, b: Whole, point: Whole) -> int:
    """On which side of the line from a to b a point lies: above zero to the left, zero on it."""
    return (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])


def within(point: Whole, start: Whole, end: Whole) -> bool:
    """Whether a point of a line lies between two others."""
    (x, y), (x1, y1), (x2, y2) = point, start, end
    return min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2)


def meeting(a: Whole, b: Whole, c: Whole, d: Whole) -> Whole:
    """Where two sides that cross do so, to the nearest step."""
    part, whole = side(c, d, a), side(c, d, a) - side(c, d, b)
    return a[0] + nearest((b[0] - a[0]) * part, whole), a[1] + nearest((b[1] - a[1]) * part, whole)


def nearest(part: int, whole: int) -> int:
    """A quotient as a whole number."""
    return (2 * part + whole) // (2 * whole) if whole > 0 else (-2 * part - whole) // (-2 * whole)


def area_of(loop: Loop) -> int:
    """Twice its area, above zero where it runs against the clock."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(loop, [*loop[1:], loop[0]], strict=True))


def lies_inside(loop: Loop, ring: Loop, border: set[Whole]) -> bool:
    """Whether a loop that touches a ring lies inside it: asked of a corner that is not on the ring, else of the middle of a side."""
    point = next((one for one in loop if one not in border), None)
    twice = (2 * point[0], 2 * point[1]) if point else (loop[0][0] + loop[1][0], loop[0][1] + loop[1][1])
    x, y = twice[0], twice[1]
    odd = False
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (2 * y1 > y) != (2 * y2 > y):
            turn = (x2 - x1) * (y - 2 * y1) - (y2 - y1) * (x - 2 * x1)
            odd ^= (turn > 0) == (y2 > y1)
    return odd

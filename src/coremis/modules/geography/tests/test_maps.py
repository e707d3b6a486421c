"""Maps: colours that get darker, a legend that is true, borders that meet, and small pages."""

import re

import pytest

from coremis.modules.geography.maps import EQUAL, FILLS, QUANTILE, Shape, choropleth, class_limits


def square(number, x, y, side=1.0):
    ring = [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)]
    return Shape(number, f"Place {number}", [[ring]], f"/{number}/")


def brightness(fill):
    red, green, blue = (int(fill[start : start + 2], 16) for start in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_it_works():
    drawn = choropleth([square(1, 29, -4), square(2, 30, -4), square(3, 31, -4)], {1: 10, 2: 90}, title="Rate", no_data="none", classes=2)
    assert [(area.area_id, area.words) for area in drawn.areas] == [(1, "10"), (2, "90"), (3, "none")]
    assert [area.fill for area in drawn.areas] == [*FILLS[2], "url(#map-none)"]
    assert [(step.words, step.count) for step in drawn.legend] == [("10", 1), ("90", 1)] and drawn.without == 1
    assert all(re.fullmatch(r"M\d+ \d+l-?\d+( |-)\d+(?: ?-?\d+( |-)\d+)*z", area.d) for area in drawn.areas), drawn.areas
    assert not drawn.empty and choropleth([], {}, title="x").empty


@pytest.mark.parametrize("classes", FILLS)
def test_colours_can_be_told_apart_in_grey(classes):
    tones = [brightness(fill) for fill in FILLS[classes]]
    assert len(tones) == classes and all(lighter - darker > 18 for lighter, darker in zip(tones, tones[1:], strict=False))


@pytest.mark.parametrize(
    ("values", "classes", "method", "limits"),
    [
        ([1, 2, 3, 4], 2, QUANTILE, [(1, 2), (3, 4)]),
        ([1, 2, 3, 100], 2, EQUAL, [(1, 3), (100, 100)]),
        ([1, 1, 1, 1, 5], 4, QUANTILE, [(1, 1), (5, 5)]),
        ([7, 7], 5, QUANTILE, [(7, 7)]),
        ([7, 7], 5, EQUAL, [(7, 7)]),
        ([], 5, QUANTILE, []),
        ([float("nan"), 3], 5, EQUAL, [(3, 3)]),
        ([-5, 0, 5], 3, EQUAL, [(-5, -5), (0, 0), (5, 5)]),
        (list(range(100)), 5, QUANTILE, [(0, 19), (20, 39), (40, 59), (60, 79), (80, 99)]),
    ],
)
def test_limits_of_classes(values, classes, method, limits):
    """Every value lies in one class only, like values in the same one, and no class is empty."""
    assert class_limits(values, classes, method) == limits


def test_a_border_that_two_places_share_is_drawn_once():
    """On the same whole steps, so that neither a gap nor an overlap is seen."""
    border = [(30.0 + (0.013 if number % 2 else 0), -4 + number / 17) for number in range(18)]
    west = Shape(1, "West", [[[(29.0, -4.0), *border, (29.0, border[-1][1]), (29.0, -4.0)]]])
    east = Shape(2, "East", [[[(31.0, border[-1][1]), *border[::-1], (31.0, -4.0), (31.0, border[-1][1])]]])
    drawn = choropleth([west, east], {}, title="x")
    first, second = (corners(area.d) for area in drawn.areas)
    assert len(first & second) >= 10


def corners(path):
    numbers = [int(text) for text in re.findall(r"-?\d+", path)]
    x, y = numbers[:2]
    found = {(x, y)}
    for dx, dy in zip(numbers[2::2], numbers[3::2], strict=True):
        x, y = x + dx, y + dy
        found.add((x, y))
    return found


def test_a_place_too_small_to_see_is_a_dot():
    drawn = choropleth([square(1, 0, 0, 10), square(2, 5, 5, 0.0001)], {}, title="x")
    assert [area.area_id for area in drawn.areas] == [1, 2] and "a3 3" in drawn.areas[1].d

"""Figures and outlines written under maintenance, for the tests of this and other modules."""

import random
from datetime import date

from coremis.kernel.actions.services import maintenance
from coremis.modules.geography.models import AreaFigure, AreaShape, FigureKind


def make_kind(code="population", unit="persons", decimals=0):
    with maintenance("test kinds"):
        kind = FigureKind(code=code, names={"en": code.replace("_", " ").capitalize()}, unit=unit, decimals=decimals)
        kind.save()
    return kind


def make_figure(area, kind, value, year=2024, source="census", since=None, until=None):
    with maintenance("test figures"):
        figure = AreaFigure(
            area=area, kind=kind, value=value, year=year, source=source, valid_from=since or date(year, 1, 1), valid_until=until
        )
        figure.save()
    return figure


def make_shape(area, west=29.0, south=-4.0, side=1.0):
    """A square."""
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    with maintenance("test outlines"):
        shape = AreaShape(
            area=area, geometry=[[ring]], bbox=[west, south, east, north], centroid=[west + side / 2, south + side / 2], source="test"
        )
        shape.save()
    return shape


def jagged_areas(side=6):
    """Outlines that fill a square, each with borders of many points that it shares with its neighbours."""
    draw = random.Random(2)
    grid = {
        (x, y): (29 + x / 10 + draw.uniform(-0.02, 0.02), -4 + y / 10 + draw.uniform(-0.02, 0.02))
        for x in range(side + 1)
        for y in range(side + 1)
    }
    areas = []
    for x in range(side):
        for y in range(side):
            corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]
            points = [point for number, one in enumerate(corners) for point in _border(grid, one, corners[(number + 1) % 4])]
            areas.append([[[*points, points[0]]]])
    return areas


def _border(grid, start, end):
    """The points from one corner towards the next, without that; the same in both directions."""
    first, last = sorted((start, end))
    draw = random.Random(f"{first} {last}")
    (x1, y1), (x2, y2) = grid[first], grid[last]
    between = [
        (round(x1 + (x2 - x1) * part / 40 + draw.uniform(-0.001, 0.001), 5), round(y1 + (y2 - y1) * part / 40, 5)) for part in range(1, 40)
    ]
    corner = (round(grid[start][0], 5), round(grid[start][1], 5))
    return [corner, *(between if start == first else between[::-1])]

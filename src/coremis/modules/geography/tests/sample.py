"""Figures and outlines written under maintenance, for the tests of this and other modules."""

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

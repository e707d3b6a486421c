"""Outlines and figures of Sanzira, invented like its names: hills are the fields of a bent grid, what lies above is made of them."""

import csv
import io
import json
import math
from collections.abc import Iterable
from random import Random
from typing import Any

from coremis.kernel.areas.models import Area
from coremis.kernel.areas.queries import country
from coremis.kernel.exchange.models import Batch
from coremis.kernel.exchange.services import read_file
from coremis.kernel.files.storage import keep
from coremis.modules.geography.imports import FIGURES
from coremis.modules.geography.services.figures import add_usual_figures
from coremis.modules.geography.services.files import send_places, take_in_places
from coremis.modules.geography.services.shapes import load_outlines
from coremis.modules.registry.models import Household
from coremis.project.demo.country import HILLS, ZONES, units
from coremis.project.demo.seats import agreed, seat, work_off

WEST, SOUTH, WIDE, TALL = 31.2, -8.4, 0.19, 0.24  # degrees; a field is about 20 by 26 kilometres
COMMUNES = 2  # in each province
ROWS, PIECES = COMMUNES * len(HILLS), 4
YEAR, SOURCE = 2024, "Census 2024"
Point = tuple[float, float]


def fill_places() -> None:
    """Outlines of every unit, and the figures of provinces and communes, as an administrator would load them."""
    it = seat("it")
    content = keep(io.BytesIO(json.dumps(outlines()).encode()))
    load_outlines(sha256=content.sha256, name="sanzira.geojson", source="Sanzira, invented", actor=it)
    add_usual_figures(actor=it)
    root = country()
    assert root is not None
    read = read_file(io.BytesIO(figures().encode()), "sanzira-figures.csv")
    batch = send_places(kind=FIGURES.name, area=root, actor=it, **read)
    work_off()
    agreed(take_in_places, {"batch": Batch.objects.get(pk=batch.pk)}, it, seat("manager"))
    work_off()


def outlines() -> dict[str, Any]:
    """A GeoJSON file with every unit below the country."""
    features = []
    for unit in units():
        geometry = {"type": "Polygon", "coordinates": [_ring(*_block(unit["code"]))]}
        features.append({"type": "Feature", "properties": {"code": unit["code"], "name": unit["name"]}, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}


def _block(code: str) -> tuple[int, int, int, int]:
    """(left, right, top, bottom) in fields: a province has two columns, its communes lie above each other, a zone is a column of hills."""
    left, top, tall = (int(code[:2]) - 1) * len(ZONES), 0, len(HILLS)
    if len(code) == 2:
        return left, left + len(ZONES), 0, ROWS
    top = (int(code[2:4]) - 1) * tall
    if len(code) == 4:
        return left, left + len(ZONES), top, top + tall
    left += int(code[4]) - 1
    if len(code) == 5:
        return left, left + 1, top, top + tall
    top += int(code[5]) - 1
    return left, left + 1, top, top + 1


def _ring(left: int, right: int, top: int, bottom: int) -> list[Point]:
    corners = [
        *((column, top) for column in range(left, right)), *((right, row) for row in range(top, bottom)),
        *((column, bottom) for column in range(right, left, -1)), *((left, row) for row in range(bottom, top, -1)), (left, top),
    ]  # fmt: skip
    points = [point for start, end in zip(corners, corners[1:], strict=False) for point in _edge(start, end)]
    return [*points, points[0]]


def _edge(start: tuple[int, int], end: tuple[int, int]) -> list[Point]:
    """The way from one corner to the next without its end; the same points in either direction."""
    first, last = sorted((start, end))
    chance = Random(f"{first} {last}")
    (x1, y1), (x2, y2) = _corner(*first), _corner(*last)
    way = [(x1, y1)]
    for number in range(1, PIECES):
        part = number / PIECES
        way.append((x1 + (x2 - x1) * part + chance.uniform(-0.02, 0.02), y1 + (y2 - y1) * part + chance.uniform(-0.02, 0.02)))
    way.append((x2, y2))
    return (way if first == start else way[::-1])[:-1]


def _corner(column: int, row: int) -> Point:
    chance = Random(f"{column},{row}")
    bent = 0.35 * math.sin(column / 2.2) + 0.12 * math.sin(row * 1.3)
    across = WEST + WIDE * column + 0.11 * math.sin(row / 1.7) + chance.uniform(-0.03, 0.03)
    return across, SOUTH - TALL * row + bent + chance.uniform(-0.04, 0.04)


def figures() -> str:
    """Population, households and poverty rate of provinces and communes; rather more households than are registered."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["code", "kind", "value", "year", "source"])
    registered: dict[str, int] = {}
    for code in Household.objects.values_list("area__code", flat=True):
        for above in (code[:2], code[:4]):
            registered[above] = registered.get(above, 0) + 1
    communes = list(Area.objects.filter(level__position=2).order_by("code").values_list("code", flat=True))
    counted = {code: _counted(code, registered.get(code, 0)) for code in communes}
    for code in sorted({*(code[:2] for code in communes), *communes}):
        parts = [held for commune, held in counted.items() if commune.startswith(code)]
        writer.writerows([code, kind, value, YEAR, SOURCE] for kind, value in _summed(parts))
    return text.getvalue()


def _counted(code: str, registered: int) -> tuple[int, float]:
    """(households, poverty rate in %) of a commune."""
    chance = Random(f"counted {code}")
    return max(round(registered * chance.uniform(1.05, 1.9)), 40), round(chance.uniform(28, 78), 1)


def _summed(parts: list[tuple[int, float]]) -> Iterable[tuple[str, float]]:
    households = sum(number for number, _rate in parts)
    poor = sum(number * rate for number, rate in parts)
    return ("population", round(households * 4.7)), ("households", households), ("poverty_rate", round(poor / households, 1))

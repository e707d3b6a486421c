"""Outlines as files bring them: repaired where they can be, refused with a sentence where not, simplified without gaps."""

import json

import pytest

from coremis.kernel.base.refusal import Refusal
from coremis.modules.geography import outlines
from coremis.modules.geography.outlines import clean, read_features, signed_area, simplify

SQUARE = [[29.0, -4.0], [30.0, -4.0], [30.0, -3.0], [29.0, -3.0], [29.0, -4.0]]
HOLE = [[29.4, -3.6], [29.4, -3.4], [29.6, -3.4], [29.6, -3.6], [29.4, -3.6]]


def polygon(*rings, kind="Polygon"):
    return {"type": kind, "coordinates": list(rings)}


def file_of(*geometries, **more):
    features = [{"type": "Feature", "properties": {"code": str(number)}, "geometry": one} for number, one in enumerate(geometries)]
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def test_it_works():
    feature = read_features(file_of(polygon(SQUARE, HOLE)))[0]
    cleaned = clean(feature.geometry)
    assert (feature.number, feature.properties) == (1, {"code": "0"}) and not cleaned.repairs
    assert [[len(ring) for ring in one] for one in cleaned.outline] == [[5, 5]]
    assert outlines.bbox(cleaned.outline) == [29, -4, 30, -3] and outlines.centroid(cleaned.outline) == [29.5, -3.5]


@pytest.mark.parametrize(
    ("geometry", "repair", "rings"),
    [
        (polygon([SQUARE]), "nested", [[5]]),
        (polygon(SQUARE, kind="MultiPolygon"), "nested", [[5]]),
        ({"type": "Polygon", "coordinates": SQUARE}, "nested", [[5]]),
        (polygon(SQUARE[:-1]), "closed", [[5]]),
        (polygon([SQUARE[0], *SQUARE]), "doubled", [[5]]),
        (polygon(SQUARE[::-1]), "turned", [[5]]),
        (polygon(SQUARE, HOLE[::-1]), "turned", [[5, 5]]),
        (polygon([[*point, 812.5] for point in SQUARE]), "flat", [[5]]),
        (polygon(SQUARE, [[29.1, -3.1], [29.1, -3.1], [29.1, -3.1]]), "dropped", [[5]]),
        ({"type": "GeometryCollection", "geometries": [polygon(SQUARE), {"type": "Point", "coordinates": [29, -3]}]}, "gathered", [[5]]),
    ],
)
def test_what_can_be_repaired(geometry, repair, rings):
    """The features of the country's mapping office are typed Polygon and nested like a MultiPolygon."""
    cleaned = clean(geometry)
    assert repair in cleaned.repairs and [[len(ring) for ring in one] for one in cleaned.outline] == rings
    for one in cleaned.outline:
        assert one[0][0] == one[0][-1] and signed_area(one[0]) > 0 and all(signed_area(hole) < 0 for hole in one[1:])


@pytest.mark.parametrize(
    ("geometry", "sentence"),
    [
        (None, "no geometry"),
        ({"type": "Point", "coordinates": [29, -3]}, "a Point, not an area"),
        (polygon(), "not lists of points"),
        ({"type": "Polygon", "coordinates": "29,-3"}, "not lists of points"),
        ({"type": "Polygon"}, "not lists of points"),
        (polygon([["29", "-3"], [30, -3], [30, -4]]), "no longitude and latitude"),
        (polygon([[float("nan"), -3], [30, -3], [30, -4]]), "no longitude and latitude"),
        (polygon([[29], [30], [31]]), "no longitude and latitude"),
        (polygon([[700000, 9600000], [700100, 9600000], [700100, 9600100]]), "does not lie on the globe"),
        (polygon([[29, -3], [30, -3], [29, -3]]), "encloses an area"),
    ],
)
def test_what_cannot_be_drawn_is_refused(geometry, sentence):
    with pytest.raises(Refusal, match=sentence):
        clean(geometry)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"code,name\n1,A\n", "no GeoJSON"),
        ('{"type": "FeatureCollection", "features": [é]}'.encode("latin-1"), "no GeoJSON"),
        (b"[" * 5000, "no GeoJSON"),
        (b"{}", "no list of features"),
        (b"[1]", "no list of features"),
        (b'{"type": "FeatureCollection", "features": []}', "no list of features"),
        (file_of(polygon(SQUARE), crs={"properties": {"name": "urn:ogc:def:crs:EPSG::32735"}}), "Export it in degrees"),
    ],
)
def test_files_that_are_no_outlines(content, sentence):
    """pitfall D3"""
    with pytest.raises(Refusal, match=sentence):
        read_features(content)


def test_files_that_are_too_large(monkeypatch):
    monkeypatch.setattr(outlines, "MOST_FEATURES", 1)
    with pytest.raises(Refusal, match="more than 1 outlines"):
        read_features(file_of(polygon(SQUARE), polygon(SQUARE)))
    monkeypatch.setattr(outlines, "LARGEST_FILE", 10)
    with pytest.raises(Refusal, match="larger than"):
        read_features(file_of(polygon(SQUARE)))


def test_neighbours_still_touch_when_simplified():
    """The border between two areas is cut at its ends and simplified once, whichever way each ring goes."""
    border = [(30.0, -4.0 + number / 50 + (0.004 if number % 2 else 0)) for number in range(51)]
    border = [(30.0 + (0.002 if number % 2 else 0), y) for number, (_x, y) in enumerate(border)]
    west = [[[(29.0, -4.0), *border, (29.0, -3.0), (29.0, -4.0)]]]
    east = [[[(31.0, -3.0), *border[::-1], (31.0, -4.0), (31.0, -3.0)]]]
    left, right = simplify([west, east], 0.01)
    assert len(left[0][0]) < 10
    shared = set(left[0][0]) & set(border)
    assert shared == set(right[0][0]) & set(border) and {border[0], border[-1]} <= shared


def test_a_small_island_stays_an_area():
    tiny = [[[(29.0, -4.0), (29.0001, -4.0), (29.0001, -3.9999), (29.0, -3.9999), (29.0, -4.0)]]]
    assert outlines.points_in(simplify([tiny], 0.01)[0]) >= 4

"""Outlines as files bring them: repaired where they can be, refused with a sentence where not, simplified without gaps."""

import io
import json
import random

import pytest

from coremis.kernel.base.refusal import Refusal
from coremis.modules.geography import geojson, outlines
from coremis.modules.geography.crossing import meetings, side, within
from coremis.modules.geography.geojson import feature_at, features_from, features_of
from coremis.modules.geography.outlines import STEPS, clean, signed_area, simplify
from coremis.modules.geography.tests.sample import jagged_areas

SQUARE = [[29.0, -4.0], [30.0, -4.0], [30.0, -3.0], [29.0, -3.0], [29.0, -4.0]]
HOLE = [[29.4, -3.6], [29.4, -3.4], [29.6, -3.4], [29.6, -3.6], [29.4, -3.6]]


def polygon(*rings, kind="Polygon"):
    return {"type": kind, "coordinates": list(rings)}


def file_of(*geometries, **more):
    features = [{"type": "Feature", "properties": {"code": str(number)}, "geometry": one} for number, one in enumerate(geometries)]
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def read(content):
    return list(features_of(io.BytesIO(content)))


def test_it_works():
    feature = read(file_of(polygon(SQUARE, HOLE)))[0]
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
        read(content)


def test_files_that_are_too_large(monkeypatch):
    monkeypatch.setattr(geojson, "MOST_FEATURES", 1)
    with pytest.raises(Refusal, match="more than 1 outlines"):
        read(file_of(polygon(SQUARE), polygon(SQUARE)))
    monkeypatch.setattr(geojson, "LARGEST_FILE", 10)
    with pytest.raises(Refusal, match="larger than"):
        read(file_of(polygon(SQUARE)))


@pytest.mark.parametrize("piece", [1, 7, 64, 1 << 20])
def test_a_file_is_read_in_pieces_of_any_size(monkeypatch, piece):
    """Signs of several bytes and features on the border of two pieces; reading goes on at the byte where it stopped."""
    monkeypatch.setattr(geojson, "PIECE", piece)
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": polygon([[x + number, y] for x, y in SQUARE])}
        for number, name in enumerate(("Élan", 'né ]}[{ \\ " à', "Ŋ→𐍈", "plain"))
    ]
    text = json.dumps({"name": "x", "features": features, "type": "FeatureCollection"}, ensure_ascii=False, indent=1)
    file = io.BytesIO(b"\xef\xbb\xbf" + text.encode())
    found = list(features_of(file))
    assert [one.properties["name"] for one in found] == [one["properties"]["name"] for one in features]
    for place, one in enumerate(found):
        assert feature_at(file, one.number, one.start, one.end) == one
        assert list(features_from(file, one.end, one.number)) == found[place + 1 :]
    assert list(features_from(file, found[0].start, 0)) == found


@pytest.mark.parametrize("end", [b"", b"]", b"], }", b'], "crs": {"properties": {"name": "EPSG::32735"}}}', b'], "type": "Feature"}'])
def test_what_stands_behind_the_features_is_read_too(end):
    """A file that was cut off, or that says at its end what it is."""
    content = b'{"features": [' + json.dumps({"type": "Feature", "properties": {}, "geometry": None}).encode() + end
    with pytest.raises(Refusal):
        read(content)


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


def ring_of(*points):
    return [[29 + x / 100, -4 + y / 100] for x, y in (*points, points[0])]


@pytest.mark.parametrize(
    ("points", "rings", "area"),
    [
        ([(0, 0), (100, 0), (100, 100), (48, 100), (48, 103), (52, 97), (0, 100)], [[7]], 0.9925),  # a small loop backwards, left out
        ([(0, 0), (100, 0), (100, 50), (120, 50), (100, 50), (100, 100), (0, 100)], [[6]], 1.0),  # a spike without any width
        ([(0, 0), (50, 0), (50, 50), (100, 50), (100, 100), (50, 100), (50, 50), (0, 50)], [[5], [5]], 0.5),  # two parts that touch
        ([(0, 0), (100, 0), (100, 100), (50, 100), (70, 70), (30, 70), (50, 100), (0, 100)], [[6, 4]], 0.94),  # a hole that touches
    ],
)
def test_rings_that_meet_themselves_are_taken_apart(points, rings, area):
    """Nothing of any size is lost, and no ring that is kept meets itself."""
    cleaned = clean(polygon(ring_of(*points)))
    assert "crossed" in cleaned.repairs and [[len(ring) for ring in one] for one in cleaned.outline] == rings
    assert sum(signed_area(ring) for one in cleaned.outline for ring in one) == pytest.approx(area, abs=0.001)
    for one in cleaned.outline:
        for ring in one:
            assert not meetings(whole(ring)), ring


@pytest.mark.parametrize(
    "points",
    [
        [(0, 0), (100, 100), (100, 0), (0, 100)],  # two triangles of one size: a bow
        [(0, 0), (100, 100), (120, 0), (0, 100)],
        [(0, 0), (100, 0), (100, 100), (30, 100), (30, 50), (70, 50), (70, 120), (0, 120)],  # a loop that lies on its own area
    ],
)
def test_a_border_that_crosses_itself_is_refused_with_its_place(points):
    """Nobody could tell which of the two areas is meant."""
    with pytest.raises(Refusal, match=r"crosses itself near 29\.\d{4}, -\d\.\d{4}"):
        clean(polygon(ring_of(*points)))


def whole(ring):
    return [(round(x * STEPS), round(y * STEPS)) for x, y in ring[:-1]]


def test_every_meeting_is_found():
    """Beside comparing each pair of sides: the same pairs, on rings of any shape."""
    draw = random.Random(1)
    for turn in range(300):
        size, count = draw.choice([12, 60, 1000]), draw.randrange(4, 24)
        ring = [(draw.randrange(size), draw.randrange(size // draw.choice([1, 4]))) for _point in range(count)]
        ring = [point for number, point in enumerate(ring) if point != ring[number - 1]]
        if len(ring) < 3:
            continue
        assert {number for number, points in meetings(ring).items() if points} == slowly(ring), (turn, ring)


def slowly(ring):
    sides = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    met = set()
    for one, (a, b) in enumerate(sides):
        for other, (c, d) in enumerate(sides):
            if one == other:
                continue
            turns = side(a, b, c) * side(a, b, d), side(c, d, a) * side(c, d, b)
            if turns[0] < 0 and turns[1] < 0:
                met.add(one)
            for corner in (c, d):
                if corner not in (a, b) and side(a, b, corner) == 0 and within(corner, a, b):
                    met.add(one)
    return met


def test_a_border_is_the_same_whichever_area_comes_first():
    """Simplified one by one beside their neighbours, or all at once: not a point differs."""
    areas = jagged_areas()
    together = simplify(areas, 0.003)
    assert sum(map(outlines.points_in, together)) < sum(map(outlines.points_in, areas)) / 3
    alone = [simplify([one], 0.003, areas[:number] + areas[number + 1 :])[0] for number, one in enumerate(areas)]
    assert alone == together


def test_a_rock_that_crosses_itself_is_left_out():
    """The border itself stays as it is, and a rock as large as a village is not left out."""
    land, bow = [[29, -3], [30, -3], [30, -2], [29, -2], [29, -3]], [[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]

    def with_a_rock(wide):
        rock = [[31 + wide * x, -3 + wide * y] for x, y in bow]
        return {"type": "MultiPolygon", "coordinates": [[rock], [land]]}

    left = clean(with_a_rock(0.002))
    assert len(left.outline) == 1 and left.repairs == {"rocks"}
    with pytest.raises(Refusal, match="crosses itself near"):
        clean(with_a_rock(0.1))

"""Every GeoJSON file that lies beside the checkout: read, repaired, matched, simplified; nothing is left out without a sentence."""

import gzip
from types import SimpleNamespace

import pytest

from coremis.kernel.areas.models import Area
from coremis.kernel.areas.services import add_area, define_levels, load_areas
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.testing.cast import everywhere
from coremis.modules.geography.maps import choropleth
from coremis.modules.geography.matching import Matcher
from coremis.modules.geography.geojson import features_of
from coremis.modules.geography.outlines import clean, points_in, simplify, tolerance_for
from coremis.modules.geography.queries import shapes_of
from coremis.modules.geography.services.shapes import keep_shapes
from coremis.kernel.actions.services import maintenance
from tests.real.geo import LEVELS, MISSING, SOURCE, units_of

pytestmark = pytest.mark.skipif(not SOURCE.exists(), reason=MISSING)
FILES = sorted((SOURCE / "simplified").glob("*.geojson")) + sorted((SOURCE / "raw").glob("*.geojson"))
LEFT_OUT = {"CPV_adm2", "ZMB_adm2", "ZMB_adm3", "ZWE_adm3", "COG_adm2", "MOZ_adm2", "MOZ_adm3"}  # a few outlines without a unit in the list


def features_in(path):
    with path.open("rb") as file:
        return list(features_of(file))


def test_it_works():
    """The files as published are nested in the wrong depth: every outline is repaired, and none lost."""
    for path in (SOURCE / "raw").glob("*.geojson"):
        cleaned = [clean(feature.geometry) for feature in features_in(path)]
        assert all({"nested"} <= one.repairs and one.outline for one in cleaned) and len(cleaned) in (18, 119)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_file_is_read_and_stays_small(path):
    """Simplified by at most a two-thousandth of the map, every outline keeps an area; a map of it fits on a slow line."""
    outlines = [clean(feature.geometry).outline for feature in features_in(path)]
    simple = simplify(outlines, tolerance_for(outlines))
    assert len(simple) == len(outlines) and sum(map(points_in, simple)) <= sum(map(points_in, outlines))
    shapes = [
        SimpleNamespace(area_id=number, name=f"Place {number}", outline=one, href=f"?area={number}") for number, one in enumerate(simple)
    ]
    drawn = choropleth(shapes, dict.fromkeys(range(0, len(shapes), 2), 1.0), title="x")
    packed = len(gzip.compress("\n".join(f"{area.d} {area.href} {area.name}" for area in drawn.areas).encode()))
    assert packed < (45_000 if len(outlines) > 500 else 30_000), packed


@pytest.mark.django_db
@pytest.mark.parametrize("country", ["BDI", "COD", "COG", "CPV", "GNB", "MOZ", "MWI", "STP", "ZMB", "ZWE"])
def test_outlines_find_their_places(country):
    """By code; Zambia's by name, because its outlines still have the old codes."""
    define_levels(names=LEVELS, actor=everywhere(define_levels.name))
    root = add_area(name="Country", code=country, actor=everywhere(add_area.name))
    rows = [{"code": row["pcode"], "name": row["name"], "parent": row["parent_pcode"]} for row in units_of(country)]
    load_areas(rows=rows, actor=everywhere(load_areas.name))
    for path in sorted((SOURCE / "simplified").glob(f"{country}_*.geojson")):
        found, told = matched(path)
        assert len(found) + len(told) == len(features_in(path))
        assert len(told) <= (len(found) // 4 if path.stem.removesuffix("_simplified") in LEFT_OUT else 0), (path.name, told[:5])
        with maintenance("test"):
            keep_shapes([area.pk for area in found], list(found.values()), "test")
    assert len(shapes_of(root)) == Area.objects.filter(parent=root, shape__isnull=False).count() > 0


def matched(path):
    """(outline by place, the sentences about those that found none)."""
    features = features_in(path)
    matcher, found, told = Matcher(), {}, []
    matcher.learn(features)
    for feature in features:
        try:
            area = matcher.find(feature)
            if area in found:
                raise Refusal("twice")
            found[area] = clean(feature.geometry).outline
        except Refusal as problem:
            told.append((feature.properties.get("name"), str(problem)))
    return found, told

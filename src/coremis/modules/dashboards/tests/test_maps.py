"""A figure by place as a map, on the page and as a file; and how far registration has come."""

from xml.etree import ElementTree

import pytest

from coremis.kernel.datasets.widget import Chart
from coremis.modules.dashboards.arranging import Placed
from coremis.modules.dashboards.maps import map_of
from coremis.modules.dashboards.reading import Reader
from coremis.modules.dashboards.tests.sample import households, refresh, watcher
from coremis.modules.dashboards.tests.test_pages import SVG, person, with_figures
from coremis.modules.geography.tests.sample import make_figure, make_kind, make_shape

pytestmark = pytest.mark.django_db
MAP = Placed("registry.households", "households", Chart.MAP, by="place")
COVERAGE = Placed("dashboards.coverage", "coverage", by="place")


def test_it_works(country, client):
    households(country, Almond=3, Fig=1)
    make_shape(country["North"], 0)
    make_shape(country["South"], 1)
    refresh()
    user = person(country, "screens.export_list")
    board = with_figures(user, MAP)
    client.force_login(user)
    page = client.get("/dashboards/", {"dashboard": board.pk})
    drawn = page.context["figures"][0].map
    assert {area.name: (area.words, area.href) for area in drawn.areas} == {
        name: (count, f"/people/households/?area={country[name].pk}") for name, count in (("North", "3"), ("South", "1"))
    }
    assert len({area.fill for area in drawn.areas}) == 2 and b"Show as a table" in page.content
    file = client.get("/dashboards/file/", {"dashboard": board.pk, "figure": 0, "format": "svg"})
    assert len(list(ElementTree.fromstring(file.content).iter(f"{SVG}path"))) >= 2


def test_without_outlines_there_is_the_table(country, client):
    households(country, Almond=3)
    refresh()
    user = person(country)
    board = with_figures(user, MAP)
    client.force_login(user)
    (figure,) = client.get("/dashboards/", {"dashboard": board.pk}).context["figures"]
    assert figure.map is None and figure.table and figure.notes


def test_no_outline_of_other_places(country):
    households(country, Almond=3, Fig=1)
    make_shape(country["Northfield"], 0)
    make_shape(country["Southfield"], 1)
    refresh()
    reader = Reader(watcher(country["North"]))
    assert [area.name for area in map_of(reader, reader.read(MAP), "m").areas] == ["Northfield"]


def test_coverage_counts_every_estimate_once(country):
    """A province has an estimate, and so has one of its communes: the commune's counts there, the other commune has none."""
    households(country, Almond=3, Cedar=1, Fig=1)
    kind = make_kind("households", "households")
    for name, value in (("Northfield", 10), ("North", 999), ("South", 4)):
        make_figure(country[name], kind, value)
    refresh()
    reading = Reader(watcher(country["Testland"])).read(COVERAGE)
    assert {line.words: (line.numbers[0].amount, line.numbers[0].of) for line in reading.lines} == {"North": (4, 10), "South": (1, 4)}
    assert Reader(watcher(country["Northlake"])).read(COVERAGE).total[0].of == 0

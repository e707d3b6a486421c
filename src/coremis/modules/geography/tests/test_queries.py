"""Which figure of a place counts on a day."""

from datetime import date

import pytest

from coremis.modules.geography.queries import figures_on, inherited_figures
from coremis.modules.geography.tests.sample import make_figure, make_kind

DAY = date(2026, 1, 1)


@pytest.fixture
def rate(country):
    return make_kind("poverty_rate", "%", 1)


def own(kind, day=DAY, source=""):
    return {row.area_id: row.value for row in figures_on(kind, day, source)}


def inherited(country, day=DAY, source=""):
    found = dict(inherited_figures("poverty_rate", day, source).values_list("pk", "figure"))
    return {name: found[area.pk] for name, area in country.items()}


def test_it_works(country, rate):
    """The newest year that is valid on the day counts."""
    north = country["North"]
    make_figure(north, rate, 60.5, 2008, until=date(2019, 12, 31))
    make_figure(north, rate, 48.25, 2020)
    make_figure(north, rate, 47, 2027)
    assert own("poverty_rate") == {north.pk: 48.25}
    assert own("poverty_rate", date(2015, 1, 1)) == {north.pk: 60.5}
    assert own("poverty_rate", date(2007, 1, 1)) == {} == own("population")


def test_of_two_sources_the_one_entered_last_or_the_one_asked(country, rate):
    north = country["North"]
    make_figure(north, rate, 40, source="survey")
    make_figure(north, rate, 50, source="census")
    assert own("poverty_rate") == {north.pk: 50} and own("poverty_rate", source="survey") == {north.pk: 40}


def test_a_place_without_a_figure_takes_the_nearest_above(country, rate):
    make_figure(country["Testland"], rate, 55)
    make_figure(country["North"], rate, 70)
    make_figure(country["Almond"], rate, 0)
    make_figure(country["Northfield"], rate, 99, 2024, until=date(2025, 1, 1))
    found = inherited(country)
    assert (found["Almond"], found["Beech"], found["North"], found["Fig"], found["Testland"]) == (0, 70, 70, 55, 55)
    assert inherited(country, date(2024, 6, 1))["Beech"] == 99
    assert inherited(country, source="other")["Almond"] is None


def test_other_kinds_do_not_mix(country, rate):
    make_figure(country["North"], make_kind(), 12345)
    assert inherited(country)["Almond"] is None


def test_one_query_each(country, rate, django_assert_num_queries):
    for area in country.values():
        make_figure(area, rate, 10)
    with django_assert_num_queries(2):
        assert len(own("poverty_rate")) == len(inherited_figures("poverty_rate", DAY).values_list("figure")) == 13

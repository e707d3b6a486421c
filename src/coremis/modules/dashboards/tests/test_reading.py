"""What a figure says to whom: own places only, even in sums; filters; money by currency; shares; modules that are off."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coremis.kernel.access.models import Assignment
from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.money import Money
from coremis.kernel.datasets.widget import Chart, Widget
from coremis.kernel.module.contributions import CATALOGUE
from coremis.kernel.testing.cast import again, make_user
from coremis.modules.dashboards.arranging import Placed, ready_for
from coremis.modules.dashboards.reading import Reader
from coremis.modules.dashboards.tests.sample import BY_PLACE, SEES, Added, households, lines, money_dataset, refresh, watcher
from coremis.modules.registry.tests.factories import make_household

pytestmark = pytest.mark.django_db
WOMEN = Placed("registry.households", "female_headed_share", by="place")


def test_it_works(country):
    households(country, Almond=2, Cedar=1, Fig=4)
    refresh()
    reading = Reader(watcher(country["North"])).read(BY_PLACE)
    assert [(line.words, line.numbers[0].text, line.numbers[0].href) for line in reading.lines] == [
        ("Northfield", "2", f"/people/households/?area={country['Northfield'].pk}"),
        ("Northlake", "1", f"/people/households/?area={country['Northlake'].pk}"),
    ]
    assert [number.amount for number in reading.total] == [3] and reading.as_of is not None


def test_nobody_sees_other_places_not_even_in_a_sum(country):
    households(country, Almond=2, Fig=4)
    refresh()
    officer = watcher(country["Northfield"])
    assert Reader(officer).read(Placed("registry.households", "households")).total[0].amount == 2
    assert lines(officer, area=country["South"]) == {}
    assert Reader(officer, country["South"]).read(Placed("registry.households", "households")).total[0].amount == 0
    assert lines(officer, area=country["Almond"]) == {"Almond": [2]}


def test_several_places_stand_for_themselves_and_none_counts_twice(country):
    households(country, Almond=2, Fig=4)
    refresh()
    user = watcher(country["Southlake"])
    with maintenance("test"):
        profile = user.assignments.get().profile
        for name in ("Fig", "Almond"):
            Assignment(user=user, profile=profile, area=country[name], valid_from="2020-01-01").save()
    assert lines(again(user)) == {"Almond": [2], "Southlake": [4]}


def test_what_lies_in_the_place_itself_is_not_lost(country):
    households(country, Almond=2)
    make_household(country["Northfield"])
    refresh()
    reading = Reader(watcher(country["Northfield"])).read(BY_PLACE)
    assert {line.words: (line.numbers[0].amount, bool(line.numbers[0].href)) for line in reading.lines} == {
        "Almond": (2, True), "Northfield itself": (1, False),
    }  # fmt: skip
    assert reading.total[0].amount == 3


def test_without_the_right_there_is_no_figure(country):
    households(country, Almond=2)
    refresh()
    stranger = make_user("stranger", "registry.view_person", area=country["Testland"])
    assert Reader(stranger).read(BY_PLACE) is None
    assert {one.dataset for one in ready_for((), stranger.permissions())} == {"registry.persons", "registry.recipients"}


def test_a_module_that_is_off_leaves_no_trace(country):
    user = watcher(country["Testland"])
    assert Reader(user).read(Placed("transport.buses", "buses")) is None
    with Added(Widget("Buses", "transport.buses", "buses", Chart.FIGURE, seats={"manager": 1})):
        assert "Buses" not in [one.title() for one in ready_for({"manager"}, user.permissions())]
    modules = dict(CATALOGUE._by_module)
    try:
        CATALOGUE.add("registry", [])
        assert Reader(user).read(BY_PLACE) is None
        assert not [one for one in ready_for((), user.permissions()) if one.dataset.startswith("registry.")]
    finally:
        CATALOGUE._by_module.update(modules)


def test_before_the_first_counting_it_says_so(country):
    reading = Reader(watcher(country["Testland"])).read(BY_PLACE)
    assert reading.problem and not reading.lines


def test_money_of_two_currencies_is_exact_and_never_added_up(country):
    for size in (5, 5, 2):
        make_household(country["Almond"], size=size)
    with Added(money_dataset()):
        refresh()
        total = Reader(watcher(country["Testland"])).read(Placed("test.money", "sum")).total
    each = 9_007_199_254_740_993
    assert [(number.currency, number.amount) for number in total] == [("USD", each), ("XOF", 2 * each)]
    assert total[1].text.replace(",", "") == Money(2 * each, "XOF").text().replace(",", "")


def test_a_share_is_of_what_the_reader_sees(country):
    for sex, name in (("female", "Almond"), ("female", "Almond"), ("male", "Almond"), ("male", "Fig")):
        make_household(country[name], head={"sex": sex})
    refresh()
    number = Reader(watcher(country["North"])).read(WOMEN).total[0]
    assert (number.amount, number.of, number.text) == (2, 3, "66.7 %")
    assert number.href == "/people/households/?head_sex=female"


def test_filters_of_the_figure_and_of_the_page(country):
    for sex in ("female", "male"):
        make_household(country["Almond"], head={"sex": sex})
    refresh()
    user = watcher(country["Testland"])
    only = Placed("registry.households", "households", by="place", filters={"head_sex": ["female"]})
    assert lines(user, only) == {"North": [1]}
    assert lines(user, head_sex=["male"]) == {"North": [1]}
    reading = Reader(user, chosen={"programme": ["1"]}).read(BY_PLACE)
    assert reading.wider == ["programme"] and reading.total[0].amount == 2


def test_as_many_queries_whatever_was_counted(country):
    def queries():
        reader = Reader(user)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            for placed in (BY_PLACE, WOMEN, Placed("registry.households", "households", by="head_sex", across="month")):
                reader.read(placed)
        return len(caught)

    households(country, Almond=1)
    refresh()
    user = watcher(country["Testland"])
    user.has_perm(SEES)
    few = queries()
    households(country, Almond=3, Beech=2, Cedar=2, Fig=2, Ebony=1)
    refresh()
    assert queries() == few <= 8


def test_a_place_above_mine_shows_my_part_and_leads_to_it(country):
    """Somebody sees dashboards in the whole country and households in two villages: every number still leads to its list."""
    households(country, Almond=2, Cedar=1, Fig=4)
    refresh()
    one = watcher(country["Almond"])
    reading = Reader(one, country["North"]).read(BY_PLACE)
    found = [(line.words, line.numbers[0].text, line.numbers[0].href) for line in reading.lines]
    own = f"/people/households/?area={country['Almond'].pk}"
    assert found == [("Almond", "2", own)] and reading.total[0].href == own
    with maintenance("a second village"):
        profile = one.assignments.get().profile
        for name in ("Cedar", "Fig"):
            Assignment(user=one, profile=profile, area=country[name], valid_from="2020-01-01").save()
    several = again(one)
    whole, north = (Reader(several, country[name]).read(BY_PLACE) for name in ("Testland", "North"))
    assert [line.words for line in whole.lines] == ["Almond", "Cedar", "Fig"] and whole.total[0].href == "/people/households/?clear=1"
    assert [line.words for line in north.lines] == ["Almond", "Cedar"]
    assert (north.total[0].text, north.total[0].href) == ("3", "")  # one filter cannot say two villages

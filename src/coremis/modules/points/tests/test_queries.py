from datetime import date, timedelta

import pytest
from django.utils import timezone

from coremis.kernel.actions.services import maintenance
from coremis.kernel.testing.cast import everywhere
from coremis.modules.points.following import follow_place
from coremis.modules.points.queries import places_without_point, points_for, points_of_households, points_without_places
from coremis.modules.points.tests.sample import make_point, send_household, serve
from coremis.modules.registry.tests.factories import make_household

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)


def names(country, day=DAY):
    places = {area.pk: name for name, area in country.items()}
    return {places[area]: point.name for area, point in points_for(places, day).items()}


def test_it_works(country):
    """A place collects at its own point, else at that of the nearest place above it."""
    make_point(country["Northfield"], "North", country["North"])
    make_point(country["Almond"], "Almond", country["Almond"])
    found = names(country)
    assert found["Almond"] == "Almond" and found["Beech"] == found["Cedar"] == found["North"] == "North"
    assert "Fig" not in found and "Testland" not in found


def test_dated(country):
    """What served a place on a past day is still known; both end days belong to it."""
    first, second = make_point(country["North"], "First"), make_point(country["North"], "Second")
    serve(first, country["Almond"], date(2025, 1, 1), date(2026, 1, 31))
    serve(second, country["Almond"], date(2026, 2, 1))
    assert names(country, date(2026, 1, 31)) == {"Almond": "First"} and names(country, date(2026, 2, 1)) == {"Almond": "Second"}
    assert names(country, date(2024, 12, 31)) == {}


def test_a_closed_point_serves_nobody(country):
    """Where the nearer point is closed, the next above takes over."""
    make_point(country["North"], "Province", country["North"])
    make_point(country["Almond"], "Gone", country["Almond"], is_active=False, closed_on=DAY)
    assert names(country)["Almond"] == "Province"


def test_a_household_may_collect_elsewhere(country, django_assert_num_queries):
    usual, other = make_point(country["North"], "Usual", country["North"]), make_point(country["South"], "Other")
    stays, goes, was, nowhere = (make_household(country[name], 1) for name in ("Almond", "Almond", "Almond", "Fig"))
    send_household(goes, other)
    send_household(was, other, until=date(2026, 1, 1))
    with django_assert_num_queries(2):
        found = points_of_households([row.pk for row in (stays, goes, was, nowhere)], DAY)
    assert found == {stays.pk: usual, goes.pk: other, was.pk: usual}


def test_places_without_a_point_and_points_without_places(country):
    make_point(country["North"], "North", country["North"])
    idle = make_point(country["South"], "Idle")
    assert {area.name for area in places_without_point(DAY)} == {"Date palm", "Ebony", "Fig"}
    assert list(points_without_places(DAY)) == [idle]


def test_who_stays_behind_after_a_split_still_collects(country):
    """Until it is said where they belong, the people of a split place keep its point; after a merge it is the new place that has it."""
    make_point(country["Almond"], "Market", country["Almond"])
    make_point(country["Fig"], "Harbour", country["Fig"])
    today = timezone.localdate()
    with maintenance("a reform"):
        for name in ("Almond", "Fig"):
            country[name].valid_until = today - timedelta(days=1)
            country[name].save()
        follow_place(country["Almond"], [country["Beech"], country["Cedar"]], today, everywhere())
        follow_place(country["Fig"], [country["Ebony"]], today, everywhere())
    assert names(country, today) == {"Almond": "Market", "Beech": "Market", "Cedar": "Market", "Ebony": "Harbour"}

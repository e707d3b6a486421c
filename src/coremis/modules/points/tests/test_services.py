from datetime import date, timedelta

import pytest
from django.utils import timezone

from coremis.kernel.base.refusal import Invalid, NotPermitted, OutsidePlaces, Refusal
from coremis.kernel.testing.cast import make_user
from coremis.modules.points import previews, services
from coremis.modules.points.models import PaymentPoint, ServedPlace
from coremis.modules.points.module import KEEPS, SEES
from coremis.modules.points.queries import points_for, points_of_households
from coremis.modules.points.tests.sample import make_point, send_household, serve
from coremis.modules.registry.tests.factories import make_household

pytestmark = pytest.mark.django_db
DAY = date(2026, 2, 1)


@pytest.fixture
def officer(country):
    return make_user("officer", *SEES, *KEEPS, area=country["North"])


def test_it_works(country, officer):
    """A point is added, serves places from a day on, and its code is its own."""
    point = services.add_point(area=country["Northfield"], code="NF1", name=" Market ", actor=officer)
    assert services.serve_places(point=point, areas=[country["North"], country["Almond"]], since=DAY, actor=officer) == 2
    assert point.name == "Market" and points_for([country["Cedar"].pk], DAY)[country["Cedar"].pk] == point
    assert not points_for([country["Cedar"].pk], DAY - timedelta(days=1))
    with pytest.raises(Invalid, match="has this code"):
        services.add_point(area=country["Northfield"], code="NF1", name="Other", actor=officer)


def test_a_place_moves_to_another_point_on_a_day(country, officer):
    old, new = make_point(country["North"], "Old", country["Almond"]), make_point(country["North"], "New")
    services.serve_places(point=new, areas=[country["Almond"]], since=DAY, actor=officer)
    almond = country["Almond"].pk
    assert points_for([almond], DAY - timedelta(days=1))[almond] == old and points_for([almond], DAY)[almond] == new
    with pytest.raises(Invalid, match="Choose that day or a later one"):
        services.serve_places(point=old, areas=[country["Almond"]], since=DAY - timedelta(days=9), actor=officer)
    with pytest.raises(Refusal, match="already"):
        services.serve_places(point=new, areas=[country["Almond"]], since=DAY, actor=officer)
    services.serve_places(point=old, areas=[country["Almond"]], since=DAY, actor=officer)
    assert points_for([almond], DAY)[almond] == old


def test_closing_says_who_would_be_without_a_point(country, officer):
    make_point(country["North"], "Province", country["Northfield"])
    point = make_point(country["North"], "Closing", country["Almond"], country["Cedar"])
    make_household(country["Cedar"]), make_household(country["Almond"])
    send_household(make_household(country["Beech"]), point)
    facts = dict(previews.closing({"point": point}, officer).facts)
    assert facts["Places that would have no payment point"] == 1 and facts["Which places"] == "Cedar"
    assert facts["Households that would have no payment point"] == 1
    assert facts["Places that would collect where the place above them does"] == 1
    services.close_point(point=point, reason="flooded", actor=officer)
    assert not PaymentPoint.objects.get(pk=point.pk).is_active
    with pytest.raises(Refusal, match="closed"):
        services.serve_places(point=point, areas=[country["Beech"]], since=DAY, actor=officer)
    services.reopen_point(point=PaymentPoint.objects.get(pk=point.pk), actor=officer)
    assert points_for([country["Cedar"].pk], DAY)


def test_a_household_chooses_and_goes_back(country, officer):
    usual, other = make_point(country["North"], "Usual", country["North"]), make_point(country["North"], "Other")
    household = make_household(country["Almond"])
    choice = services.choose_household_point(household=household, point=other, since=DAY, reason="lives nearer", actor=officer)
    services.end_household_point(choice=choice, until=DAY + timedelta(days=5), actor=officer)
    where = [points_of_households([household.pk], DAY + timedelta(days=days))[household.pk] for days in (-1, 0, 5, 6)]
    assert where == [usual, other, other, usual]


def test_only_in_my_places(country, officer):
    """Pitfall S10: neither a point nor a place from elsewhere."""
    mine, theirs = make_point(country["North"]), make_point(country["South"])
    for inputs in ({"point": theirs, "areas": [country["Almond"]]}, {"point": mine, "areas": [country["Fig"]]}):
        with pytest.raises(OutsidePlaces):
            services.serve_places(since=DAY, actor=officer, **inputs)
    with pytest.raises(NotPermitted):
        services.close_point(point=mine, reason="x", actor=make_user("reader", *SEES, area=country["North"]))


def test_a_manager_may_see_the_point(country, officer):
    point = make_point(country["North"])
    with pytest.raises(Invalid, match="may not see"):
        services.assign_point_manager(point=point, manager=make_user("far", *SEES, area=country["South"]), actor=officer)
    row = services.assign_point_manager(point=point, manager=officer, actor=officer)
    with pytest.raises(Refusal, match="already"):
        services.assign_point_manager(point=point, manager=officer, actor=officer)
    services.end_point_manager(manager=row, actor=officer)
    assert point.managers.get().valid_until == timezone.localdate()


def test_one_point_at_a_time_in_the_database(country):
    point = make_point(country["North"], "A", country["Almond"])
    with pytest.raises(Exception, match="(?i)unique"):
        serve(point, country["Almond"])
    assert ServedPlace.objects.count() == 1

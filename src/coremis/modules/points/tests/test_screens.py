import pytest
from django.urls import reverse

from coremis.kernel.actions.services import maintenance
from coremis.kernel.areas.models import Area, AreaLevel
from coremis.kernel.testing.cast import make_user
from coremis.kernel.testing.check_module import check_module
from coremis.modules.points.models import HouseholdPoint, PaymentPoint, PointManager, Provider, ServedPlace
from coremis.modules.points.tests.sample import SINCE, make_point, send_household
from coremis.modules.registry.models import Household
from coremis.modules.registry.tests.factories import make_household

pytestmark = pytest.mark.django_db


def place_in(area):
    """One more place in another one."""
    serial = Area.objects.count()
    with maintenance("test places"):
        level = AreaLevel.objects.get_or_create(position=area.level.position + 1, defaults={"names": {"en": "Hill"}})[0]
        place = Area(level=level, parent=area, name=f"Hill {serial} of {area.name}", code=f"h{serial}", valid_from=SINCE)
        place.save()
    return place


def samples(area):
    """A point that serves one place, with its manager and a household of its own choice; and a place without a point."""
    place, without = place_in(area), place_in(area)
    point = make_point(area, f"Point of {area.name}", place)
    household = make_household(area, 1)
    choice = send_household(household, point)
    with maintenance("test managers"):
        manager = PointManager(point=point, user=make_user(f"manager{point.pk}"), valid_from=SINCE)
        manager.save()
        provider = Provider.objects.first() or Provider(code="bank", name="Bank of the country", way=Provider.Way.DIGITAL)
        provider.save()
    served = ServedPlace.objects.get(area=place)
    return {
        Provider: provider, PaymentPoint: point, ServedPlace: served, PointManager: manager, HouseholdPoint: choice, Household: household,
        Area: without,
    }  # fmt: skip


def test_it_works(db):
    """Pitfalls S10, P1: every page needs its right, shows nothing from outside the places, and asks as much for many rows as for few."""
    check_module("points", samples)


def test_the_household_says_where_it_collects(country, client):
    make_point(country["North"], "Market", country["North"])
    household = make_household(country["Almond"])
    rights = ("registry.view_household", "points.view_householdpoint", "points.view_paymentpoint", "points.choose_household_point")
    client.force_login(make_user("reader", *rights, area=country["North"]))
    page = client.get(reverse("registry:household", kwargs={"pk": household.pk})).content.decode()
    assert "Collects at" in page and "Market" in page and "Choose the payment point of this household" in page


def test_places_without_a_point_are_listed(country, client):
    make_point(country["North"], "Market", country["North"])
    client.force_login(make_user("reader", "points.view_paymentpoint", area=country["Testland"]))
    page = client.get(reverse("points:places_without_point")).content.decode()
    assert "Fig" in page and "Almond" not in page

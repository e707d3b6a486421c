"""Figures of the home page that take long to count are kept for a minute, for one person with one set of rights."""

import pytest
from django.core.cache import cache

from coremis.kernel.access.models import Assignment
from coremis.kernel.actions.services import maintenance
from coremis.kernel.module.contributions import CATALOGUE
from coremis.kernel.screens import contributions
from coremis.kernel.screens.contributions import HomeCard
from coremis.kernel.testing.cast import make_profile, make_user

pytestmark = pytest.mark.urls("coremis.kernel.screens.tests.sample_urls")


@pytest.fixture
def asked(country):
    """Who asked for the card's figure, in order."""
    cache.clear()
    found = []

    def show(request):
        found.append(request.user.username)
        return {"figure": f"no. {len(found)}"}

    CATALOGUE.add("test", [HomeCard("Card", show, "areas.view_area", kept=True)])
    yield found
    CATALOGUE.add("test", [])
    cache.clear()


@pytest.fixture
def home(client):
    def page_of(user):
        client.force_login(user)
        return client.get("/").content.decode()

    return page_of


def test_it_works(country, asked, home, monkeypatch):
    """What takes long is kept for one person with one set of rights."""
    monkeypatch.setattr(contributions, "TAKES_LONG", -1)
    ada, ben = (make_user(name, "areas.view_area", area=country["North"]) for name in ("ada", "ben"))
    pages = [home(ada), home(ada), home(ben), home(ada)]
    assert asked == ["ada", "ben"] and all("As of" in page for page in pages) and "no. 1" in pages[-1]
    with maintenance("more rights"):
        Assignment.objects.create(user=ada, profile=make_profile("far", "areas.view_area"), area=country["South"], valid_from="2020-01-01")
    assert "no. 3" in home(ada), "a change of rights counts on the next page"
    with maintenance("fewer rights"):
        profile = Assignment.objects.get(user=ben).profile
        profile.permissions = []
        profile.save()
    assert "no. " not in home(ben)


def test_what_is_quickly_counted_is_never_old(country, asked, home):
    user = make_user("ada", "areas.view_area", area=country["North"])
    assert [("As of" in home(user), f"no. {turn}" in home(user)) for turn in (2, 4)] == [(False, True)] * 2

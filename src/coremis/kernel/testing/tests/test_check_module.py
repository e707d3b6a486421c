"""The check that every module calls: it passes good pages and finds each kind of bad one."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.urls import path

from coremis.kernel.access.models import Assignment
from coremis.kernel.actions.services import maintenance
from coremis.kernel.areas.models import Area, FormerArea
from coremis.kernel.screens.columns import Column
from coremis.kernel.screens.details import DetailScreen
from coremis.kernel.screens.filters import ChoiceFilter
from coremis.kernel.screens.lists import ListScreen
from coremis.kernel.screens.screen import Screen
from coremis.kernel.screens.tables import Table
from coremis.kernel.screens.tests.sample_urls import patterns
from coremis.kernel.testing.cast import make_user
from coremis.kernel.testing.check_module import check_pages

pytestmark = [pytest.mark.django_db, pytest.mark.urls("coremis.kernel.testing.tests.sample_urls")]


def samples(area):
    number = FormerArea.objects.count()
    with maintenance("samples"):
        former = FormerArea(
            area=area, name=f"{area.name} as it was {number}", code=f"{area.code}-{number}",
            valid_from=date(2000, 1, 1), valid_until=date(2001, 1, 1),
        )  # fmt: skip
        former.save()
    user = make_user(f"person-{area.code}-{number}", "areas.view_area", area=area)
    return {Area: area, FormerArea: former, Assignment: Assignment.objects.get(user=user)}


class LeakyTable(Table):
    model = FormerArea
    permission = "areas.view_formerarea"
    columns = [Column("name", "Name", sort="name")]

    @classmethod
    def visible(cls, user):
        return FormerArea.objects.all()


class SlowTable(LeakyTable):
    columns = [Column("area", "Area", show=lambda row: row.area.name)]

    @classmethod
    def visible(cls, user):
        return FormerArea.objects.visible_to(user, cls.permission)


class LeakyDropdownTable(SlowTable):
    columns = [Column("name", "Name", sort="name")]
    filters = [ChoiceFilter("area", "Area", choices=lambda user: [(area.pk, area.name) for area in Area.objects.all()])]


class Careless(Screen):
    def check_permission(self, request):
        pass

    def respond(self, request, **kwargs):
        return HttpResponse("<html>open to all")


leaky_list = ListScreen(LeakyTable, title="Leaky")
slow_list = ListScreen(SlowTable, title="Slow")
dropdown_list = ListScreen(LeakyDropdownTable, title="Dropdown")
leaky_detail = DetailScreen(
    Area, permission="areas.view_area", title=lambda area: area.name, fetch=lambda user, key: Area.objects.filter(pk=key).first()
)
careless = Careless(permission="areas.view_area", title="Careless")

BAD = [
    path("leaky/", leaky_list, name="leaky_list"),
    path("slow/", slow_list, name="slow_list"),
    path("dropdown/", dropdown_list, name="dropdown_list"),
    path("leaky/<int:pk>/", leaky_detail, name="leaky_detail"),
    path("careless/", careless, name="careless"),
    path("plain/", lambda request: HttpResponse("x"), name="plain"),
    path("more/<int:pk>/<int:other>/", leaky_detail, name="more"),
]


def test_it_works():
    check_pages(SimpleNamespace(app_name="sample", urlpatterns=patterns), samples)


def test_what_is_wrong_is_found_all_at_once():
    """pitfall S4, S10"""
    with pytest.raises(AssertionError) as found:
        check_pages(SimpleNamespace(app_name="bad", urlpatterns=BAD), samples)
    text = str(found.value)
    for sentence in [
        "bad:leaky_list: lists a row outside the places",
        "bad:leaky_list: the file shows",
        "bad:slow_list: takes",
        "bad:dropdown_list: the page shows “Ebony”",
        "bad:leaky_detail: answers 200 for a row outside the places",
        "bad:careless: answers 200 without areas.view_area",
        "bad:careless: gives no part for HTMX",
        "bad:plain: is no screen",
        "bad:more: needs more in its address",
    ]:
        assert sentence in text, text
    assert "bad:slow_list: lists" not in text


def test_a_missing_sample_is_said():
    with pytest.raises(AssertionError, match="sample:area_detail: samples\\(\\) gives no Area"):
        check_pages(SimpleNamespace(app_name="sample", urlpatterns=patterns), lambda area: {})

"""Every page of this module: rights, places, queries."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from coremis.kernel.access.models import User
from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.refusal import NotPermitted, Refusal
from coremis.kernel.module.contributions import CATALOGUE
from coremis.kernel.testing.cast import make_user
from coremis.kernel.testing.check_module import check_module
from coremis.modules.filters import services
from coremis.modules.filters.models import SavedFilter
from coremis.modules.filters.module import USES
from coremis.modules.filters.queries import checked, matching, usable_filters
from coremis.modules.registry.models import Household
from coremis.modules.registry.tests.factories import make_household, make_variable

SIZE = {"about": "household", "where": {"fact": "registry.household.size", "is": "least", "value": 2}}
SEES = ("registry.view_household", *USES)


@pytest.mark.django_db
def test_it_works():
    def samples(area):
        name = f"maker-{area.code}".lower()
        owner = User.objects.filter(username__iexact=name).first() or make_user(name, *SEES, area=area)
        with maintenance("test"):
            saved = SavedFilter(
                name=f"Kept {SavedFilter.objects.count()}", subject="household", condition=SIZE, owner=owner, shared="PLACES"
            )
            saved.save()
        return {SavedFilter: saved}

    check_module("filters", samples)


@pytest.fixture
def north(country):
    return make_user("north", *SEES, area=country["North"])


@pytest.fixture
def south(country):
    return make_user("south", *SEES, area=country["South"])


@pytest.fixture
def almond(country):
    return make_user("almond", *SEES, area=country["Almond"])


@pytest.mark.django_db
def test_a_filter_is_seen_by_those_it_is_shared_with(north, south, almond):
    for shared in SavedFilter.Shared:
        services.save_filter(name=shared.value, condition=SIZE, shared=shared, actor=north)
    seen = lambda user: {saved.name for saved in usable_filters(user, ["household"])}  # noqa: E731
    assert seen(north) == {"ME", "PLACES", "EVERYBODY"}
    assert seen(almond) == {"PLACES", "EVERYBODY"}
    assert seen(south) == {"EVERYBODY"}
    assert seen(make_user("nobody")) == set()
    client = Client()
    client.force_login(south)
    mine = SavedFilter.objects.get(name="ME")
    for address in (reverse("filters:saved_filter_detail", kwargs={"pk": mine.pk}), reverse("filters:edit_filter") + f"?filter={mine.pk}",
                    reverse("filters:copy_filter", kwargs={"pk": mine.pk})):  # fmt: skip
        assert client.get(address).status_code in (404, 200)
    page = client.get(reverse("registry:households") + f"?filter={mine.pk}")
    assert not page.context["rows"] and page.context["problems"]
    with pytest.raises(NotPermitted):
        services.copy_filter(saved=mine, name="Mine now", actor=south)


@pytest.mark.django_db
def test_only_the_maker_changes_a_filter_and_others_copy_it(north, south):
    saved = services.save_filter(name="Large", condition=SIZE, shared=SavedFilter.Shared.EVERYBODY, actor=north)
    with pytest.raises(NotPermitted):
        services.change_filter(saved=saved, name="Mine", shared=SavedFilter.Shared.ME, actor=south)
    with pytest.raises(NotPermitted):
        services.retire_filter(saved=saved, actor=south)
    copied = services.copy_filter(saved=saved, name="Large", actor=south)
    assert (copied.owner, copied.shared, copied.condition) == (south, "ME", SIZE)
    services.retire_filter(saved=saved, actor=north)
    assert list(usable_filters(south, ["household"])) == [copied]
    services.save_filter(name="Large", condition=SIZE, actor=north)
    with pytest.raises(Refusal):
        services.save_filter(name=" Large ", condition=SIZE, actor=north)
    with pytest.raises(Refusal):
        services.save_filter(name="Empty", condition={}, actor=north)


@pytest.mark.django_db
def test_a_shared_filter_is_evaluated_with_the_readers_rights_and_places(north, south, country):
    """Pitfall S10: the reader's places, not the maker's."""
    make_household(country["Almond"])
    make_household(country["Fig"])
    saved = services.save_filter(name="Large", condition=SIZE, shared=SavedFilter.Shared.EVERYBODY, actor=north)
    client = Client()
    client.force_login(south)
    page = client.get(reverse("registry:households") + f"?filter={saved.pk}")
    assert [row["id"] for row in page.context["rows"]] == [Household.objects.get(area=country["Fig"]).pk]


@pytest.mark.django_db
def test_who_lacks_the_right_to_a_fact_cannot_ask_for_it(north, country):
    home = {"about": "household", "where": {"link": "registry.household:members", "count": 1}}
    with pytest.raises(NotPermitted):
        services.save_filter(name="Members", condition=home, actor=north)
    with pytest.raises(NotPermitted):
        checked(home, user=north)
    everywhere = make_user("all", *SEES, "registry.view_membership", area=country["Testland"])
    assert checked(home, user=everywhere) == home
    make_household(country["Almond"])
    half = make_user("half", *SEES, area=country["Testland"])
    from_south = make_user("from-south", "registry.view_membership", *SEES, area=country["South"])
    assert matching(Household.objects.all(), home, date(2030, 1, 1), from_south).count() == 0
    with pytest.raises(NotPermitted):
        matching(Household.objects.all(), home, date(2030, 1, 1), half)


@pytest.mark.django_db
def test_a_module_that_is_off_leaves_no_fact_and_its_filters_are_refused(country, monkeypatch):
    tree = {"about": "household", "where": {"link": "registry.household:enrolments", "count": 1}}
    assert checked(tree) == tree
    left = {name: items for name, items in CATALOGUE._by_module.items() if name not in ("programmes", "payments")}
    monkeypatch.setattr(CATALOGUE, "_by_module", left)
    with pytest.raises(Refusal, match="no longer kept"):
        checked(tree)
    with pytest.raises(Refusal, match="switched off"):
        checked({"about": "enrolment", "where": {"fact": "programmes.enrolment.status", "is": "known"}})


@pytest.mark.django_db
def test_a_retired_variable_breaks_a_filter_loudly(north, country):
    """Pitfall M18: it never matches everybody."""
    variable = make_variable("rooms", "NUMBER", subject="dwelling", filterable=True)
    make_household(country["Almond"], data={"rooms": 3})
    tree = {"about": "household", "where": {"fact": "registry.household.var_rooms", "is": "least", "value": 2}}
    saved = services.save_filter(name="Rooms", condition=tree, actor=north)
    assert matching(Household.objects.all(), tree, date(2030, 1, 1)).count() == 1
    with maintenance("test"):
        variable.is_active = False
        variable.save()
    with pytest.raises(Refusal):
        matching(Household.objects.all(), tree, date(2030, 1, 1))
    client = Client()
    client.force_login(north)
    page = client.get(reverse("registry:households") + f"?filter={saved.pk}")
    assert not page.context["rows"] and "no longer kept" in page.context["problems"][0]
    assert "no longer kept" in client.get(reverse("filters:saved_filter_detail", kwargs={"pk": saved.pk})).content.decode()
    assert client.get(reverse("filters:edit_filter") + f"?filter={saved.pk}").status_code == 200

"""The editor: a filter is put together step by step, counted, shown as a list, and kept."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from coremis.kernel.testing.cast import make_user
from coremis.modules.filters.models import SavedFilter
from coremis.modules.filters.module import USES
from coremis.modules.registry.tests.factories import make_household, make_variable

SEES = ("registry.view_household", "registry.view_person", "registry.view_membership", "registry.view_recipient", "registry.view_document")
START = {"about": "household", "k.0": "group", "m.0": "all"}
MEMBERS = {"k.0-0": "link:registry.household:members", "h.0-0": "least", "n.0-0": "2", "k.0-0-0": "group", "m.0-0-0": "all"}
YOUNG = {"k.0-0-0-0": "fact:registry.person.age", "o.0-0-0-0": "most", "v.0-0-0-0": "4"}


@pytest.fixture
def officer(country):
    return make_user("officer", *SEES, *USES, area=country["North"])


@pytest.fixture
def client(officer):
    client = Client()
    client.force_login(officer)
    return client


def post(client, do, **fields):
    return client.post(reverse("filters:edit_filter"), {**fields, "do": do})


@pytest.mark.django_db
def test_it_works(client, country):
    young = {"birth_date": date(2026, 1, 1)}
    make_household(country["Almond"], people=[{}, dict(young), dict(young)])
    make_household(country["Almond"], people=[{}, dict(young)])
    make_household(country["Fig"], people=[{}, dict(young), dict(young)])
    page = post(client, "pick:0", **START).content.decode()
    assert "has a member who" in page and "Registered on" in page
    page = post(client, "find", find="registe", picking="0", **START).content.decode()
    assert "Registered on" in page and "has a member who" not in page
    page = post(client, "add:0:link:registry.household:members", **START).content.decode()
    assert "link:registry.household:members" in page
    answer = post(client, "look", **START, **MEMBERS, **YOUNG)
    page = answer.content.decode()
    assert "Households: 1" in page
    assert "Households: has at least 2 members who [Age: 4 years or less]." in page
    answer = post(client, "list", **START, **MEMBERS, **YOUNG)
    assert answer.status_code == 303 and "?filter=d" in answer["Location"]
    shown = client.get(answer["Location"])
    assert len(shown.context["rows"]) == 1


@pytest.mark.django_db
def test_what_is_kept_is_used_on_the_list_and_changed(client, officer, country):
    make_household(country["Almond"], people=[{}, {"birth_date": date(2026, 1, 1)}, {"birth_date": date(2026, 1, 1)}])
    make_household(country["Almond"])
    answer = post(client, "keep", name="Little ones", shared="PLACES", **START, **MEMBERS, **YOUNG)
    saved = SavedFilter.objects.get()
    assert answer["Location"] == reverse("filters:saved_filter_detail", kwargs={"pk": saved.pk})
    assert saved.owner == officer and saved.shared == "PLACES"
    listed = client.get(reverse("registry:households") + f"?filter={saved.pk}")
    assert len(listed.context["rows"]) == 1 and listed.context["chips"][0]["words"] == "Filter: Little ones"
    assert "Little ones" in client.get(reverse("filters:saved_filter_list")).content.decode()
    page = client.get(reverse("filters:edit_filter") + f"?filter={saved.pk}").content.decode()
    assert 'value="fact:registry.person.age"' in page and "Households: 1" in page
    post(client, "change", filter=saved.pk, name="Little one", shared="ME", **START, **{**MEMBERS, "h.0-0": "some"}, **YOUNG)
    saved.refresh_from_db()
    assert saved.name == "Little one" and saved.condition["where"]["all"][0]["count"] == 1


@pytest.mark.django_db
def test_parts_are_moved_and_taken_away(client):
    two = {
        "k.0-0": "fact:registry.household.size",
        "o.0-0": "least",
        "v.0-0": "3",
        "k.0-1": "fact:registry.household.ended_on",
        "o.0-1": "known",
    }
    page = post(client, "down:0-0", **START, **two).content.decode()
    assert page.index("registry.household.ended_on") < page.index("registry.household.size")
    page = post(client, "remove:0-0", **START, **two).content.decode()
    assert "registry.household.size" not in page and "registry.household.ended_on" in page
    page = post(client, "group:0", **START, **two).content.decode()
    assert "k.0-2" in page


@pytest.mark.django_db
def test_what_is_not_complete_says_what_is_missing_and_loses_nothing(client):
    fields = {**START, "k.0-0": "fact:registry.household.size", "o.0-0": "between", "v.0-0": "3", "w.0-0": ""}
    for do in ("look", "list", "keep"):
        page = post(client, do, name="Kept name", **fields).content.decode()
        assert "a value is missing" in page and 'value="3"' in page and 'value="Kept name"' in page
    assert not SavedFilter.objects.exists()
    assert "holds no condition yet" in post(client, "list", **START).content.decode()


@pytest.mark.django_db
def test_every_kind_of_value_is_read_as_typed_and_offered_again(client, country):
    make_variable("rooms", "NUMBER", subject="dwelling", filterable=True)
    make_variable("roof", "CHOICE", subject="dwelling", filterable=True, choices=[{"code": "tin", "names": {"en": "tin"}}])
    kinds = {
        "registry.household.var_rooms": ("between", ["1.5"], "3"), "registry.household.var_roof": ("in", ["tin"], ""),
        "registry.household.area": ("in", [str(country["Almond"].pk)], ""), "registry.household.registered_on": ("last", ["30"], ""),
        "registry.household.name": ("has", ["Ineza"], ""),
    }  # fmt: skip
    fields = dict(START)
    for place, (key, (is_, values, second)) in enumerate(kinds.items()):
        fields |= {f"k.0-{place}": f"fact:{key}", f"o.0-{place}": is_, f"v.0-{place}": values, f"w.0-{place}": second}
    post(client, "keep", name="All kinds", **fields)
    saved = SavedFilter.objects.get()
    assert [part.get("value") for part in saved.condition["where"]["all"]] == [[1.5, 3], ["tin"], [country["Almond"].pk], 30, "Ineza"]
    page = client.get(reverse("filters:edit_filter") + f"?filter={saved.pk}").content.decode()
    assert 'value="1.5"' in page and 'value="Ineza"' in page and "Almond" in page
    answer = post(client, "list", **fields)
    assert "Ineza" not in answer["Location"]


@pytest.mark.django_db
def test_garbage_in_the_form_is_no_error(client, country):
    for fields in ({}, {"k.0": "link:x"}, {"k.0": "group", "k.0-0": "fact:'; drop", "o.0-0": "x"}, {"k.0": "group", "k.0-99": "group"},
                   {"k.0": "group", "k.0-0": "fact:registry.household.area", "o.0-0": "in", "v.0-0": ["9" * 30, "x"]}):  # fmt: skip
        for do in ("look", "pick:0", "add:0:fact:nowhere", "remove:0", "up:9", "list", "keep", "change"):
            assert post(client, do, about="household", **fields).status_code in (200, 303, 422)
    assert post(client, "look", about="moon").status_code == 404
    assert not SavedFilter.objects.exists()

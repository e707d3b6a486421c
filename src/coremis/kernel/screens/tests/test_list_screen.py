"""A list: what is shown, to whom, how much, in which order."""

from datetime import date

import pytest

from coremis.kernel.access.models import Assignment
from coremis.kernel.actions.services import maintenance
from coremis.kernel.testing.cast import make_profile, make_user

pytestmark = pytest.mark.urls("coremis.kernel.screens.tests.sample_urls")
LIST = "/sample/areas/"


@pytest.fixture
def reader(country, client):
    user = make_user("reader", "areas.view_area", "screens.export_list", area=country["Testland"])
    client.force_login(user)
    return user


def names(response):
    return [row["cells"][0].text for row in response.context["rows"]]


def test_it_works(reader, client):
    page = client.get(LIST)
    assert page.status_code == 200 and "no-store" in page["Cache-Control"] and "HX-Request" in page["Vary"]
    assert names(page) == ["Almond", "Beech", "Cedar", "Date palm"]
    assert page.context["count"]["text"] == "13"
    html = page.content.decode()
    assert "<h1>Places</h1>" in html and "Hidden" not in html and "XOF" in html


def test_the_partial_is_only_the_list(reader, client):
    part = client.get(LIST, headers={"HX-Request": "true"})
    assert part["HX-Push-Url"] == LIST
    assert b"<html" not in part.content and b'id="list"' in part.content


def test_nobody_without_permission(country, client):
    assert client.get(LIST).status_code == 302
    client.force_login(make_user("stranger", area=country["Testland"]))
    assert client.get(LIST).status_code == 403
    assert client.put(LIST).status_code == 405


def test_only_ones_own_places(country, client):
    """pitfall S10"""
    client.force_login(make_user("local", "areas.view_area", area=country["North"]))
    page = client.get(LIST)
    assert page.context["count"]["text"] == "6"
    assert "Southfield" not in page.content.decode()


def walk(client, start):
    """Every page forward, then back again."""
    forward, url = [], start
    while url:
        page = client.get(LIST + url)
        forward.append(names(page))
        url, last = page.context["pages"]["next"], page
    backward, url = [names(last)], last.context["pages"]["previous"]
    while url:
        page = client.get(LIST + url)
        backward.append(names(page))
        url = page.context["pages"]["previous"]
    return forward, backward[::-1]


@pytest.mark.parametrize("sort", ["name", "-name", "code", "-code", "level", "-level", "valid_until", "-valid_until"])
def test_pages_meet_without_gap_or_overlap(reader, client, country, sort):
    with maintenance("test"):
        for name, day in [("Fig", 3), ("Almond", 1), ("Beech", 1)]:
            country[name].valid_until = date(2026, 1, day)
            country[name].save()
    forward, backward = walk(client, f"?sort={sort}")
    assert forward == backward
    assert sorted(name for page in forward for name in page) == sorted(country)
    if sort in ("valid_until", "-valid_until"):
        dated = [name for page in forward for name in page][:3]
        assert set(dated) == {"Fig", "Almond", "Beech"}


def test_the_address_of_a_page_holds_no_name(reader, client):
    page = client.get(LIST + "?sort=name")
    last = page.context["rows"][-1]["id"]
    assert page.context["pages"]["next"] == f"?sort=name&after={last}"


def test_a_lost_place_gives_the_first_page_with_a_sentence(reader, client):
    for query in ["?after=999999", "?after=abc", "?before=-1", "?after=99999999999999999999999", "?after="]:
        page = client.get(LIST + query)
        assert page.status_code == 200 and page.context["lost"] and names(page)[0] == "Almond"


def test_the_order_around_a_hidden_row_is_not_told(country, client):
    """A row outside one's places cannot be used as a mark to learn where its name would stand."""
    client.force_login(make_user("local", "areas.view_area", area=country["North"]))
    assert client.get(LIST + f"?after={country['Ebony'].pk}").context["lost"]


def test_counts_are_honest(reader, client, monkeypatch):
    monkeypatch.setattr("coremis.kernel.screens.lists.COUNT_UP_TO", 10)
    count = client.get(LIST + "?sort=code").context["count"]
    assert count["text"] == "10+" and "count=exact" in count["exact_url"]
    assert client.get(LIST + count["exact_url"]).context["count"]["text"] == "13"


def test_masked_columns_follow_the_place(country, client):
    user = make_user("mixed", "areas.view_area", area=country["Testland"])
    client.force_login(user)
    assert "code N1A" not in client.get(LIST).content.decode()

    with maintenance("test"):
        Assignment(user=user, profile=make_profile("r", "areas.rename_area"), area=country["North"]).save()
    html = client.get(LIST + "?sort=code&level=3").content.decode()
    assert "code N1A" in html and "code S1A" not in html


def test_an_owned_list(reader, client, country):
    url = f"/sample/areas/{country['Fig'].pk}/former/"
    assert client.get(url).status_code == 403
    client.force_login(make_user("other", "areas.view_area", "areas.view_formerarea", area=country["South"]))
    page = client.get(url)
    assert page.status_code == 200 and "Former names of Fig" in page.content.decode()
    assert client.get(f"/sample/areas/{country['Almond'].pk}/former/").status_code == 404


def test_the_last_filters_come_back(reader, client):
    client.get(LIST + "?level=1")
    again = client.get(LIST)
    assert again.status_code == 303 and again["Location"] == LIST + "?level=1"
    assert client.get(LIST + "?clear=1").context["count"]["text"] == "13"
    assert client.get(LIST).status_code == 200


def test_constant_queries(reader, client, country, django_assert_max_num_queries):
    """pitfall P1"""
    with django_assert_max_num_queries(15):
        client.get(LIST)

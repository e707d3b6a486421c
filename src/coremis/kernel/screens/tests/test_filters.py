"""Filters: what they find, and that a misunderstood one never means "everything"."""

from datetime import timedelta

import pytest
from django.utils import timezone

from coremis.kernel.screens.lists import asked_rows
from coremis.kernel.screens.models import KEPT_FOR, SavedSearch, forget_old_searches
from coremis.kernel.screens.tests.sample import AreaTable
from coremis.kernel.testing.cast import make_user

pytestmark = pytest.mark.urls("coremis.kernel.screens.tests.sample_urls")
LIST = "/sample/areas/"


@pytest.fixture
def reader(country, client):
    user = make_user("reader", "areas.view_area", area=country["North"])
    client.force_login(user)
    return user


def names(response):
    return [row["cells"][0].text for row in response.context["rows"]]


def test_it_works(reader, client):
    page = client.get(LIST + "?level=3&since_from=1900-01-01")
    assert names(page) == ["Almond", "Beech", "Cedar"] and page.context["count"]["text"] == "3"
    assert [chip["words"] for chip in page.context["chips"]] == ["Level: Village", "Since: 01/01/1900 – …"]


@pytest.mark.parametrize("query, expected", [
    ("level=1&level=2", ["North", "Northfield", "Northlake"]),
    ("code=N1A", ["Almond"]),
    ("position_min=3", ["Almond", "Beech", "Cedar"]),
    ("position_max=1", ["North"]),
    ("open=no", []),
    ("area_text=northfield", ["Almond", "Beech", "Northfield"]),
    ("area_text=N2", ["Cedar", "Northlake"]),
    ("code=%20", ["Almond", "Beech", "Cedar", "North"]),
])  # fmt: skip
def test_each_kind_of_filter(reader, client, query, expected):
    assert sorted(names(client.get(f"{LIST}?{query}"))) == expected


def test_a_place_takes_all_below_it(reader, client, country):
    page = client.get(f"{LIST}?area={country['Northfield'].pk}")
    assert names(page) == ["Almond", "Beech", "Northfield"]


def test_an_empty_selection_shows_nothing(reader, client):
    """pitfall M1"""
    page = client.get(LIST + "?code=none-such")
    assert names(page) == [] and page.context["count"]["text"] == "0" and "Nothing fits" in page.content.decode()


HOSTILE = [
    "level=9", "level=abc", "level=1&level=%00", "since_from=yesterday", "since_from=2026-02-30", "since_to=99999-01-01",
    "since_from=2026-02-01&since_to=2026-01-01", "position_min=1e400", "position_min=NaN", "position_min=99999999999999999999999999",
    "position_max=%E2%80%8B", "area=1%20OR%201=1", "area=99999999", "area=-1", "area=99999999999999999999999",
    "area_text=Atlantis", "area_text=orth",
    "area_text=%00", "code=a%00b", "code=" + "x" * 300, "stauts=OPEN", "id__in=1", "sort=password", "sort=level__names", "sort=-",
    "q=abc", "q=99999999999999999999", "q=%00", "q=1", "open=maybe", "level=%ED%A0%80", "do=export", "format=exe&level=7",
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE)
def test_what_is_not_understood_is_a_sentence(reader, client, query):
    """pitfall M1, M18: never an error page, and never the unfiltered list."""
    page = client.get(f"{LIST}?{query}")
    assert page.status_code == 200
    if query not in ("do=export",):
        assert page.context["problems"] and names(page) == [] and page.context["count"]["text"] == "0"
        assert page.context["problems"][0] in page.content.decode().replace("&#x27;", "'").replace("&quot;", '"')


def test_places_of_others_are_no_choice(reader, client, country):
    """pitfall S10: dropdowns too"""
    assert "Southfield" not in client.get(LIST).content.decode()
    page = client.get(f"{LIST}?area={country['Southfield'].pk}")
    assert page.context["problems"] and "Southfield" not in page.content.decode()
    offered = client.get("/places/?permission=areas.view_area&area_text=field").content.decode()
    assert "Northfield" in offered and "Southfield" not in offered
    assert "Northfield" not in client.get("/places/?permission=areas.rename_area&area_text=field").content.decode()
    assert "Northfield" not in client.get("/places/?area_text=field").content.decode()


def test_names_are_kept_on_the_server(reader, client):
    answer = client.post(LIST, {"do": "search", "search": "Álmond", "level": "3"})
    kept = SavedSearch.objects.get()
    assert answer.status_code == 303 and answer["Location"] == f"{LIST}?level=3&q={kept.pk}"
    page = client.get(answer["Location"])
    assert names(page) == ["Almond"] and "mond" not in page.context["pages"]["next"]
    assert client.post(LIST, {"search": "Álmond", "level": "3"})["Location"] == answer["Location"]
    assert SavedSearch.objects.count() == 1


def test_the_top_bar_searches_too(reader, client):
    assert names(client.get(client.post(LIST, {"q": "cedar"})["Location"])) == ["Cedar"]


def test_a_name_in_an_address_is_moved_away(reader, client):
    answer = client.get(LIST + "?search=almond")
    assert answer.status_code == 303 and "almond" not in answer["Location"]


def test_the_search_of_somebody_else_is_not_mine(reader, client, country):
    mine = client.post(LIST, {"search": "almond"})["Location"]
    client.force_login(make_user("other", "areas.view_area", area=country["North"]))
    page = client.get(mine)
    assert page.context["problems"] and names(page) == [] and "almond" not in page.content.decode().lower().replace("/areas/", "")


def test_clearing_goes_to_everything(reader, client):
    client.get(LIST + "?level=3")
    answer = client.post(LIST, {"search": " ", "level": ""})
    assert answer["Location"] == LIST + "?clear=1"
    assert client.get(answer["Location"]).context["count"]["text"] == "6"


def test_searching_goes_by_words_without_accents(reader, client):
    assert names(client.get(client.post(LIST, {"search": "FIELD nórth"})["Location"])) == ["Northfield"]
    empty = client.get(client.post(LIST, {"search": "---"})["Location"])
    assert empty.context["problems"] and names(empty) == []
    assert names(client.get(client.post(LIST, {"search": "100%"})["Location"])) == []


def test_old_searches_are_forgotten(reader, client):
    client.post(LIST, {"search": "almond"})
    assert forget_old_searches() == 0
    SavedSearch.objects.update(created=timezone.now() - KEPT_FOR - timedelta(days=1))
    assert forget_old_searches() == 1


def test_the_form_keeps_what_was_typed(reader, client):
    html = client.get(LIST + "?since_from=yesterday&code=zz").content.decode()
    assert 'value="yesterday"' in html and 'value="zz"' in html


def test_an_action_page_gets_the_rows_a_list_chose(reader, client, rf):
    """pitfall M1, M2"""

    def chosen(query):
        request = rf.get(f"/x/?{query}")
        request.user = reader
        return sorted(area.name for area in asked_rows(AreaTable, request))

    address = client.post(LIST, {"search": "north", "level": "2"})["Location"].partition("?")[2]
    assert chosen(address) == ["Northfield", "Northlake"]
    assert chosen("level=9") == chosen("stauts=OPEN") == chosen("q=99") == [] and len(chosen("")) == 6

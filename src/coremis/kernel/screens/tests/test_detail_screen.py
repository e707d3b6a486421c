"""A record's page: what it is, what may be done, its tabs and its history."""

import pytest

from coremis.kernel.access.models import Assignment
from coremis.kernel.actions.models import Change, Event
from coremis.kernel.actions.services import maintenance
from coremis.kernel.actions.triggers import install_after_migrate, remove
from coremis.kernel.areas.models import Area
from coremis.kernel.areas.services import close_area, move_area, rename_area
from coremis.kernel.module.contributions import CATALOGUE
from coremis.kernel.screens.contributions import HomeCard, Panel, Tab
from coremis.kernel.testing.cast import again, everywhere, make_profile, make_user

pytestmark = pytest.mark.urls("coremis.kernel.screens.tests.sample_urls")


@pytest.fixture
def reader(country, client):
    user = make_user("reader", "areas.view_area", "areas.view_arealevel", area=country["North"])
    client.force_login(user)
    return user


@pytest.fixture
def added():
    CATALOGUE.add("test", [
        Tab(Area, "inside", "Inside"),
        Tab(Area, "secret", "Secret"),
        Panel(Area, "Below", lambda request, area: {"text": f"below {area.name}"}, permission="areas.view_area", tab="inside"),
        Panel(Area, "Facts", lambda request, area: {"facts": [{"label": "Code", "text": area.code}]}, permission="areas.view_area"),
        Panel(Area, "Silent", lambda request, area: None, permission="areas.view_area"),
        Panel(Area, "Hidden", lambda request, area: {"text": "never"}, permission="no.permission", tab="secret"),
        HomeCard("Card", lambda request: {"figure": "12", "label": "things", "href": "/x/"}, permission="areas.view_area"),
        HomeCard("No card", lambda request: {"text": "never"}, permission="no.permission"),
    ])  # fmt: skip
    yield
    CATALOGUE.add("test", [])


def test_it_works(reader, client, country, added):
    page = client.get(f"/sample/areas/{country['Almond'].pk}/")
    html = page.content.decode()
    assert page.status_code == 200 and "<h1>Almond" in html and "Look here." in html and "status--good" in html
    assert [tab["name"] for tab in page.context["tabs"]] == ["overview", "inside", "history"]
    assert "Village" in html and "Facts" in html and "Silent" not in html and "never" not in html
    assert "Rename" not in html


def test_tabs(reader, client, country, added):
    url = f"/sample/areas/{country['Almond'].pk}/?tab="
    assert "below Almond" in client.get(url + "inside").content.decode()
    part = client.get(url + "inside", headers={"HX-Request": "true"})
    assert b"<html" not in part.content and b"below Almond" in part.content
    for wrong in ("secret", "x", "%00", "../"):
        assert client.get(url + wrong).status_code == 404


def test_only_ones_own_places(reader, client, country):
    """pitfall S10"""
    assert client.get(f"/sample/areas/{country['Fig'].pk}/").status_code == 404
    assert client.get("/sample/areas/99999999999999999999/").status_code == 404
    assert client.post(f"/sample/areas/{country['Almond'].pk}/").status_code == 405
    client.force_login(make_user("nobody"))
    assert client.get(f"/sample/areas/{country['Almond'].pk}/").status_code == 403


def test_buttons_follow_the_place(client, country):
    user = make_user("two", "areas.view_area", area=country["Testland"])

    with maintenance("test"):
        Assignment(user=user, profile=make_profile("r", "areas.rename_area"), area=country["South"]).save()
    client.force_login(user)
    assert "Rename" in client.get(f"/sample/areas/{country['Fig'].pk}/").content.decode()
    assert "Rename" not in client.get(f"/sample/areas/{country['Almond'].pk}/").content.decode()


def test_the_history_is_told_in_words(reader, client, country):
    boss = make_user("boss", rename_area.name, move_area.name, close_area.name, "areas.view_area", area=country["Testland"])
    area = rename_area(area=country["Almond"], name="First", code="N1A", actor=boss)
    area = rename_area(area=area, name="Second", code="N1A", actor=boss)
    move_area(area=area, parent=country["Northlake"], actor=again(boss))
    page = client.get(f"/sample/areas/{area.pk}/?tab=history")
    entries = page.context["timeline"]["entries"]
    told = [(entry.title, [(line.label, line.before, line.after) for line in entry.lines]) for entry in entries]
    assert told[0][0] == "Move an administrative unit" and ("Within", "Northfield", "Northlake") in told[0][1]
    assert ("Name", "First", "Second") in told[1][1] and ("Name", "Almond", "First") in told[2][1]
    assert told[-1][0] == "Load administrative units from a list"
    assert "By boss." in page.content.decode()


def test_the_history_costs_the_same_whatever_its_length(reader, client, country, django_assert_max_num_queries):
    """pitfall P1"""
    area = country["Almond"]
    for number in range(60):
        area = rename_area(area=area, name=f"Name {number}", code="N1A", actor=everywhere(rename_area.name))
    with django_assert_max_num_queries(15):
        page = client.get(f"/sample/areas/{area.pk}/?tab=history")
    assert len(page.context["timeline"]["entries"]) == 50 and page.context["timeline"]["more"]
    assert len(client.get(f"/sample/areas/{area.pk}/?tab=history&all=yes").context["timeline"]["entries"]) == 61


def test_what_was_erased_stays_erased(reader, client, country):
    area = rename_area(area=country["Almond"], name="Painful", code="N1A", actor=everywhere(rename_area.name))
    rename_area(area=area, name="Calm", code="N1A", actor=everywhere(rename_area.name))
    remove()
    Change.objects.filter(kind="areas.area", record_id=area.pk).update(before=None, redacted_digest="x")
    install_after_migrate()
    html = client.get(f"/sample/areas/{area.pk}/?tab=history").content.decode()
    assert "Painful" not in html and "were erased" in html


def test_opening_a_sensitive_record_is_noted(client, country):
    """pitfall S13"""
    user = make_user("auditor", "access.view_assignment", area=country["Testland"])
    client.force_login(user)
    assignment = Assignment.objects.get(user=user)
    client.get(f"/sample/assignments/{assignment.pk}/")
    event = Event.objects.get(action="screens.open_record")
    assert event.actor_id == user.pk
    assert "Opened" in client.get(f"/sample/assignments/{assignment.pk}/?tab=history").content.decode()


def test_the_home_page_shows_my_cards(reader, client, added):
    html = client.get("/").content.decode()
    assert "things" in html and "No card" not in html
    client.force_login(make_user("nobody"))
    assert "Nothing waits for you" in client.get("/").content.decode()

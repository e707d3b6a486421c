"""An action's page: says what will happen, does it once, keeps what was typed."""

import re

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from coremis.kernel.actions.models import Event
from coremis.kernel.actions.services import maintenance
from coremis.kernel.areas.models import Area
from coremis.kernel.testing.cast import make_user

pytestmark = pytest.mark.urls("coremis.kernel.screens.tests.sample_urls")
RIGHTS = ("areas.view_area", "areas.rename_area", "areas.close_area", "areas.add_area")


@pytest.fixture
def clerk(country, client):
    user = make_user("clerk", *RIGHTS, area=country["North"])
    client.force_login(user)
    return user


@pytest.fixture
def url(country):
    return f"/sample/areas/{country['Almond'].pk}"


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())[1]


def filled(page, **typed):
    return {"key": hidden(page, "key"), "version": hidden(page, "version"), "step": "confirm", **typed}


def test_it_works(clerk, client, url, country):
    page = client.get(f"{url}/rename/")
    html = page.content.decode()
    assert 'value="Almond"' in html and 'class="field-row"' in html
    assert 'aria-describedby="id_name_helptext"' in html and 'id="id_name_helptext"' in html
    answer = client.post(f"{url}/rename/", filled(page, name="Almond Hill", code="N1A"))
    assert answer.status_code == 303 and answer["Location"] == f"{url}/"
    assert Area.objects.get(code="N1A").name == "Almond Hill"
    assert [str(message) for message in get_messages(answer.wsgi_request)] == ["Done: Rename an administrative unit."]


def test_it_says_which_record_it_is_about(clerk, client, url):
    """Not twice where the title names it."""
    html = client.get(f"{url}/rename/").content.decode()
    assert '<p class="lead">Almond</p>' in html


def test_twice_is_once(clerk, client, url):
    """pitfall M4"""
    data = filled(client.get(f"{url}/rename/"), name="New", code="N1A")
    first, second = client.post(f"{url}/rename/", data), client.post(f"{url}/rename/", data)
    assert first["Location"] == second["Location"] == f"{url}/"
    assert Event.objects.filter(action="areas.rename_area").count() == 1
    other = client.post(f"{url}/rename/", {**data, "name": "Other"})
    assert other.status_code == 422 and "already sent with other values" in other.content.decode()
    assert Area.objects.get(code="N1A").name == "New"


def test_a_get_changes_nothing(clerk, client, url):
    """pitfall S11"""
    client.get(f"{url}/rename/?name=X&code=Y&step=confirm&key=1")
    assert not Event.objects.filter(action="areas.rename_area").exists()


def test_rights_and_places(clerk, client, country):
    outside = f"/sample/areas/{country['Fig'].pk}/rename/"
    assert client.get(outside).status_code == 404
    assert client.post(outside, {"key": "k", "step": "confirm", "name": "X", "code": "Y"}).status_code == 404
    client.force_login(make_user("reader", "areas.view_area", area=country["Testland"]))
    inside = f"/sample/areas/{country['Almond'].pk}/rename/"
    assert client.get(inside).status_code == client.post(inside, {"key": "k"}).status_code == 403
    assert Area.objects.get(code="S2A").name == "Fig"


def test_mistakes_stand_beside_their_field_and_nothing_is_lost(clerk, client, url):
    answer = client.post(f"{url}/rename/", filled(client.get(f"{url}/rename/"), name="Kept", code=""))
    html = answer.content.decode()
    assert answer.status_code == 422 and 'value="Kept"' in html and 'aria-invalid="true"' in html and 'id="id_code_error"' in html
    answer = client.post("/sample/areas/add/", filled(client.get("/sample/areas/add/"), name="Twin", code="N1B"))
    assert answer.status_code == 422 and "This code is in use." in answer.content.decode() and 'value="Twin"' in answer.content.decode()


def test_somebody_else_was_faster(clerk, client, url, country):
    page = client.get(f"{url}/rename/")
    with maintenance("test"):
        country["Almond"].name = "Elsewhere"
        country["Almond"].save()
    answer = client.post(f"{url}/rename/", filled(page, name="Mine", code="N1A"))
    html = answer.content.decode()
    assert answer.status_code == 422 and "Somebody else changed this" in html and "Elsewhere" in html and 'value="Mine"' in html
    assert client.post(f"{url}/rename/", filled(answer, name="Mine", code="N1A")).status_code == 303


def test_what_will_happen_is_said_first(clerk, client, url):
    page = client.get(f"{url}/close/")
    assert "See what will happen" in page.content.decode()
    look = client.post(f"{url}/close/", filled(page, until="2026-03-01", step="preview"))
    html = look.content.decode()
    assert look.status_code == 200 and "Close 1 unit" in html and "03/01/2026" in html or "01/03/2026" in html
    assert "XOF" in html and not Event.objects.filter(action="areas.close_area").exists()
    back = client.post(f"{url}/close/", filled(look, until="2026-03-01", step="edit"))
    assert back.status_code == 200 and 'value="2026-03-01"' in back.content.decode()
    done = client.post(f"{url}/close/", filled(look, until="2026-03-01", seen=hidden(look, "seen")))
    assert done.status_code == 303 and Event.objects.filter(action="areas.close_area").count() == 1
    again = client.post(f"{url}/close/", filled(look, until="2026-03-01", seen=hidden(look, "seen")))
    assert again.status_code == 303 and Event.objects.filter(action="areas.close_area").count() == 1


def test_nothing_is_done_that_was_not_seen(clerk, client, url):
    """pitfall M2: confirming without the preview, or after its figures changed, shows it again."""
    page = client.get(f"{url}/close/")
    unseen = client.post(f"{url}/close/", filled(page, until="2026-03-01"))
    assert unseen.status_code == 200 and "Close 1 unit" in unseen.content.decode()
    changed = client.post(f"{url}/close/", filled(unseen, until="2026-04-01", seen=hidden(unseen, "seen")))
    assert "have changed since you looked" in changed.content.decode()
    assert not Event.objects.filter(action="areas.close_area").exists()


def test_nobody_concerned_means_nothing_to_confirm(clerk, client, url):
    """pitfall M1"""
    look = client.post(f"{url}/close/", filled(client.get(f"{url}/close/"), until="1999-01-01", step="preview"))
    assert "Nobody is concerned" in look.content.decode() and 'value="confirm"' not in look.content.decode()
    forced = client.post(f"{url}/close/", filled(look, until="1999-01-01", seen=hidden(look, "seen")))
    assert forced.status_code == 200 and not Event.objects.filter(action="areas.close_area").exists()


def test_a_page_without_key_does_nothing(clerk, client, url):
    answer = client.post(f"{url}/rename/", {"name": "X", "code": "N1A", "step": "confirm"})
    assert "too old" in answer.content.decode() and 'value="X"' in answer.content.decode()
    assert not Event.objects.filter(action="areas.rename_area").exists()


def test_without_the_token_nothing_is_sent(clerk, url, country):
    """pitfall S11"""
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(clerk)
    assert strict.post(f"{url}/rename/", {"key": "k", "step": "confirm", "name": "X", "code": "Y"}).status_code == 403

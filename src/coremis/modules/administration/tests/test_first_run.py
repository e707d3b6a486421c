"""The first-run assistant: an empty installation becomes one that works, once."""

import json

import pytest
from django.test import Client

from coremis.kernel.access.models import Assignment, Profile, User
from coremis.kernel.access.seats import SEATS
from coremis.kernel.actions.action import ACTIONS
from coremis.kernel.actions.context import Authority, approved_by
from coremis.kernel.actions.models import ActionKey, Change, Event
from coremis.kernel.actions.seals import seal_events, verify
from coremis.kernel.approvals.models import Route
from coremis.kernel.areas.models import Area, AreaLevel
from coremis.kernel.base import money
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.config.country import own_currency, stored_currency
from coremis.kernel.config.services import change_settings
from coremis.kernel.config.settings import setting
from coremis.kernel.testing.cast import everywhere
from coremis.modules.administration.tests.house import SECRETS, SETUP, signed_in, typed, units_file

pytestmark = pytest.mark.django_db


def test_it_works(client):
    assert client.get("/").headers["Location"] == client.get("/account/login/").headers["Location"] == SETUP
    page = client.get(SETUP)
    assert page.status_code == 200 and b"Environment" in page.content and "no-store" in page["Cache-Control"]
    answer = client.post(SETUP, typed())
    assert answer.status_code == 302 and answer["Location"] == "/account/login/"
    assert [str(level) for level in AreaLevel.objects.all()] == ["Country", "Province", "Commune", "Colline"]
    assert Area.objects.count() == 7 and Area.objects.get(code="N1A").full_path == "north/northfield/almond"
    assert set(Profile.objects.values_list("code", flat=True)) == set(SEATS)
    assert (setting("country.name"), own_currency(), setting("country.languages")) == ("Sanzira", "SZF", ["en", "fr", "pt"])
    assert list(Assignment.objects.values_list("profile__code", "area__code")) == [("it", "SZ")] * 2
    assert User.objects.filter(must_change_password=True).count() == 2
    assert seal_events() > 0 and list(verify()) == []


def test_once_only(client):
    client.post(SETUP, typed())
    before = (User.objects.count(), Area.objects.count(), Event.objects.count())
    for answer in (client.get(SETUP), client.post(SETUP, typed()), client.post(SETUP, typed(country="Other", username1="eve"))):
        assert answer.status_code == 302 and answer["Location"] == "/account/login/"
    assert (User.objects.count(), Area.objects.count(), Event.objects.count()) == before
    assert client.get("/account/login/").status_code == 200
    User.objects.update(must_change_password=False)
    assert signed_in(User.objects.get(username="ada")).get(SETUP).status_code == 404


def test_every_approvable_action_has_a_route(client):
    """pitfall S3: failing closed must not lock the door."""
    client.post(SETUP, typed())
    routes = Route.objects.filter(is_active=True, min_amount=0, area__code="SZ")
    assert set(routes.values_list("action", flat=True)) == {name for name, action in ACTIONS.items() if action.approvable}
    assert all(route.levels.filter(is_active=True).exists() for route in routes)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"password1": "short"}, "too short"),
        ({"username1": "lovelace42", "password1": "lovelace4200"}, "too similar"),
        ({"username2": " ADA "}, "must be two people"),
        ({"currency": "xof"}, "Enter a valid value"),
        ({"currency": "XOF", "decimals": "2"}, "XOF is written with 0 decimals"),
        ({"levels": "\n \n"}, "This field is required"),
        ({"levels": "Province\nCommune"}, "lies deeper than the defined levels"),
        ({"units": units_file("code,name,parent\nN1,Northfield,N\n")}, "lies in one that is not in the list"),
        ({"units": units_file("code,name,parent\nN,North,\nN,Again,\n")}, "stands twice"),
        ({"units": units_file("code,name,parent\nN,,\n")}, "Row 2 needs a code and a name"),
        ({"units": units_file("kode,nome\nN,North\n")}, "needs the columns code and name"),
        ({"units": units_file("code,name\n")}, "no rows"),
    ],
)
def test_a_mistake_is_a_sentence_and_nothing_is_kept(client, changes, sentence):
    for value in changes.values():
        if hasattr(value, "seek"):
            value.seek(0)
    answer = client.post(SETUP, typed(**changes))
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert 'value="Sanzira"' in answer.content.decode()
    assert not User.objects.exists() and not Area.objects.exists() and not Event.objects.exists()


def test_the_passwords_are_stored_nowhere(client):
    """pitfall S12"""
    client.post(SETUP, typed())
    kept = [*Change.objects.values_list("before", flat=True), *ActionKey.objects.values_list("result", flat=True)]
    kept += [list(row) for row in Event.objects.values_list("action", "actor_name", "deciders")]
    assert not any(secret in json.dumps(item, default=str) for item in kept for secret in SECRETS)
    assert all(user.password.startswith("argon2") for user in User.objects.all())


def test_a_private_currency_is_written_alike_in_every_process(client, monkeypatch):
    """Another process has never seen the code and asks what the installation stored."""
    client.post(SETUP, typed(currency="SZX", decimals="3"))
    assert stored_currency() == ("SZX", 3)
    monkeypatch.setattr(money, "DECIMALS", {name: places for name, places in money.DECIMALS.items() if name != "SZX"})
    assert money.Money(12_345, "SZX").text() == "SZX\u00a012.345"
    assert money.decimals_of("SZY") == 2
    with approved_by(Authority(change_settings.name, None, route_says_none=True)), pytest.raises(Refusal, match="cannot change any more"):
        change_settings(values={"country.decimals": 0}, actor=everywhere(change_settings.name))


def test_only_the_countrys_languages_are_offered(client):
    assert "Português" in client.get(SETUP).content.decode()
    client.post(SETUP, typed(languages=["fr"]))
    page = Client().get("/account/login/").content.decode()
    assert "Français" in page and "Português" not in page

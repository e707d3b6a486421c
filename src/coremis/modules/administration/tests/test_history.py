"""The history: of one's own places, in words, and with what each entry changed."""

import pytest
from django.urls import reverse

from coremis.kernel.access.models import Profile
from coremis.kernel.actions.models import Event
from coremis.kernel.approvals.models import Request
from coremis.kernel.areas.models import Area
from coremis.kernel.areas.services import rename_area
from coremis.kernel.testing.cast import everywhere, make_user
from coremis.modules.administration.tests.house import agree, send, signed_in

HISTORY = "/administration/history/"


@pytest.fixture
def renamed(people):
    """One unit in the north and one in the south have got new names; their entries by code."""
    for code, name in (("N1A", "Almond Hill"), ("S1A", "Palm Hill")):
        rename_area(area=Area.objects.get(code=code), name=name, code=code, actor=everywhere(rename_area.name))
    return {code: Event.objects.get(action="areas.rename_area", area_id=Area.objects.get(code=code).pk) for code in ("N1A", "S1A")}


def test_it_works(people, renamed):
    client = signed_in(people["auditor"])
    page = client.get(f"{HISTORY}?action=areas.rename_area").content.decode()
    assert page.count(f'href="{HISTORY}') >= 2 and "Rename an administrative unit" in page
    shown = client.get(f"{HISTORY}{renamed['N1A'].pk}/").content.decode()
    assert "What it changed" in shown and "Name: Almond" in shown and "Administrative unit" in shown
    assert "search_name" not in shown and "areas.area" not in shown


def test_places_are_respected(people, renamed):
    """pitfall S4"""
    reader = make_user("north-auditor", area=Area.objects.get(code="N"), profile=Profile.objects.get(code="auditor"))
    client = signed_in(reader)
    assert client.get(f"{HISTORY}{renamed['N1A'].pk}/").status_code == 200
    assert client.get(f"{HISTORY}{renamed['S1A'].pk}/").status_code == 404
    sign_in = Event.objects.filter(action="access.sign_in").first()
    assert client.get(f"{HISTORY}{sign_in.pk}/").status_code == 404
    listed = client.get(f"{HISTORY}?action=areas.rename_area").content.decode()
    assert f"{HISTORY}{renamed['N1A'].pk}/" in listed and f"{HISTORY}{renamed['S1A'].pk}/" not in listed


def test_who_agreed_and_what_followed(people):
    chosen = {"profile": Profile.objects.get(code="verifier").pk, "area": Area.objects.get(code="N1").pk}
    send(signed_in(people["ada"]), f"/administration/users/{people['data'].pk}/assign/", **chosen)
    agree(people["bela"], Request.objects.get())
    done = Event.objects.get(action="access.assign", actor_name="ada")
    client = signed_in(people["auditor"])
    page = client.get(f"{HISTORY}{done.pk}/").content.decode()
    assert "bela (1)" in page and reverse("administration:request", args=[Request.objects.get().pk]) in page
    cause = client.get(f"{HISTORY}{done.cause_id}/").content.decode()
    assert "What followed from it" in cause and "Assign a profile to a user" in cause


def test_nobody_writes_history(people, renamed):
    client = signed_in(people["auditor"])
    assert client.post(f"{HISTORY}{renamed['N1A'].pk}/").status_code == 405

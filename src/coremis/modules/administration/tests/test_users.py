"""Users and their assignments through their pages, with the second administrator's agreement."""

import pytest

from coremis.kernel.access.models import Assignment, Profile, User
from coremis.kernel.actions.models import Change
from coremis.kernel.approvals.models import Decision, Request
from coremis.kernel.areas.models import Area
from coremis.kernel.testing.cast import again, last_event
from coremis.modules.administration.tests.house import agree, send, signed_in

USERS = "/administration/users/"
NEW = {"username": "Carla", "name": "Carla Nkosi", "email": "", "phone": "", "language": "fr", "password": "Lantern-hill-5"}


@pytest.fixture
def ada(people):
    return signed_in(people["ada"])


def assign(client, user, code="commune", place="N1", **values):
    chosen = {"profile": Profile.objects.get(code=code).pk, "area": Area.objects.get(code=place).pk}
    return send(client, f"{USERS}{user.pk}/assign/", **chosen, **values)


def test_it_works(people, ada):
    """Created by one administrator, given rights only when the other agrees."""
    assert send(ada, f"{USERS}create/", **NEW).status_code == 303
    carla = User.objects.get(username="carla")
    assert carla.must_change_password and carla.language == "fr" and not carla.permissions()
    assert assign(ada, carla, approval_note="new commune officer").status_code == 303
    request = Request.objects.get()
    assert request.area.code == "N1" and not Assignment.objects.filter(user=carla).exists()
    assert "waits for approval" in ada.get(f"{USERS}{carla.pk}/").content.decode()
    assert agree(people["bela"], request).status_code == 303
    assert again(carla).may("areas.view_area", [Area.objects.get(code="N1A").pk])
    assert not again(carla).may("areas.view_area", [Area.objects.get(code="S1").pk])
    assert last_event("access.assign").deciders == ["bela (1)"]
    page = ada.get(f"{USERS}{carla.pk}/").content.decode()
    assert "Commune officer" in page and "Northfield" in page and "waits for approval" not in page


def test_nobody_decides_what_they_asked_for(people, ada):
    """pitfall S2"""
    assign(ada, people["data"], "verifier")
    request = Request.objects.get()
    page = ada.get(f"/administration/approvals/{request.pk}/").content.decode()
    assert "Your decision" not in page and "Take back" in page
    answer = ada.post(f"/administration/approvals/{request.pk}/approve/", {"key": "k", "version": "1", "step": "confirm"})
    assert answer.status_code == 403 and Request.objects.get().state == Request.State.PENDING
    assert not Decision.objects.exists()


def test_nobody_gives_themselves_a_profile(people, ada):
    answer = assign(ada, people["ada"], "approver", "SZ")
    agree(people["bela"], Request.objects.get()) if Request.objects.exists() else None
    assert not Assignment.objects.filter(user=people["ada"], profile__code="approver").exists() and answer.status_code in (303, 422)


def test_several_people_wait_for_the_same_profile(people, ada):
    """Twenty commune officers may wait at once; the same person twice is refused when the second is decided."""
    for seat in ("data", "payments"):
        assert assign(ada, people[seat]).status_code == 303
    assert assign(ada, people["data"]).status_code == 303 and Request.objects.count() == 3
    first, other, double = Request.objects.order_by("pk")
    assert agree(people["bela"], first).status_code == agree(people["bela"], other).status_code == 303
    refused = agree(people["bela"], double)
    assert refused.status_code == 422 and "already holds this profile" in refused.content.decode()


def test_rights_end_on_the_next_request(people, ada):
    """pitfall S6"""
    client, held = signed_in(people["auditor"]), Assignment.objects.get(user=people["auditor"])
    assert client.get("/administration/history/").status_code == 200
    page = ada.get(f"/administration/assignments/{held.pk}/end/").content.decode()
    assert "loses the profile" in page
    assert send(ada, f"/administration/assignments/{held.pk}/end/").status_code == 303
    assert client.get("/administration/history/").status_code == 403


def test_blocked_and_let_in_again(people, ada):
    user, client = people["data"], signed_in(people["data"])
    assert send(ada, f"{USERS}{user.pk}/block/", reason="left the office").status_code == 303
    assert client.get("/administration/my-work/").status_code == 302
    inputs = Change.objects.get(event=last_event("access.set_user_active"), kind="inputs").before
    assert inputs["reason"] == "left the office"
    assert send(ada, f"{USERS}{user.pk}/unblock/", reason="came back").status_code == 303
    assert again(user).is_active
    own = send(ada, f"{USERS}{people['ada'].pk}/block/", reason="x")
    assert own.status_code == 422 and "cannot block yourself" in own.content.decode()


def test_a_new_password_ends_what_was_open_and_is_kept_nowhere(people, ada):
    """pitfall S12"""
    user, client = people["data"], signed_in(people["data"])
    weak = send(ada, f"{USERS}{user.pk}/password/", password="12345")
    assert weak.status_code == 422 and "too short" in weak.content.decode()
    assert send(ada, f"{USERS}{user.pk}/password/", password="Candle-wood-33").status_code == 303
    assert client.get("/administration/my-work/").status_code == 302 and again(user).must_change_password
    assert "Candle-wood-33" not in str(list(Change.objects.values_list("before", flat=True)))


def test_changed_and_found(people, ada):
    user = people["data"]
    changed = send(ada, f"{USERS}{user.pk}/change/", name="Chloé Dupont", email="", phone="", language="pt")
    assert changed.status_code == 303 and again(user).name == "Chloé Dupont"
    found = ada.post(USERS, {"do": "search", "who": "chloé"}, follow=True)
    assert "Chloé Dupont" in found.content.decode() and "chlo" not in found.redirect_chain[-1][0].lower()
    assert "verifier-person" not in found.content.decode()


def test_a_user_name_is_taken_once(people, ada):
    answer = send(ada, f"{USERS}create/", **{**NEW, "username": "ADA"})
    assert answer.status_code == 422 and "taken" in answer.content.decode() and "Lantern" not in answer.content.decode()

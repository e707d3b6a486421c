"""Access profiles and approval routes through their pages."""

import re

import pytest

from coremis.kernel.access.models import Profile
from coremis.kernel.access.seats import permissions_of
from coremis.kernel.actions.services import maintenance
from coremis.kernel.approvals.models import Request, Route
from coremis.kernel.areas.models import Area
from coremis.kernel.testing.cast import again, make_profile
from coremis.modules.administration.permissions import grouped_permissions
from coremis.modules.administration.tests.house import agree, send, signed_in

BASE = "/administration/"


@pytest.fixture
def ada(people):
    return signed_in(people["ada"])


def route_of(name):
    return Route.objects.get(action=name, is_active=True)


def test_it_works(people, ada):
    """A profile is shown by module and in words, and changes once the other administrator agrees."""
    profile = Profile.objects.get(code="commune")
    held = [*profile.permissions, "actions.view_event"]
    page = ada.get(f"{BASE}profiles/{profile.pk}/change/").content.decode()
    assert "<h3>Users and access</h3>" in page and "access.assign" in page and "disabled" in page
    look = send(ada, f"{BASE}profiles/{profile.pk}/change/", names_en="Commune officer", permissions=held, approval_note="may read")
    assert look.status_code == 303
    request = Request.objects.get()
    shown = signed_in(people["bela"]).get(f"{BASE}approvals/{request.pk}/").content.decode()
    assert "See: history" in shown and "allowed" in shown and "Open what this is about" in shown and "may read" in shown
    assert agree(people["bela"], request).status_code == 303
    assert again(people["commune"]).has_perm("actions.view_event") and Profile.objects.get(code="commune").names == {
        "en": "Commune officer"
    }
    assert "See: history" in ada.get(f"{BASE}profiles/{profile.pk}/").content.decode()


def test_the_rights_of_new_parts_come_with_one_change(people, ada):
    """After an upgrade a ready profile lacks what came since: its page says so, and the form has it ticked."""
    profile = Profile.objects.get(code="commune")
    own, address = permissions_of("commune"), f"{BASE}profiles/{profile.pk}/"
    assert "not in this one" not in ada.get(address).content.decode()
    with maintenance("a former release"):
        profile.permissions = ["areas.view_area", "actions.view_event"]
        profile.save()
    said = ada.get(address).content.decode()
    assert f"{len(set(own) - {'areas.view_area'})} rights of the ready profile are not in this one" in said
    assert f'href="{address}change/?ready=yes"' in said
    assert ticked(ada.get(f"{address}change/")) == {"areas.view_area", "actions.view_event"}
    assert ticked(ada.get(f"{address}change/?ready=yes")) == {*own, "actions.view_event"}
    assert "ready profile" not in signed_in(people["auditor"]).get(address).content.decode()


def test_a_profile_of_the_countrys_own_is_left_alone(people, ada):
    profile = make_profile("own")
    assert "not in this one" not in ada.get(f"{BASE}profiles/{profile.pk}/").content.decode()
    assert ticked(ada.get(f"{BASE}profiles/{profile.pk}/change/?ready=yes")) == set()


def ticked(page):
    return {
        re.search('value="([^"]+)"', box)[1]
        for box in re.findall(r"<input[^>]*checked[^>]*>", page.content.decode())
        if "permissions" in box
    }


def test_every_permission_stands_under_a_heading():
    groups = grouped_permissions()
    assert all(str(heading) and str(heading) != str(heading).lower() for heading, _held in groups)
    assert sum(len(held) for _heading, held in groups) > 40


def test_an_overtaken_request_changes_nothing(people, ada):
    """pitfall M2: what was asked for no longer fits what is there."""
    profile = Profile.objects.get(code="commune")
    held = {"names_en": "Commune officer", "permissions": ["areas.view_area"]}
    send(ada, f"{BASE}profiles/{profile.pk}/change/", **held)
    twice = send(ada, f"{BASE}profiles/{profile.pk}/change/", **held, second_factor_required="on")
    assert twice.status_code == 422 and "already waiting" in twice.content.decode()
    send(ada, f"{BASE}users/{people['data'].pk}/assign/", profile=profile.pk, area=Area.objects.get(code="N1").pk)
    change, assignment = Request.objects.order_by("pk")
    agree(people["bela"], change)
    agree(people["bela"], assignment)
    assignment.refresh_from_db()
    assert assignment.state == Request.State.STALE
    assert "overtaken by a change" in ada.get(f"{BASE}my-work/").content.decode()


def test_a_route_in_words_and_changed(people, ada):
    listed = ada.get(f"{BASE}routes/").content.decode()
    assert "IT administrator" in listed and "Assign a profile to a user" in listed
    route = route_of("access.assign")
    page = ada.get(f"{BASE}routes/{route.pk}/change/").content.decode()
    assert 'value="0"' in page and "Level 3" in page
    values = {
        "action": "access.assign",
        "area": route.area_id,
        "min_amount": "0",
        "profile1": "it",
        "people1": "1",
        "profile2": "auditor",
        "people2": "2",
    }
    assert send(ada, f"{BASE}routes/{route.pk}/change/", **values).status_code == 303
    shown = signed_in(people["bela"]).get(f"{BASE}approvals/{Request.objects.get().pk}/").content.decode()
    assert "IT administrator (1) → Auditor (2)" in shown
    agree(people["bela"], Request.objects.get())
    assert "IT administrator → Auditor (2)" in ada.get(f"{BASE}routes/{route.pk}/").content.decode()


def test_a_route_needs_levels_or_the_waiver(people, ada):
    values = {"action": "access.assign", "area": Area.objects.get(code="N").pk, "min_amount": "1 000"}
    for extra in ({}, {"no_approval": "on", "profile1": "it", "people1": "1"}):
        answer = send(ada, f"{BASE}routes/add/", **values, **extra)
        assert answer.status_code == 422 and "at least one level" in answer.content.decode()
    send(ada, f"{BASE}routes/add/", **values, profile1="auditor", people1="1")
    agree(people["bela"], Request.objects.get())
    assert Route.objects.get(area__code="N").min_amount == 1_000


def test_closing_a_route_needs_the_other_administrator(people, ada):
    """pitfall S3: without a route the door stays shut."""
    route = route_of("access.save_profile")
    assert send(ada, f"{BASE}routes/{route.pk}/close/").status_code == 303
    route.refresh_from_db()
    assert route.is_active
    agree(people["bela"], Request.objects.get())
    refused = send(ada, f"{BASE}profiles/add/", code="clerk", names_en="Clerk")
    assert refused.status_code == 422 and "No approval route fits" in refused.content.decode()


def test_ready_routes_come_back(people, ada):
    """A module that is switched on later finds its routes here; what the country has stays."""
    nothing = ada.post(f"{BASE}routes/ready/", {"key": "k", "step": "preview", "area": Area.objects.get(code="SZ").pk})
    assert "nothing to do" in nothing.content.decode()
    route = route_of("actions.redact")
    send(ada, f"{BASE}routes/{route.pk}/close/")
    agree(people["bela"], Request.objects.get())
    assert send(ada, f"{BASE}routes/ready/", area=Area.objects.get(code="SZ").pk).status_code == 303
    agree(people["bela"], Request.objects.latest("pk"))
    assert route_of("actions.redact").pk != route.pk and Profile.objects.count() == 9

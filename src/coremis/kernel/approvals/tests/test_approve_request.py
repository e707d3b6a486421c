"""Approving: levels, makers and checkers, stale requests, one transaction."""

import pytest

from coremis.kernel.access.models import Profile
from coremis.kernel.access.services import save_profile
from coremis.kernel.actions.models import Change, Event
from coremis.kernel.actions.seals import seal_events, verify
from coremis.kernel.approvals.models import Request
from coremis.kernel.approvals.services import approve_request, submit
from coremis.kernel.base.refusal import NeedsApproval, NotPermitted, Refusal
from coremis.kernel.testing.cast import again, last_event, make_profile, make_route, make_user

ASKED = {"code": "clerk", "names": {"en": "Clerk"}, "permissions": ["approvals.approve_request"]}


@pytest.fixture
def people(country):
    checker_profile = make_profile("checkers", "approvals.approve_request")
    root = country["Testland"]
    maker = make_user("maker", "access.save_profile", "approvals.submit_request", "approvals.approve_request", area=root)
    checker = make_user("checker", area=root, profile=checker_profile)
    make_route("access.save_profile", root, checker_profile)
    return maker, checker


def test_it_works(people):
    maker, checker = people
    with pytest.raises(NeedsApproval):
        save_profile(**ASKED, actor=maker)
    request = submit(save_profile, ASKED, actor=maker, note="new seat").request
    assert request.state == Request.State.PENDING and not Profile.objects.filter(code="clerk").exists()
    done = approve_request(request=request, actor=checker)
    assert done.state == Request.State.APPROVED
    assert Profile.objects.get(code="clerk").created_event_id == last_event("access.save_profile").pk
    event = last_event("access.save_profile")
    assert event.actor_name == "maker" and event.deciders == ["checker (1)"] and event.request_id == request.pk
    assert seal_events() > 0 and list(verify()) == []


def test_maker_is_never_checker(people):
    """pitfall S2"""
    maker, _checker = people
    request = submit(save_profile, ASKED, actor=maker).request
    with pytest.raises(NotPermitted):
        approve_request(request=request, actor=maker)
    assert Request.objects.get().state == Request.State.PENDING


def test_no_route_means_no_approval(country):
    """pitfall S3: fail closed."""
    maker = make_user("maker", "access.save_profile", "approvals.submit_request", area=country["Testland"])
    with pytest.raises(Refusal):
        submit(save_profile, ASKED, actor=maker)


def test_changed_profile_counts_on_the_next_request(people):
    """pitfall S6, S14"""
    maker, checker = people
    request = submit(save_profile, ASKED, actor=maker).request
    approve_request(request=request, actor=checker)
    clerk = make_user("clerk", area=None)
    assert not again(clerk).has_perm("approvals.approve_request")
    assert Event.objects.count() and Change.objects.filter(kind="inputs").exists()

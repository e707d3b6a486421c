"""Deciding: levels in order, one person one level, maker never checker, everything in one transaction."""

import pytest

from coremis.kernel.access.models import Assignment, Profile
from coremis.kernel.actions.models import Change, Event
from coremis.kernel.actions.services import maintenance
from coremis.kernel.approvals.models import Decision, Request
from coremis.kernel.approvals.queries import waiting_for
from coremis.kernel.approvals.services import approve_request, may_decide, recall_request, reject_request, return_request
from coremis.kernel.base.refusal import NotPermitted, OutsidePlaces, Refusal
from coremis.kernel.testing.cast import again, last_event, make_user
from coremis.kernel.testing.racing import at_once

State = Request.State


def now(request):
    return Request.objects.get(pk=request.pk)


def test_it_works(office):
    """Two levels, in order: the second cannot begin, the first cannot be left out."""
    office.route("first", "second")
    first, second = office.checker("first-one"), office.checker("second-one", "second")
    request = office.ask().request
    assert not may_decide(request, second) and may_decide(request, first)
    with pytest.raises(NotPermitted, match="decided by others"):
        approve_request(request=request, actor=second)
    assert approve_request(request=request, note="fine", actor=first).state == State.PENDING and office.owner() == "Ada"
    assert approve_request(request=request, actor=second).state == State.APPROVED and office.owner() == "Bo"
    event = last_event("actions.sell_house")
    assert event.actor_name == "maker" and event.request_id == request.pk and event.deciders == ["first-one (1)", "second-one (2)"]
    assert event.cause_id == last_event("approvals.approve_request").pk and not event.unapproved
    assert [(d.person.username, d.level, d.note) for d in Decision.objects.order_by("pk")] == [
        ("first-one", 0, "fine"),
        ("second-one", 1, ""),
    ]


def test_maker_is_never_checker(office):
    """pitfall S1, S2: with every right, at every level."""
    office.route("first")
    with maintenance("the maker is a checker, too"):
        Assignment(user=office.maker, profile=office.profiles["first"], area=office.country["Testland"]).save()
    request, maker = office.ask().request, again(office.maker)
    for work in (lambda: approve_request(request=request, actor=maker), lambda: reject_request(request=request, note="x", actor=maker)):
        with pytest.raises(NotPermitted, match="asked for"):
            work()
    assert not may_decide(request, maker) and not waiting_for(maker).exists() and now(request).state == State.PENDING


def test_one_person_one_level(office):
    """pitfall S2: with the profiles of both levels."""
    office.route("first", "second")
    both = office.checker("both")
    with maintenance("two seats"):
        Assignment(user=both, profile=office.profiles["second"], area=office.country["Testland"]).save()
    request = office.ask().request
    approve_request(request=request, actor=again(both))
    with pytest.raises(NotPermitted, match="decided on this already"):
        approve_request(request=request, actor=again(both))
    assert now(request).level == 1 and not waiting_for(again(both)).exists() and office.owner() == "Ada"


def test_several_people_at_one_level(office):
    """pitfall S2: “two of them” means two different people."""
    office.route("first", people=2)
    one, two = office.checker("one"), office.checker("two")
    request = office.ask().request
    assert approve_request(request=request, actor=one).state == State.PENDING
    with pytest.raises(NotPermitted):
        approve_request(request=request, actor=one)
    assert approve_request(request=request, actor=two).state == State.APPROVED and office.owner() == "Bo"


def test_a_decider_needs_right_profile_and_place(office):
    """pitfall S1, S3, S8"""
    office.route("first")
    request = office.ask().request
    south = office.checker("southerner", area="South")
    with pytest.raises(OutsidePlaces):
        approve_request(request=request, actor=south)
    clerk = make_user("clerk", "approvals.approve_request", area=office.country["Testland"])
    with pytest.raises(NotPermitted, match="decided by others"):
        approve_request(request=request, actor=clerk)
    with maintenance("a profile without the right"):
        mute = Profile.objects.get(code="first")
        mute.permissions = ["approvals.reject_request"]
        mute.save()
    listener = office.checker("listener")
    with pytest.raises(NotPermitted):
        approve_request(request=request, actor=listener)
    reject_request(request=request, note="no", actor=listener)
    assert now(request).state == State.REJECTED


def test_the_profile_counts_where_the_request_lies(office):
    """Somebody who holds the profile in one place and the right in another decides in neither."""
    office.route("first")
    mixed = office.checker("mixed", area="South")
    with maintenance("a right elsewhere"):
        other = Profile(code="other", names={}, permissions=["approvals.approve_request"])
        other.save()
        Assignment(user=mixed, profile=other, area=office.country["North"]).save()
    with pytest.raises(NotPermitted, match="decided by others"):
        approve_request(request=office.ask().request, actor=again(mixed))


def test_rejected_returned_recalled(office):
    """pitfall S8: each its own permission; each ends the request; the reason is kept."""
    office.route("first")
    checker, late = office.checker("one"), office.checker("late")
    for work, state in ((reject_request, State.REJECTED), (return_request, State.RETURNED)):
        request = office.ask().request
        with pytest.raises(Refusal, match="reason"):
            work(request=request, note=" ", actor=checker)
        assert work(request=request, note="not now", actor=checker).state == state
        assert Decision.objects.latest("pk").note == "not now"
        for work_late in (
            lambda r=request: approve_request(request=r, actor=late),
            lambda r=request: recall_request(request=r, actor=office.maker),
        ):
            with pytest.raises(Refusal, match="already decided"):
                work_late()
    request = office.ask().request
    with pytest.raises((NotPermitted, Refusal)):
        recall_request(request=request, actor=checker)
    assert recall_request(request=request, actor=office.maker).state == State.RECALLED
    with pytest.raises(Refusal, match="already decided"):
        approve_request(request=request, actor=checker)
    assert office.owner() == "Ada" and not Event.objects.filter(action="actions.sell_house").exists()


def test_only_the_maker_takes_back(office):
    office.route("first")
    request = office.ask().request
    other = make_user("other", "approvals.recall_request", area=office.country["Testland"])
    with pytest.raises(NotPermitted, match="Only the person who asked"):
        recall_request(request=request, actor=other)


def test_a_failing_effect_takes_the_decision_back(office):
    """pitfall S2, M10: decided and done, or neither."""
    office.route("first")
    checker = office.checker("one")
    request = office.ask(buyer="nobody").request
    events, changes = Event.objects.count(), Change.objects.count()
    with pytest.raises(Refusal, match="cannot buy"):
        approve_request(request=request, actor=checker)
    assert now(request).state == State.PENDING and not Decision.objects.exists()
    assert (Event.objects.count(), Change.objects.count()) == (events, changes)


def test_the_makers_right_is_checked_again(office):
    """pitfall S6: withdrawn before the decision, the request does nothing."""
    office.route("first")
    checker, request = office.checker("one"), office.ask().request
    with maintenance("moved away"):
        held = Assignment.objects.get(user=office.maker)
        held.area = office.country["South"]
        held.save()
    with pytest.raises(OutsidePlaces):
        approve_request(request=request, actor=checker)
    type(office.maker).objects.filter(pk=office.maker.pk).update(is_active=False)
    with pytest.raises(NotPermitted):
        approve_request(request=request, actor=checker)
    assert now(request).state == State.PENDING and office.owner() == "Ada" and not Decision.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_checkers_at_the_same_moment(office):
    """pitfall S2, M4: decided once, done once; the other is told."""
    office.route("first")
    one, two = office.checker("one"), office.checker("two")
    request = office.ask().request
    results = at_once(*[lambda checker=checker: approve_request(request=request, actor=checker) for checker in (one, two)])
    assert sorted(type(result).__name__ for result in results) == ["Refusal", "Request"]
    assert Decision.objects.count() == 1 and Event.objects.filter(action="actions.sell_house").count() == 1
    assert office.owner() == "Bo" and type(office.house).objects.get(pk=office.house.pk).version == 2


@pytest.mark.django_db(transaction=True)
def test_yes_and_no_at_the_same_moment(office):
    """One of them counts, whole."""
    office.route("first", people=1)
    one, two = office.checker("one"), office.checker("two")
    request = office.ask().request
    results = at_once(
        lambda: approve_request(request=request, actor=one),
        lambda: reject_request(request=request, note="no", actor=two),
        lambda: recall_request(request=request, actor=office.maker),
    )
    assert sorted(type(result).__name__ for result in results) == ["Refusal", "Refusal", "Request"]
    done = now(request).state == State.APPROVED
    assert (office.owner() == "Bo") is done and Event.objects.filter(action="actions.sell_house").exists() is done
    assert Decision.objects.count() == (0 if now(request).state == State.RECALLED else 1)


@pytest.mark.django_db(transaction=True)
def test_two_of_two_at_the_same_moment(office):
    """pitfall S2: neither voice is lost between two writers."""
    office.route("first", people=2)
    checkers = [office.checker(name) for name in ("one", "two", "three")]
    request = office.ask().request
    results = at_once(*[lambda checker=checker: approve_request(request=request, actor=checker) for checker in checkers])
    assert sorted(type(result).__name__ for result in results) == ["Refusal", "Request", "Request"]
    assert now(request).state == State.APPROVED and Decision.objects.count() == 2 and office.owner() == "Bo"

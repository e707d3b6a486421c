"""Asking: what is stored, what is refused, and what becomes of it when the world has moved on."""

import pytest

from coremis.kernel.actions.models import Change, Event
from coremis.kernel.approvals.models import Request
from coremis.kernel.approvals.services import approve_request, submit, submit_request
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Invalid, NotPermitted, OutsidePlaces, Refusal, Stale
from coremis.kernel.testing.cast import again, last_event, make_user
from coremis.kernel.testing.racing import at_once

State = Request.State


def test_it_works(office):
    office.route("first")
    request = office.ask(price=500).request
    assert (request.state, request.maker, request.note) == (State.PENDING, office.maker, "please")
    assert (request.amount_minor, request.currency, request.area) == (500, "XOF", office.country["Almond"])
    assert (request.subject_kind, request.subject_id, request.subject_version) == ("sample.house", office.house.pk, 1)
    assert request.inputs["house"] == {"kind": "sample.house", "id": office.house.pk, "version": 1} and office.owner() == "Ada"


def test_right_place_and_inputs_are_checked_before_asking(office):
    office.route("first")
    with pytest.raises(Invalid):
        submit(office.services.sell_house, {**office.sale(), "price": 5}, actor=office.maker)
    south = office.services.build_house(area=office.country["Fig"], actor=office.root)
    with pytest.raises(OutsidePlaces):
        office.ask(house=south)
    with pytest.raises(NotPermitted):
        office.ask(maker=make_user("stranger", "approvals.submit_request", area=office.country["Testland"]))
    with pytest.raises(NotPermitted):
        office.ask(maker=make_user("mute", "actions.sell_house", area=office.country["Testland"]))
    assert not Request.objects.exists()


def test_the_same_is_asked_once(office):
    office.route("first")
    request = office.ask().request
    with pytest.raises(Refusal, match="already waiting"):
        office.ask(price=200)
    approve_request(request=request, actor=office.checker("one"))
    office.house.refresh_from_db()
    assert office.ask(price=200).request.pk != request.pk


def test_a_key_asks_once(office):
    """pitfall M4: a double click on “submit”, also after it was decided."""
    office.route("first")
    request = office.ask(key="k1").request
    assert office.ask(key="k1").request == request
    approve_request(request=request, actor=office.checker("one"))
    office.house.refresh_from_db()
    assert office.ask(key="k1").request == request and Request.objects.count() == 1
    with pytest.raises(Refusal, match="other values"):
        office.ask(key="k1", price=7)


def test_a_route_may_say_that_no_approval_is_needed(office):
    """It is done at once, and the event says under which rule."""
    office.route()
    outcome = office.ask(key="k1")
    assert outcome.request is None and outcome.result.owner == "Bo" and not Request.objects.exists()
    event = last_event("actions.sell_house")
    assert event.unapproved and event.deciders == [] and event.request_id is None and event.actor_name == "maker"
    office.house.refresh_from_db()
    assert office.ask(key="k1").result == outcome.result and Event.objects.filter(action="actions.sell_house").count() == 1
    with pytest.raises(Refusal, match="needs no approval"):
        submit_request(action="actions.sell_house", inputs=office.services.sell_house.to_stored(office.sale()), actor=office.maker)


def test_who_asks_cannot_be_chosen(office):
    """pitfall S1: the maker is whoever is signed in, and neither maker, route nor state comes from outside."""
    assert set(submit_request.parameters) == {"action", "inputs", "note"}
    office.route("first")
    stored = office.services.sell_house.to_stored(office.sale())
    for more in ({"maker": office.checker("one")}, {"state": "APPROVED"}, {"route": 1}, {"levels": []}):
        with pytest.raises(Invalid):
            submit_request(action="actions.sell_house", inputs=stored, actor=office.maker, **more)
    assert submit_request(action="actions.sell_house", inputs=stored, actor=office.maker).maker == office.maker


@pytest.mark.parametrize(
    "change",
    [
        {"price": None},
        {"price": 5},
        {"buyer": 7},
        {"house": {"kind": "access.user", "id": 1, "version": 1}},
        {"house": {"kind": "sample.house", "id": 999, "version": 1}},
        {"extra": 1},
    ],
)
def test_raw_inputs_are_checked_like_any_others(office, change):
    """The stored form given directly, as an interface might, is converted and checked before it is stored."""
    office.route("first")
    stored = {**office.services.sell_house.to_stored(office.sale()), **change}
    with pytest.raises(Refusal):
        submit_request(action="actions.sell_house", inputs=stored, actor=office.maker)
    with pytest.raises(Refusal):
        submit_request(action="actions.paint_house", inputs={}, actor=office.maker)
    with pytest.raises(Refusal):
        submit_request(action="nowhere.at_all", inputs={}, actor=office.maker)


def test_asked_on_an_old_page(office):
    """What the maker looked at has changed before the request was sent."""
    office.route("first")
    seen = type(office.house).objects.get()
    office.services.paint_house(house=office.house, color="BLUE", actor=office.root)
    with pytest.raises(Stale, match="changed meanwhile"):
        office.ask(house=seen)


def test_overtaken_by_a_change(office):
    """What was asked is no longer what is there: nothing is done, and the request goes back."""
    office.route("first", "second")
    request = office.ask().request
    approve_request(request=request, actor=office.checker("one"))
    office.services.paint_house(house=office.house, color="BLUE", actor=office.root)
    stale = approve_request(request=request, actor=office.checker("two", "second"))
    assert stale.state == State.STALE and stale.level_profile is None and office.owner() == "Ada"
    assert not Event.objects.filter(action="actions.sell_house").exists()
    with pytest.raises(Refusal, match="already decided"):
        approve_request(request=request, actor=office.checker("three", "second"))
    office.house.refresh_from_db()
    assert office.ask().request.state == State.PENDING


def test_any_of_the_records_asked_about_may_overtake(office):
    """Not only the first: a list of houses of which the last was sold meanwhile."""
    office.route("first", action="actions.sell_street")
    houses = [office.house, *[office.services.build_house(area=office.country["Almond"], actor=office.root) for _n in range(2)]]
    asked = {"houses": houses, "price": Money(1, "XOF"), "buyer": "Bo"}
    request = submit(office.services.sell_street, asked, actor=office.maker).request
    office.services.paint_house(house=houses[2], color="BLUE", actor=office.root)
    assert approve_request(request=request, actor=office.checker("one")).state == State.STALE and office.owner() == "Ada"


def test_covered_inner_actions_carry_the_deciders(office):
    office.route("first", action="actions.sell_street")
    asked = {"houses": [office.house], "price": Money(1, "XOF"), "buyer": "Bo"}
    request = submit(office.services.sell_street, asked, actor=office.maker).request
    approve_request(request=request, actor=office.checker("one"))
    assert last_event("actions.sell_house").deciders == ["one (1)"] and last_event("actions.sell_house").request_id == request.pk
    assert Request.objects.get(pk=request.pk).result == {"plain": 1}


def test_a_stored_request_is_replayed_after_a_rename(office):
    """A request stored under the action's former name runs under its new one."""
    office.route("first")
    request = office.ask().request
    from coremis.kernel.actions.guard import unguarded

    with unguarded("as the last release stored it"):
        Request._base_manager.filter(pk=request.pk).update(action="sample.hand_over")
    done = approve_request(request=request, actor=office.checker("one"))
    assert done.state == State.APPROVED and office.owner() == "Bo" and last_event("actions.sell_house").request_id == request.pk


def test_a_request_whose_inputs_are_no_longer_known_says_so(office):
    office.route("first")
    request = office.ask().request
    from coremis.kernel.actions.guard import unguarded

    with unguarded("as the last release stored it"):
        Request._base_manager.filter(pk=request.pk).update(inputs={**request.inputs, "discount": 5})
    with pytest.raises(Refusal, match="no longer known"):
        approve_request(request=request, actor=office.checker("one"))
    assert Request.objects.get(pk=request.pk).state == State.PENDING


def test_nothing_secret_and_no_more_than_asked_is_stored(office):
    office.route("first")
    request = office.ask().request
    assert set(request.inputs) == {"house", "price", "buyer"}
    kept = Change.objects.get(event=last_event("approvals.submit_request"), kind=Change.INPUTS)
    assert set(kept.before) == {"action", "inputs", "note"} and again(office.maker).has_perm("approvals.submit_request")


@pytest.mark.django_db(transaction=True)
def test_two_ask_for_the_same_at_the_same_moment(office):
    """pitfall M4: two makers, one house, one request."""
    office.route("first")
    other = make_user("other", "actions.sell_house", "approvals.submit_request", area=office.country["North"])
    results = at_once(*[lambda maker=maker: office.ask(maker=maker) for maker in (office.maker, other)])
    assert sorted(type(result).__name__ for result in results) == ["Outcome", "Refusal"]
    assert Request.objects.filter(state=State.PENDING).count() == 1

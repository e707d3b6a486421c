"""Routes: who must agree, by action, place and amount; and failing closed where nothing fits."""

import pytest

from coremis.kernel.actions.context import Authority, approved_by
from coremis.kernel.actions.models import Change
from coremis.kernel.approvals.models import Request, Route
from coremis.kernel.approvals.queries import waiting_for
from coremis.kernel.approvals.routes import find_route
from coremis.kernel.approvals.services import approve_request, close_route, save_route, submit_request
from coremis.kernel.base.refusal import NeedsApproval, Refusal
from coremis.kernel.testing.cast import again, everywhere

SELL = "actions.sell_house"


def save(office, **inputs):
    with approved_by(Authority(save_route.name, 1)):
        return save_route(
            **{"action": SELL, "area": office.country["Testland"], "min_amount": 0, "levels": [], **inputs},
            actor=everywhere(save_route.name),
        )


def test_it_works(office):
    """pitfall S3: the most specific place first, then the highest amount that is reached."""
    whole, high = office.route("first"), office.route("first", "second", min_amount=1000)
    north, north_high = office.route("second", area="North"), office.route("third", area="North", min_amount=500)
    almond, fig = office.country["Almond"], office.country["Fig"]
    assert [find_route(SELL, fig, amount) for amount in (None, 0, 999, 1000, 5000)] == [whole, whole, whole, high, high]
    assert [find_route(SELL, almond, amount) for amount in (None, 499, 500, 5000)] == [north, north, north_high, north_high]
    with pytest.raises(Refusal, match="No approval route"):
        find_route("actions.sell_street", almond, 0)


def test_the_request_takes_the_levels_of_its_amount_and_place(office):
    office.route("first")
    office.route("first", "second", min_amount=1000)
    assert len(office.ask(price=999).request.levels) == 1
    house = office.services.build_house(area=office.country["Almond"], actor=office.root)
    assert len(office.ask(price=1000, house=house).request.levels) == 2


def test_nothing_fits_nothing_happens(office):
    """pitfall S3: fail closed: no route, only one elsewhere, only one from a higher amount, one out of use, one without levels."""
    for make in (
        lambda: None,
        lambda: office.route("first", area="South"),
        lambda: office.route("first", min_amount=101),
        lambda: office.route("first", action="actions.sell_street"),
    ):
        make()
        with pytest.raises(Refusal, match="No approval route"):
            office.ask()
    assert not Request.objects.exists()


def test_a_route_without_levels_in_use_is_no_free_pass(office):
    route = office.route("first")
    from coremis.kernel.actions.services import maintenance

    with maintenance("broken by hand"):
        level = route.levels.get()
        level.is_active = False
        level.save()
    with pytest.raises(Refusal, match="No approval route"):
        office.ask()


def test_the_nearer_route_counts_even_where_it_is_broken(office):
    """A damaged route is not passed over in favour of a weaker one above it."""
    office.route()
    broken = office.route("first", area="North")
    from coremis.kernel.actions.services import maintenance

    with maintenance("broken by hand"):
        level = broken.levels.get()
        level.is_active = False
        level.save()
    with pytest.raises(Refusal, match="No approval route"):
        office.ask()


def test_a_changed_route_counts_for_the_next_request(office):
    """Who must agree is fixed when it is asked."""
    route = office.route("first")
    request = office.ask().request
    save(office, route=route, levels=[{"profile": "second"}, {"profile": "third", "people": 2}])
    assert [level["people"] for level in Request.objects.get(pk=request.pk).levels] == [1]
    approve_request(request=request, actor=office.checker("one"))
    house = office.services.build_house(area=office.country["Almond"], actor=office.root)
    assert [level["people"] for level in office.ask(house=house).request.levels] == [1, 2]


def test_saving_routes(office):
    with pytest.raises(NeedsApproval):
        save_route(
            action=SELL, area=office.country["Testland"], min_amount=0, levels=[{"profile": "first"}], actor=everywhere(save_route.name)
        )
    route = save(office, levels=[{"profile": "first"}, {"profile": "second", "people": 3}])
    assert [(level.profile.code, level.people) for level in route.levels.all()] == [("first", 1), ("second", 3)]
    same = save(office, levels=[{"profile": "third"}])
    assert same == route and [level.profile.code for level in route.levels.filter(is_active=True)] == ["third"]
    assert Change.objects.filter(kind="approvals.routelevel").exists(), "what the levels were is kept"
    save(office, levels=[], no_approval=True)
    assert not route.levels.filter(is_active=True).exists() and office.ask().result is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"levels": []},
        {"levels": [{"profile": "first"}], "no_approval": True},
        {"levels": [{"profile": "nobody"}]},
        {"levels": [{}]},
        {"levels": [{"profile": "first", "people": 0}]},
        {"levels": [{"profile": "first", "people": -1}]},
        {"levels": [{"profile": "first", "people": "2"}]},
        {"levels": [{"profile": "first", "people": None}]},
        {"levels": [{"profile": "first"}], "min_amount": -1},
        {"levels": [{"profile": "first"}], "action": "actions.paint_house"},
        {"levels": [{"profile": "first"}], "action": "nowhere.at_all"},
    ],
)
def test_routes_that_would_weaken_the_rules_are_refused(office, wrong):
    """pitfall S2: “nobody must agree” is said openly or not at all."""
    with pytest.raises(Refusal):
        save(office, **wrong)
    assert not Route.objects.exists()


def test_two_routes_for_the_same_are_refused(office):
    first = office.route("first")
    other = office.route("first", min_amount=500)
    with pytest.raises(Refusal, match="Another route"):
        save(office, route=other, levels=[{"profile": "second"}])
    assert save(office, route=first, levels=[{"profile": "second"}]) == first


def test_a_closed_route_is_out_of_use(office):
    route = office.route("first")
    with approved_by(Authority(close_route.name, 1)):
        close_route(route=route, actor=everywhere(close_route.name))
    with pytest.raises(Refusal, match="No approval route"):
        office.ask()
    assert save(office, levels=[{"profile": "first"}]) != route


def test_what_waits_for_whom(office):
    """pitfall S10: by profile and place, oldest first, never what one asked or decided oneself."""
    office.route("first", "second")
    request = office.ask().request
    houses = [office.services.build_house(area=office.country[name], actor=office.root) for name in ("Fig", "Cedar")]
    stored = office.services.sell_house.to_stored(office.sale(house=houses[0]))
    from coremis.kernel.testing.cast import make_user

    far = make_user("far", SELL, "approvals.submit_request", area=office.country["South"])
    southern = submit_request(action=SELL, inputs=stored, actor=far)
    northern = office.ask(house=houses[1]).request
    one, north, second = office.checker("one"), office.checker("north", area="Northfield"), office.checker("second-one", "second")
    assert list(waiting_for(one)) == [request, southern, northern] and list(waiting_for(north)) == [request]
    assert not waiting_for(second).exists() and not waiting_for(office.maker).exists() and not waiting_for(make_user("nobody")).exists()
    approve_request(request=request, actor=one)
    assert list(waiting_for(again(one))) == [southern, northern] and list(waiting_for(again(second))) == [request]

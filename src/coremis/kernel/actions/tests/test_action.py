"""Running an action: right, place, inputs, inner actions, approval, event."""

import pytest

from coremis.kernel.actions.action import ACTIONS, action, find_action
from coremis.kernel.actions.context import Actor, Authority, approved_by
from coremis.kernel.actions.models import Change, Event
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Invalid, NeedsApproval, NotPermitted, OutsidePlaces, Refusal
from coremis.kernel.testing.cast import again, everywhere, last_event, make_user

FRANC = Money(100, "XOF")


def test_it_works(country, root, sample_app):
    house = sample_app.build_house(area=country["Almond"], owner="Ada", actor=root)
    event = last_event("actions.build_house")
    assert house.event_id == house.created_event_id == event.pk and house.version == 1
    assert event.area_id == country["Almond"].pk and event.actor_name == "system"
    inputs = Change.objects.get(event=event, kind=Change.INPUTS)
    assert inputs.before == {"area": {"kind": "areas.area", "id": country["Almond"].pk, "version": 1}, "owner": "Ada"}


def test_permission_is_the_name_of_the_action(country, sample_app):
    """pitfall S4: nothing is allowed that was not given."""
    stranger = make_user("stranger", "actions.paint_house", area=country["Testland"])
    with pytest.raises(NotPermitted):
        sample_app.build_house(area=country["Almond"], actor=stranger)
    assert not Event.objects.filter(action="actions.build_house").exists()


def test_blocked_user_may_nothing(country, sample_app):
    user = make_user("blocked", "actions.build_house", area=country["Testland"])
    sample_app.build_house(area=country["Almond"], actor=user)
    user.is_active = False
    user.save()
    with pytest.raises(NotPermitted):
        sample_app.build_house(area=country["Almond"], actor=again(user))


def test_inputs_must_lie_in_the_actors_places(country, root, northerner, sample_app):
    """pitfall S10"""
    inside = sample_app.build_house(area=country["Almond"], actor=northerner)
    outside = sample_app.build_house(area=country["Fig"], actor=root)
    sample_app.paint_house(house=inside, color="BLUE", actor=northerner)
    with pytest.raises(OutsidePlaces):
        sample_app.paint_house(house=outside, color="BLUE", actor=northerner)
    with pytest.raises(OutsidePlaces):
        sample_app.build_house(area=country["Fig"], actor=northerner)


def test_what_is_only_looked_at_is_checked_too(country, root, northerner, sample_app):
    """An action that writes nothing may still tell something."""
    house = sample_app.build_house(area=country["Fig"], owner="Ada", actor=root)
    with pytest.raises(OutsidePlaces):
        sample_app.look_at(house=house, actor=northerner)
    with pytest.raises(OutsidePlaces):
        sample_app.look_at(house=house, actor=northerner, key="k1")


def test_lists_of_records_are_checked_one_by_one(country, root, northerner, sample_app):
    houses = [sample_app.build_house(area=country[name], actor=root) for name in ("Almond", "Fig")]
    with approved_by(Authority("actions.sell_street", None)), pytest.raises(OutsidePlaces):
        sample_app.sell_street(houses=houses, price=FRANC, buyer="Bo", actor=northerner)


def test_what_is_created_must_lie_in_the_actors_places(country, northerner, sample_app):
    """pitfall S10: the place came as a plain number, which the inputs' check cannot see."""
    sample_app.build_house_at(area_id=country["Almond"].pk, actor=northerner)
    with pytest.raises(OutsidePlaces):
        sample_app.build_house_at(area_id=country["Fig"].pk, actor=northerner)
    assert ACTIONS["actions.build_house_at"].name == last_event("actions.build_house_at").action
    assert Event.objects.filter(action="actions.build_house_at").count() == 1


def test_what_is_moved_is_checked_where_it_was_and_where_it_goes(country, root, northerner, sample_app):
    from coremis.kernel.actions.tests.sample.models import House

    house = sample_app.build_house(area=country["Almond"], actor=root)
    sample_app.move_house(house=house, to=country["Cedar"].pk, actor=northerner)
    with pytest.raises(OutsidePlaces):
        sample_app.move_house(house=house, to=country["Fig"].pk, actor=northerner)
    away = House.objects.get(pk=sample_app.build_house(area=country["Fig"], actor=root).pk)
    away.area = country["Almond"]  # only in memory: the stored place counts
    with pytest.raises(OutsidePlaces):
        sample_app.move_house(house=away, to=country["Beech"].pk, actor=northerner)
    assert House.objects.get(pk=away.pk).area == country["Fig"]


def test_records_in_several_places_are_checked_with_their_links(country, root, northerner, sample_app):
    """The links come after the row: they are checked when the action ends."""
    from coremis.kernel.actions.tests.sample.models import Tour

    north, south = country["Almond"].pk, country["Fig"].pk
    tour = sample_app.plan_tour(title="north", area_ids=[north], actor=northerner)
    for areas in ([north, south], [south], []):
        with pytest.raises(OutsidePlaces):
            sample_app.plan_tour(title="both", area_ids=areas, actor=northerner)
    with pytest.raises(OutsidePlaces):
        sample_app.extend_tour(tour=tour, area_id=south, actor=northerner)
    sample_app.extend_tour(tour=tour, area_id=south, actor=root)
    with pytest.raises(OutsidePlaces):
        sample_app.extend_tour(tour=tour, area_id=north, actor=northerner)
    assert Tour.objects.count() == 1


def test_unknown_and_missing_inputs_are_refused(country, root, sample_app):
    with pytest.raises(Invalid) as refused:
        sample_app.build_house(colour="RED", actor=root)
    assert "colour" in str(refused.value) and "area" in str(refused.value) and "area" in refused.value.errors
    with pytest.raises(TypeError):
        sample_app.build_house(country["Almond"], actor=root)


def test_a_failing_body_leaves_nothing(country, root, sample_app):
    """pitfall M10: all or nothing."""
    house = sample_app.build_house(area=country["Almond"], actor=root)
    events = Event.objects.count()
    with approved_by(Authority("actions.sell_house", None)), pytest.raises(Refusal):
        sample_app.sell_house(house=house, price=FRANC, buyer="nobody", actor=root)
    assert Event.objects.count() == events


def test_inner_actions_have_their_own_event_and_need_their_own_right(country, root, sample_app):
    house = sample_app.build_house(area=country["Almond"], actor=root)
    builder = make_user("builder", "actions.renovate", area=country["Testland"])
    with pytest.raises(NotPermitted):  # build_house is covered, paint_house is not
        sample_app.renovate(house=house, actor=builder)
    assert not Event.objects.filter(action="actions.renovate").exists()
    sample_app.renovate(house=house, actor=root)
    outer = last_event("actions.renovate")
    assert last_event("actions.paint_house").cause_id == last_event("actions.build_house").cause_id == outer.pk
    assert Change.objects.get(kind="sample.house").event.action == "actions.paint_house"


def test_covered_inner_action_keeps_the_outer_places(country, root, northerner, sample_app):
    house = sample_app.build_house(area=country["Fig"], actor=root)
    with pytest.raises(OutsidePlaces):
        sample_app.renovate(house=house, actor=northerner)


def test_approvable_action_waits(country, root, sample_app):
    """pitfall S14: no path around the approval."""
    house = sample_app.build_house(area=country["Almond"], actor=root)
    with pytest.raises(NeedsApproval):
        sample_app.sell_house(house=house, price=FRANC, buyer="Bo", actor=root)
    with approved_by(Authority("actions.paint_house", 7)), pytest.raises(NeedsApproval):
        sample_app.sell_house(house=house, price=FRANC, buyer="Bo", actor=root)


def test_approvable_inner_action_runs_only_inside_an_approved_outer_that_covers_it(country, root, sample_app):
    houses = [sample_app.build_house(area=country["Almond"], actor=root) for _n in range(2)]
    sale = {"houses": houses, "price": FRANC, "buyer": "Bo", "actor": root}
    with pytest.raises(NeedsApproval):
        sample_app.sell_street(**sale)
    with approved_by(Authority("actions.sell_street", 7, ("Cy (1)",))):
        sample_app.sell_street(**sale)
    inner = last_event("actions.sell_house")
    assert inner.request_id == 7 and inner.deciders == ["Cy (1)"] and inner.cause_id == last_event("actions.sell_street").pk
    with approved_by(Authority("actions.sell_two", 8)), pytest.raises(NeedsApproval):  # sell_house is not covered
        sample_app.sell_two(house=houses[0], other=houses[1], actor=root)


def test_an_approval_is_good_for_one_run(country, root, sample_app):
    """pitfall S14: inside the approved action the same one cannot run again for something else."""
    houses = [sample_app.build_house(area=country["Almond"], actor=root) for _n in range(2)]
    with approved_by(Authority("actions.sell_on", 9)):
        assert sample_app.sell_on(houses=houses[:1], actor=root) == 1
        with pytest.raises(NeedsApproval):
            sample_app.sell_on(houses=houses, actor=root)


def test_renamed_action_is_found_under_its_former_name():
    assert find_action("sample.hand_over").name == "actions.sell_house"
    with pytest.raises(Refusal, match="switched off"):
        find_action("nowhere.at_all")


def test_former_permission_still_counts(country, root, sample_app):
    """A profile stored before the rename keeps its meaning."""
    seller = make_user("seller", "sample.hand_over", area=country["Testland"])
    assert seller.has_perm("actions.sell_house") and not seller.has_perm("sample.hand_over")


def test_two_actions_of_one_name_stop_the_start(sample_app):
    def build_house(*, actor: Actor) -> None: ...

    build_house.__module__ = "coremis.kernel.actions.tests.other"
    with pytest.raises(TypeError, match="Two actions"):
        action("Again")(build_house)


def test_system_holds_exactly_what_the_work_was_ordered_for(country, sample_app):
    with pytest.raises(NotPermitted):
        sample_app.build_house(area=country["Almond"], actor=everywhere("actions.paint_house"))

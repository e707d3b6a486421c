"""Idempotency keys: the second run with the same key is harmless."""

import pytest

from coremis.kernel.actions.keys import Earlier, store_result
from coremis.kernel.actions.models import ActionKey, Event
from coremis.kernel.actions.parameters import Secret
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import NotPermitted, OutsidePlaces, Refusal
from coremis.kernel.testing.cast import build_country, make_user
from coremis.kernel.testing.racing import at_once


def houses():
    from coremis.kernel.actions.tests.sample.models import House

    return House.objects.count()


def test_it_works(country, root, sample_app):
    """pitfall M4: a double click builds one house."""
    first = sample_app.build_house(area=country["Almond"], owner="Ada", actor=root, key="k1")
    second = sample_app.build_house(area=country["Almond"], owner="Ada", actor=root, key="k1")
    assert first == second and houses() == 1
    assert Event.objects.filter(action="actions.build_house").count() == 1


def test_other_inputs_under_the_same_key_are_refused(country, root, sample_app):
    sample_app.build_house(area=country["Almond"], owner="Ada", actor=root, key="k1")
    for other in ({"owner": "Bo"}, {"area": country["Fig"]}, {"owner": "Ada", "account": Secret("12")}):
        with pytest.raises(Refusal, match="other values"):
            sample_app.build_house(**{"area": country["Almond"], "owner": "Ada", **other}, actor=root, key="k1")
    assert houses() == 1


def test_another_secret_is_another_input(country, root, sample_app):
    """The secret is not stored, and yet a second one under the same key is not swallowed."""
    given = {"area": country["Almond"], "actor": root, "key": "k1"}
    sample_app.build_house(**given, account=Secret("12"))
    sample_app.build_house(**given, account=Secret("12"))
    with pytest.raises(Refusal, match="other values"):
        sample_app.build_house(**given, account=Secret("13"))


def test_the_same_record_in_a_newer_version_is_the_same_input(country, root, sample_app):
    house = sample_app.build_house(area=country["Almond"], actor=root)
    sample_app.paint_house(house=house, color="BLUE", actor=root, key="k1")
    house.refresh_from_db()
    sample_app.paint_house(house=house, color="BLUE", actor=root, key="k1")
    assert Event.objects.filter(action="actions.paint_house").count() == 1


@pytest.mark.django_db
def test_version_in_plain_data_is_an_input_like_any_other(root):
    """Only references to records are compared without their version."""
    from coremis.kernel.actions.keys import claim

    assert claim("x", root, "k", {"plain": {"version": 1}}) is None
    with pytest.raises(Refusal):
        claim("x", root, "k", {"plain": {"version": 2}})


def test_keys_are_each_persons_and_each_actions_own(country, root, sample_app):
    ada, bo = (make_user(name, "actions.build_house", area=country["Testland"]) for name in ("ada", "bo"))
    for actor in (ada, bo, root):
        sample_app.build_house(area=country["Almond"], owner=actor.get_username(), actor=actor, key="k1")
    sample_app.write_memo(text="x", actor=root, key="k1")
    assert houses() == 3 and ActionKey.objects.filter(key="k1").count() == 4


def test_long_keys_that_begin_alike_differ(country, root, sample_app):
    for end in "ab":
        sample_app.build_house(area=country["Almond"], actor=root, key="k" * 200 + end)
    assert houses() == 2


def test_key_is_free_again_when_the_action_failed(country, northerner, sample_app):
    with pytest.raises(OutsidePlaces):
        sample_app.build_house_at(area_id=country["Fig"].pk, actor=northerner, key="k1")
    sample_app.build_house_at(area_id=country["Almond"].pk, actor=northerner, key="k1")


def test_replay_needs_the_right_too(country, sample_app):
    """pitfall S6: a known key does not open what was taken away."""
    ada = make_user("ada", "actions.build_house", area=country["Testland"])
    sample_app.build_house(area=country["Almond"], actor=ada, key="k1")
    ada.is_active = False
    with pytest.raises(NotPermitted):
        sample_app.build_house(area=country["Almond"], actor=ada, key="k1")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "result", [None, 5, "x", True, [1, "a"], {"kind": "cash", "id": 3}, {}, Money(5, "XOF"), [Money(1, "XOF"), {"list": 1}]]
)
def test_every_result_comes_back_as_it_was(result):
    assert Earlier(store_result(result)).result() == result


def test_records_come_back_as_they_are_now(country, root, sample_app):
    house = sample_app.build_house(area=country["Almond"], actor=root, key="k1")
    sample_app.paint_house(house=house, color="BLUE", actor=root)
    assert sample_app.build_house(area=country["Almond"], actor=root, key="k1").color == "BLUE"
    assert Earlier(store_result([house, house])).result() == [house, house]


def test_a_result_that_cannot_be_given_again_is_an_error(root, sample_app, db):
    """Better loud than a second run that silently returns nothing."""
    sample_app.TOLD[0] = object
    with pytest.raises(TypeError):
        sample_app.do_as_told(actor=root, key="k1")
    assert sample_app.do_as_told(actor=root) is not None and not ActionKey.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_same_key_at_the_same_moment_runs_once(root, sample_app):
    """pitfall M4, D7: two browsers, two workers, one effect."""
    country = build_country()

    def build(owner):
        return lambda: sample_app.build_house(area=country["Almond"], owner=owner, actor=root, key="k1")

    results = at_once(*[build("Ada")] * 4)
    assert len({house.pk for house in results}) == 1 and houses() == 1
    results = at_once(
        *[lambda owner=owner: sample_app.build_house(area=country["Fig"], owner=owner, actor=root, key="k2") for owner in "ab"]
    )
    assert sorted(type(result).__name__ for result in results) == ["House", "Refusal"]
    assert houses() == 2 and Event.objects.filter(action="actions.build_house").count() == 2

"""Inputs: the signature is the contract, and every stored input comes back as it was."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from coremis.kernel.actions.action import Action
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.models import Change
from coremis.kernel.actions.parameters import Secret
from coremis.kernel.base.dates import PartialDate
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Invalid
from coremis.kernel.testing.cast import last_event


@pytest.fixture
def given(country, root, sample_app):
    from coremis.kernel.actions.tests.sample.models import Color

    houses = [sample_app.build_house(area=country["Almond"], actor=root) for _n in range(3)]
    return {
        "house": houses[0], "houses": houses, "on": date(2026, 2, 28), "at": datetime(2026, 2, 28, 23, 59, 1, 7, tzinfo=UTC),
        "count": 0, "sure": False, "text": "É “x”\n%s", "price": Money(-5, "XOF"), "color": Color.BLUE,
        "plain": {"kind": "cash", "id": 4, "version": 2, "deep": {"a": [1, None, 2.5]}}, "rows": [{"code": "a"}, {}],
        "share": Decimal("0.10"), "born": PartialDate(date(1987, 5, 1), "MONTH"), "secret": Secret("hush-hush"), "maybe": None,
    }  # fmt: skip


def test_it_works(given, root, sample_app):
    """Everything stored and read again is the same input; the secret alone is gone."""
    action = sample_app.take_all
    values = action.check_inputs(given)
    stored = json.loads(json.dumps(action.to_stored(values)))
    again = action.from_stored(stored)
    assert again.pop("secret") is None and stored["secret"] is None
    assert again == {name: value for name, value in values.items() if name != "secret"}
    assert action(**given, actor=root) == {"count": 0}


def test_texts_hold_nothing_unseen(given, root, sample_app):
    """A name with a sign that shows nothing would look like another, and one that turns the direction could turn an amount beside it."""
    unseen = {**given, "text": "Ma\u200bria \u202e12", "plain": {"en": "\u2066x\ufeff"}, "rows": [{"code": "a\u00adb"}]}
    values = sample_app.take_all.check_inputs(unseen)
    assert (values["text"], values["plain"], values["rows"]) == ("Maria 12", {"en": "x"}, [{"code": "ab"}])


def test_every_wrong_type_is_refused_with_the_name_of_the_input(given, root, sample_app):
    wrong = {
        "house": 5, "houses": [given["house"], "x"], "on": datetime(2026, 1, 1), "at": date(2026, 1, 1), "count": True, "sure": 1,
        "text": 5, "price": 100, "color": "GREEN", "plain": [1], "rows": [1], "share": 1.5, "born": "1987", "secret": "hush-hush",
    }  # fmt: skip
    for name, value in wrong.items():
        with pytest.raises(Invalid) as refused:
            sample_app.take_all(**{**given, name: value}, actor=root)
        assert list(refused.value.errors) == [name], name
        assert "hush" not in str(refused.value), "a secret is not repeated in the refusal"


@pytest.mark.parametrize("value", ["house", {"a": 1}, 5, b"x"])
def test_a_list_is_never_made_of_a_text(given, root, sample_app, value):
    with pytest.raises(Invalid):
        sample_app.take_all(**{**given, "houses": value}, actor=root)


@pytest.mark.parametrize("value", ["zero\0byte", "half \ud800 sign"])
def test_texts_that_no_database_can_keep_are_refused(given, root, sample_app, value):
    """PostgreSQL would fail in the middle of the transaction."""
    for name, wrong in (("text", value), ("plain", {"a": [value]}), ("rows", [{value: 1}])):
        with pytest.raises(Invalid):
            sample_app.take_all(**{**given, name: wrong}, actor=root)


@pytest.mark.parametrize("value", [{"a": {1, 2}}, {"a": float("nan")}, {"a": object()}])
def test_only_plain_data_is_plain_data(given, root, sample_app, value):
    with pytest.raises(Invalid):
        sample_app.take_all(**{**given, "plain": value}, actor=root)


def test_plain_data_is_the_same_now_and_after_it_was_stored(given, sample_app):
    values = sample_app.take_all.check_inputs({**given, "plain": {"on": date(2026, 1, 2), 3: "x"}})
    assert values["plain"] == {"on": "2026-01-02", "3": "x"}


def test_nothing_given_means_the_default_not_none(country, root, sample_app):
    """pitfall M19: nothing, and a value, are two things."""
    house = sample_app.build_house(area=country["Almond"], owner=None, actor=root)
    assert house.owner == ""
    with pytest.raises(Invalid):
        sample_app.build_house(area=None, actor=root)


def test_choices_are_accepted_by_value(given, sample_app):
    assert sample_app.take_all.check_inputs({**given, "color": "RED"})["color"].label == "red"


def test_stored_references_that_are_gone_or_of_another_kind_are_refused(given, sample_app):
    stored = sample_app.take_all.to_stored(sample_app.take_all.check_inputs(given))
    for wrong in ({"kind": "sample.house", "id": 99999, "version": 1}, {"kind": "access.user", "id": 1, "version": 1}, {"id": 1}, 5, "x"):
        with pytest.raises(Invalid):
            sample_app.take_all.from_stored({**stored, "house": wrong})
        with pytest.raises(Invalid):
            sample_app.take_all.from_stored({**stored, "houses": [stored["house"], wrong]})


@pytest.mark.parametrize(
    ("name", "wrong"), [("color", "GREEN"), ("share", "x"), ("on", "31/12"), ("price", {"amount": 1}), ("born", "x"), ("unknown", 1)]
)
def test_stored_inputs_in_a_form_no_longer_known_are_refused(given, sample_app, name, wrong):
    stored = sample_app.take_all.to_stored(sample_app.take_all.check_inputs(given))
    from coremis.kernel.base.refusal import Refusal

    with pytest.raises(Refusal):
        sample_app.take_all.from_stored({**stored, name: wrong})


def test_stored_lists_of_records_are_read_in_one_query(given, sample_app, django_assert_num_queries):
    """pitfall P1"""
    stored = sample_app.take_all.to_stored({"houses": given["houses"]})
    with django_assert_num_queries(1):
        assert sample_app.take_all.from_stored(stored)["houses"] == given["houses"]


def test_secrets_are_stored_nowhere(given, country, root, sample_app):
    """pitfall S9: neither in events, changes, keys nor the tables, whatever path it takes."""
    from coremis.kernel.testing.database import every_text_of_the_database

    sample_app.take_all(**given, actor=root, key="once")
    house = sample_app.build_house(area=country["Almond"], account=Secret("hush-hush"), actor=root)
    sample_app.paint_house(house=house, color="BLUE", account=Secret("hush-again"), actor=root)
    assert Change.objects.get(event=last_event("actions.take_all")).before["secret"] is None
    found = [text[:80] for text in every_text_of_the_database() if "hush" in text]
    assert not found
    assert "hush" not in repr(given["secret"]) + str(given["secret"]) + f"{given['secret']}"


def declared(body):
    body.__module__ = "coremis.kernel.actions.tests.sample.services"
    return Action(body, "x", False, ())


def test_the_signature_is_the_contract():
    """What cannot be checked and stored stops the start."""

    def positional(one: int, *, actor: Actor): ...
    def bare(*, one, actor: Actor): ...
    def actorless(*, one: int): ...
    def anything(*, one: object, actor: Actor): ...
    def sets(*, one: set[str], actor: Actor): ...
    def either(*, one: int | str, actor: Actor): ...
    def many_secrets(*, one: list[Secret[str]], actor: Actor): ...
    def taken(*, key: str, actor: Actor): ...
    def more(*, actor: Actor, **others: int): ...

    for body in (positional, bare, actorless, anything, sets, either, many_secrets, taken, more):
        with pytest.raises(TypeError):
            declared(body)


def test_defaults_and_optional_inputs_are_described():
    def described(*, one: int | None = None, two: list[str], three: str = "x", actor: Actor): ...

    given = declared(described).parameters
    assert [(item.name, item.type, item.many, item.optional, item.required) for item in given.values()] == [
        ("one", int, False, True, False), ("two", str, True, False, True), ("three", str, False, False, False),
    ]  # fmt: skip

"""Which rows a stored condition finds."""

from datetime import date

import pytest

from coremis.kernel.base.refusal import Refusal
from coremis.modules.filters.queries import checked, matching, words
from coremis.modules.registry.models import Household, Person
from coremis.modules.registry.tests.factories import make_household, make_person, make_variable

DAY = date(2026, 6, 1)
YOUNG = {"fact": "registry.person.age", "is": "most", "value": 4}


def about(kind, *parts):
    return {"about": kind, "where": {"all": list(parts)}}


def has(count, *parts):
    return {"link": "registry.household:members", "count": count, "where": {"all": list(parts)}}


@pytest.mark.django_db
def test_it_works(country):
    make_household(country["Almond"], people=[{}, {}, {"birth_date": date(2024, 1, 1)}, {"birth_date": date(2025, 1, 1)}])
    one = make_household(country["Almond"], people=[{}, {"birth_date": date(2025, 1, 1)}])
    none = make_household(country["Fig"], people=[{}, {}])
    everybody = Household.objects.all()
    assert matching(everybody, {}, DAY).count() == 3
    assert set(matching(everybody, about("household", has(2, YOUNG)), DAY)) == set(everybody) - {one, none}
    assert list(matching(everybody, about("household", has(0, YOUNG)), DAY)) == [none]
    assert list(matching(everybody, about("household", {"not": has(1, YOUNG)}), DAY)) == [none]
    assert words(about("household", has(2, YOUNG))) == "Households: has at least 2 members who [Age: 4 years or less]"


@pytest.mark.django_db
def test_a_condition_that_is_not_understood_finds_nobody_and_says_so(country):
    """Pitfall M18: fails closed."""
    make_household(country["Almond"])
    for broken in (
        None, [], "x", {"where": {}}, {"about": "household"}, about("household"), about("moon", YOUNG), about("household", YOUNG),
        about("person", {"fact": "registry.person.gone", "is": "known"}), about("person", {"fact": "nowhere.person.age", "is": "known"}),
        about("person", {**YOUNG, "is": "in"}), about("person", {**YOUNG, "value": "4"}), about("person", {**YOUNG, "value": True}),
        about("person", {**YOUNG, "more": 1}), about("person", {"fact": "registry.person.sex", "is": "in", "value": []}),
        about("person", {"fact": "registry.person.sex", "is": "in", "value": ["blue"]}),
        about("person", {"fact": "registry.person.area", "is": "in", "value": [10**9]}),
        about("household", {**has(1, YOUNG), "count": -1}), about("person", {"not": {"all": []}}),
    ):  # fmt: skip
        with pytest.raises(Refusal):
            matching(Person.objects.all(), broken, DAY)
        with pytest.raises(Refusal):
            checked(broken)


@pytest.mark.django_db
def test_not_known_is_neither_zero_nor_no_and_its_opposite_is_everybody_else(country):
    """Pitfall M19: null and zero are different."""
    make_variable("rooms", "NUMBER", subject="dwelling", filterable=True)
    zero, three, unknown = (make_household(country["Almond"], data=data) for data in ({"rooms": 0}, {"rooms": 3}, {}))
    rooms = {"fact": "registry.household.var_rooms"}
    found = lambda *parts: set(matching(Household.objects.all(), about("household", *parts), DAY))  # noqa: E731
    assert found({**rooms, "is": "most", "value": 2}) == {zero}
    assert found({**rooms, "is": "unequal", "value": 0}) == {three}
    assert found({"not": {**rooms, "is": "equal", "value": 0}}) == {three, unknown}
    assert found({**rooms, "is": "unknown"}) == {unknown}
    assert found({**rooms, "is": "known"}) == {zero, three}


@pytest.mark.django_db
def test_a_condition_on_households_finds_no_persons(country):
    with pytest.raises(Refusal):
        matching(Person.objects.all(), about("household", has(1, YOUNG)), DAY)


@pytest.mark.django_db
def test_the_household_of_a_person_on_that_day(country):
    home = make_household(country["Almond"], people=[{}, {}, {}], since=date(2025, 1, 1))
    make_person(country["Almond"])
    lives = {"link": "registry.person:home", "count": 1, "where": {"fact": "registry.household.size", "is": "least", "value": 3}}
    assert matching(Person.objects.all(), about("person", lives), DAY).count() == 3 == home.size
    assert matching(Person.objects.all(), about("person", lives), date(2024, 12, 31)).count() == 0
    assert matching(Person.objects.all(), about("person", {"not": lives}), DAY).count() == 1

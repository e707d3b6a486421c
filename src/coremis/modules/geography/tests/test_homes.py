"""A list of households with their places, after a unit was split."""

import pytest

from coremis.kernel.testing.cast import make_user
from coremis.modules.geography.imports import HOMES
from coremis.modules.geography.services.moving import move_people
from coremis.modules.geography.tests.conftest import RIGHTS, counts, send, take_in, told
from coremis.modules.registry.models import Household, Person
from coremis.modules.registry.tests.factories import make_household


@pytest.fixture
def movers(people, country):
    people.maker = make_user("mover", *RIGHTS, move_people.name, area=country["Testland"])
    return people


def test_it_works(movers, country):
    home, other = make_household(country["Northfield"]), make_household(country["Almond"])
    text = f"number;place\n{home.number_text};N1B\n{other.number_text};N1A\nH-99999-99;N1A\n{home.number_text[:-1]}x;N1A\n"
    batch = send(movers, text, HOMES)
    assert counts(batch) == (0, 1, 1, 2), told(batch)
    take_in(movers, batch)
    assert Household.objects.get(pk=home.pk).area == country["Beech"]
    assert set(Person.objects.filter(memberships__household=home).values_list("area__code", flat=True)) == {"N1B"}


def test_only_in_the_place_of_the_file(movers, country):
    """pitfall S10"""
    south = make_household(country["Fig"])
    batch = send(movers, f"number;place\n{south.number_text};N1A\n", HOMES, area=country["North"])
    assert "no such household in North" in told(batch)[2][0][1]

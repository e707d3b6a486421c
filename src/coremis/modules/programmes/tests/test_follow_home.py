"""Whoever is in a programme lies where the household lies now."""

import pytest

from coremis.kernel.testing.cast import everywhere, make_user
from coremis.modules.programmes.models import Enrolment
from coremis.modules.programmes.tests.sample import R, S, change_status, enrol, make_programme
from coremis.modules.registry.models import HouseholdMove
from coremis.modules.registry.services import accept_move, change_household, propose_move
from coremis.modules.registry.tests.factories import make_household

pytestmark = pytest.mark.django_db


def places():
    return list(Enrolment.objects.order_by("pk").values_list("area__name", flat=True))


def test_it_works(country):
    """Within a district the place of an open enrolment follows at once; one that has ended stays where it was."""
    household = make_household(country["Almond"])
    enrol(make_programme("ONE"), household)
    change_status(enrol(make_programme("TWO"), household), S.EXITED, R.VOLUNTARY)
    change_household(household=household, area=country["Beech"], actor=everywhere(change_household.name))
    assert places() == ["Beech", "Almond"]


def test_between_two_districts(country):
    """It follows when the move is accepted, written by an officer who has rights only where the household arrives."""
    household = make_household(country["Almond"])
    enrol(make_programme(), household)
    north = make_user("north", propose_move.name, "registry.view_household", area=country["North"])
    south = make_user("south", accept_move.name, "registry.view_household", area=country["South"])
    move = propose_move(household=household, to_area_id=country["Fig"].pk, reason="Work", actor=north)
    assert places() == ["Almond"]
    accept_move(move=HouseholdMove.objects.get(pk=move.pk), actor=south)
    assert places() == ["Fig"]

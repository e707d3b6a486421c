"""Two people decide about the same household at the same moment: one does it, the other gets a sentence."""

import pytest

from coremis.kernel.actions.context import Authority, approved_by
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.testing.cast import build_country, everywhere, make_user
from coremis.kernel.testing.racing import at_once
from coremis.modules.registry.models import Card, Household, HouseholdMove, Membership, Person
from coremis.modules.registry.services import accept_move, merge_persons, print_card, recall_move, split_household
from coremis.modules.registry.tests.factories import make_household, make_move, make_person

pytestmark = pytest.mark.django_db(transaction=True)


def outcomes(results):
    """How many were done and how many refused; anything else is shown."""
    odd = [result for result in results if isinstance(result, Exception) and not isinstance(result, Refusal)]
    assert not odd, odd
    return sorted("refused" if isinstance(result, Refusal) else "done" for result in results)


def test_it_works():
    """A move is accepted or taken back, never both."""
    country = build_country()
    household = make_household(country["Almond"])
    move = make_move(household, country["Ebony"], proposed_by=7)
    accept = lambda: accept_move(move=move, actor=everywhere(accept_move.name))  # noqa: E731
    recall = lambda: recall_move(move=move, actor=everywhere(recall_move.name))  # noqa: E731
    assert outcomes(at_once(accept, recall, accept)) == ["done", "refused", "refused"]
    place = {"ACCEPTED": "Ebony", "RECALLED": "Almond"}[HouseholdMove.objects.get().state]
    assert set(Person.objects.values_list("area__name", flat=True)) == {place} == {Household.objects.get().area.name}


def test_nobody_is_split_off_twice():
    household = make_household(build_country()["Almond"])
    spouse = household.memberships.get(relationship="spouse").person
    split = lambda: split_household(household=household, leaving=[spouse], head=spouse, actor=everywhere(split_household.name))  # noqa: E731
    assert outcomes(at_once(split, split)) == ["done", "refused"]
    assert Household.objects.count() == 2 and Membership.objects.filter(person=spouse, left_on=None).count() == 1


def test_merging_both_ways_leaves_one():
    country = build_country()
    first, second = make_person(country["Almond"]), make_person(country["Almond"])

    def merge(survivor, other):
        with approved_by(Authority(merge_persons.name, None)):
            return merge_persons(survivor=survivor, other=other, reason="Same", actor=everywhere(merge_persons.name))

    assert outcomes(at_once(lambda: merge(first, second), lambda: merge(second, first))) == ["done", "refused"]
    assert Person.objects.count() == 1


def test_one_card_for_two_prints():
    country = build_country()
    person, clerk = make_person(country["Almond"]), make_user("clerk", print_card.name, area=country["Testland"])
    results = at_once(*[lambda: print_card(person=person, actor=clerk)] * 2)
    assert outcomes(results) == ["done", "done"] and Card.objects.count() == 1

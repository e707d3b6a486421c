"""Whoever died, and records that were merged, get no place and no payment again by a change of status."""

import pytest
from django.utils import timezone

from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.testing.cast import everywhere
from coremis.modules.programmes import services
from coremis.modules.programmes.models import Enrolment
from coremis.modules.programmes.tests.sample import (
    EVERYTHING,
    PEOPLE,
    R,
    S,
    agreed,
    change_all,
    change_status,
    enrol,
    enrol_all,
    make_programme,
    undo,
)
from coremis.modules.registry.models import Household
from coremis.modules.registry.services.households import change_household
from coremis.modules.registry.services.merging import merge_households, merge_persons
from coremis.modules.registry.services.persons import record_death
from coremis.modules.registry.tests.factories import make_household, make_person

pytestmark = pytest.mark.django_db
CLERK = everywhere(merge_households.name, merge_persons.name, record_death.name, change_household.name, *PEOPLE)


def merged_households(survivor, other):
    relations = {str(other.memberships.get(relationship="head").person_id): "other_relative"}
    agreed(merge_households, CLERK, survivor=survivor, other=other, relationships=relations, reason="One kitchen")


def test_it_works(country):
    """The exit of a record that was merged since is not undone: the same person would be paid twice."""
    programme = make_programme(unit="person")
    survivor, other = make_person(country["Almond"]), make_person(country["Almond"])
    enrol(programme, survivor)
    double = enrol(programme, other)
    change_status(double, S.EXITED, R.DUPLICATE)
    agreed(merge_persons, CLERK, survivor=survivor, other=other, reason="The same woman")
    with pytest.raises(Refusal, match="record was merged"):
        agreed(services.undo_last_change, EVERYTHING, enrolment=Enrolment.objects.get(pk=double.pk))


def test_undoing_a_group_leaves_merged_households_alone(country):
    programme = make_programme()
    survivor, other, third = (make_household(country[name]) for name in ("Almond", "Fig", "Fig"))
    for household in (survivor, other, third):
        enrol(programme, household)
    group = change_all(programme, country["Fig"], new=S.EXITED, reason=R.VOLUNTARY)
    merged_households(survivor, other)
    assert undo(group).count == 1
    assert Enrolment.objects.get(household=other.pk).status == S.EXITED
    assert Enrolment.objects.get(household=third.pk).status == S.ACTIVE


def test_an_enrolment_that_comes_along_lies_where_the_survivor_lives(country):
    programme = make_programme()
    survivor, other = make_household(country["Almond"]), make_household(country["Fig"])
    enrolment = enrol(programme, other)
    merged_households(survivor, other)
    enrolment.refresh_from_db()
    assert (enrolment.household, enrolment.area) == (survivor, country["Almond"])


def test_a_free_place_is_not_given_to_the_dead(country):
    programme = make_programme(unit="person")
    first, second = (enrol(programme, make_person(country["Almond"]), S.POTENTIAL) for _one in range(2))
    for enrolment in (first, second):
        services.put_on_waiting_list(enrolment=enrolment, actor=EVERYTHING)
    record_death(person=first.person, died_on=timezone.localdate(), actor=CLERK)
    agreed(services.promote_waiting, EVERYTHING, programme=programme, areas=[country["Almond"]], count=1)
    assert Enrolment.objects.get(status=S.ACTIVE) == second


def test_the_dead_are_not_activated(country):
    programme = make_programme(unit="person")
    enrolment, other = (enrol(programme, make_person(country["Almond"])) for _one in range(2))
    for one in (enrolment, other):
        change_status(one, S.SUSPENDED, R.UNDER_VERIFICATION)
    record_death(person=enrolment.person, died_on=timezone.localdate(), actor=CLERK)
    enrolment = Enrolment.objects.get(pk=enrolment.pk)
    with pytest.raises(Refusal, match="the person died"):
        change_status(enrolment, S.ACTIVE, R.VERIFIED)
    inputs = {"from_status": S.SUSPENDED, "to_status": S.ACTIVE, "reason": R.VERIFIED}
    agreed(services.change_status_of_chosen, EVERYTHING, enrolments=[enrolment, other], **inputs)
    assert Enrolment.objects.get(status=S.ACTIVE) == other
    with pytest.raises(Invalid, match="Nobody fits"):
        change_all(programme, country["Almond"], old=S.SUSPENDED, new=S.ACTIVE, reason=R.VERIFIED, also_set_by_hand=True)


def test_a_household_in_which_nobody_lives_takes_no_place(country):
    programme, alone, others = make_programme(), make_household(country["Almond"], size=1), make_household(country["Almond"])
    enrolment = enrol(programme, alone)
    change_status(enrolment, S.SUSPENDED, R.ABSENT)
    record_death(person=alone.memberships.get().person, died_on=timezone.localdate(), actor=CLERK)
    with pytest.raises(Refusal, match="everybody left"):
        change_status(Enrolment.objects.get(pk=enrolment.pk), S.ACTIVE, R.RETURNED)
    second = make_programme("FOOD")
    with pytest.raises(Refusal, match="Nobody lives"):
        enrol(second, Household.objects.get(pk=alone.pk))
    enrol_all(second, country["Almond"])
    assert Enrolment.objects.get(programme=second).household == others


def test_undoing_an_exit_brings_it_back_where_the_household_lives(country):
    programme, household, other = make_programme(), make_household(country["Beech"]), make_household(country["Beech"])
    single = enrol(programme, household)
    enrol(programme, other)
    change_status(single, S.EXITED, R.UNREACHABLE)
    group = change_all(programme, country["North"], new=S.EXITED, reason=R.UNREACHABLE)
    for one in (household, other):
        change_household(household=one, area=country["Almond"], actor=CLERK)
    agreed(services.undo_last_change, EVERYTHING, enrolment=Enrolment.objects.get(pk=single.pk))
    assert undo(group).count == 1
    assert set(Enrolment.objects.values_list("status", "area__name")) == {(S.ACTIVE, "Almond")}
    third = enrol(programme, make_household(country["Fig"]))
    group = change_all(programme, country["Fig"], new=S.EXITED, reason=R.UNREACHABLE)
    change_household(household=third.household, area=country["Beech"], actor=CLERK)
    with pytest.raises(Invalid, match="Nobody fits"):
        undo(group)

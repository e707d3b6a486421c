"""Joining, leaving, dying and leading: exactly one head while anybody lives there, and history that stays."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from coremis.kernel.actions.models import Change
from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.refusal import Invalid, OutsidePlaces, Refusal
from coremis.kernel.testing.cast import last_event, make_user
from coremis.modules.registry.models import Household, Membership, Person, Recipient
from coremis.modules.registry.module import KEEPS
from coremis.modules.registry.queries import members_on
from coremis.modules.registry.services import (
    add_member,
    change_head,
    change_household,
    change_person,
    end_membership,
    record_death,
    register_person,
)
from coremis.modules.registry.services.withdrawing import restore_household, restore_person, withdraw_household
from coremis.modules.registry.tests.factories import SINCE, make_household, make_person

DAY = date(2026, 3, 10)


@pytest.fixture
def clerk(country):
    return make_user("clerk", *KEEPS, area=country["North"])


@pytest.fixture
def household(country):
    return make_household(country["Almond"], size=4)


def of(household, relationship):
    return household.memberships.filter(left_on=None, relationship=relationship).first()


def heads(household):
    return [row.person for row in household.memberships.filter(left_on=None, relationship="head")]


def test_it_works(household, clerk):
    born = add_member(household=household, relationship="child", given_names="Bébé", birth=None, joined_on=DAY, actor=clerk)
    household.refresh_from_db()
    assert household.size == 5 and born.person.area == household.area
    end_membership(membership=born, reason="moved", left_on=DAY + timedelta(days=5), actor=clerk)
    household.refresh_from_db()
    assert household.size == 4
    assert members_on(DAY).filter(household=household).count() == 5
    assert members_on(DAY + timedelta(days=5)).filter(household=household).count() == 4, "the day of leaving no longer counts"


def test_head_leaves_and_another_follows(household, clerk):
    leaving, spouse = of(household, "head"), of(household, "spouse")
    with pytest.raises(Invalid) as refused:
        end_membership(membership=leaving, reason="separated", left_on=DAY, actor=clerk)
    assert "new_head" in refused.value.errors and heads(household) == [leaving.person]
    end_membership(membership=leaving, reason="separated", left_on=DAY, new_head=spouse.person, actor=clerk)
    household.refresh_from_db()
    assert heads(household) == [spouse.person] and household.head_name == spouse.person.full_name
    assert not household.recipients.filter(valid_until=None).exists(), "who leaves no longer collects"


def test_change_head_keeps_what_was(household, clerk):
    head, spouse = of(household, "head").person, of(household, "spouse").person
    with pytest.raises(Invalid):
        change_head(household=household, head=spouse, on=DAY, actor=clerk)
    change_head(household=household, head=spouse, relationships={str(head.pk): "spouse"}, on=DAY, actor=clerk)
    household.refresh_from_db()
    assert heads(household) == [spouse] and household.search_name == spouse.search_name
    assert members_on(SINCE).get(person=head).relationship == "head"
    assert members_on(DAY).get(person=head).relationship == "spouse" and members_on(DAY).filter(household=household).count() == 4


def test_death_keeps_the_recipient_named_until_the_change_is_approved(household, clerk):
    head, spouse = of(household, "head").person, of(household, "spouse").person
    record_death(person=head, died_on=DAY, new_head=spouse, actor=clerk)
    head.refresh_from_db()
    household.refresh_from_db()
    assert head.death_date == DAY and household.size == 3 and heads(household) == [spouse]
    assert household.recipients.get(valid_until=None).person == head
    with pytest.raises(Refusal):
        record_death(person=head, died_on=DAY, actor=clerk)


@pytest.mark.parametrize("day", [date.today() + timedelta(days=1), date(1950, 1, 1)])
def test_impossible_days_of_death_are_refused(household, clerk, day):
    """pitfall D3: in the future, before the birth."""
    with pytest.raises(Invalid):
        record_death(person=of(household, "child").person, died_on=day, actor=clerk)
    assert not Person.objects.exclude(death_date=None).exists()


def test_last_member_may_go_and_the_household_is_still_found(country, clerk):
    alone = make_household(country["Almond"], size=1)
    end_membership(membership=of(alone, "head"), reason="moved", actor=clerk)
    alone.refresh_from_db()
    assert alone.size == 0 and alone.head_name
    with pytest.raises(Invalid):
        add_member(household=alone, relationship="child", given_names="Rita", actor=clerk)
    add_member(household=alone, relationship="head", given_names="Rita", actor=clerk)
    alone.refresh_from_db()
    assert alone.head_name == "Rita"


def test_nobody_lives_in_two_households(country, household, clerk):
    other = make_household(country["Beech"])
    moving = of(other, "child")
    with pytest.raises(Refusal):
        add_member(household=household, relationship="child", person=moving.person, actor=clerk)
    end_membership(membership=moving, reason="moved", left_on=DAY, actor=clerk)
    add_member(household=household, relationship="foster_child", person=moving.person, joined_on=DAY, actor=clerk)
    assert Person.objects.get(pk=moving.person_id).area == country["Almond"], "the place follows the household"
    assert Membership.objects.filter(person=moving.person, left_on=None).count() == 1


def test_moving_takes_everybody_along_and_stays_inside_ones_places(country, household, clerk):
    """pitfall S10"""
    change_household(household=household, area=country["Cedar"], address="Uphill", actor=clerk)
    assert set(Person.objects.values_list("area", flat=True)) == {country["Cedar"].pk}
    with pytest.raises(OutsidePlaces):
        change_household(household=household, area=country["Ebony"], actor=clerk)
    assert Household.objects.get().area == country["Cedar"]


def test_former_names_stay_in_the_history(household, clerk):
    head = of(household, "head").person
    was = head.surname
    change_person(person=head, surname="Ndayishimiye", actor=clerk)
    household.refresh_from_db()
    assert household.head_name.endswith("Ndayishimiye")
    change = Change.objects.get(event=last_event("registry.change_person"), kind="registry.person")
    assert change.before["surname"] == was


def test_only_what_is_given_changes(country, clerk):
    """pitfall D5: blank means unchanged, clearing is explicit."""
    person = make_person(country["Almond"], phone="79111111", data={})
    change_person(person=person, given_names="Ana", actor=clerk)
    person.refresh_from_db()
    assert person.phone == "79111111" and person.birth_date
    change_person(person=person, phone="", birth_unknown=True, actor=clerk)
    person.refresh_from_db()
    assert person.phone == "" and person.birth_date is None
    with pytest.raises(Invalid):
        change_person(person=person, given_names="", surname="", actor=clerk)


def test_person_without_household(country, clerk):
    person = register_person(area=country["Beech"], surname="Solo", actor=clerk)
    assert person.full_name == "Solo" and not person.memberships.exists() and person.sex == "unknown"


def test_nobody_dies_before_joining_a_household_that_was_there(household, clerk):
    joined = date.today() - timedelta(days=5)
    member = add_member(household=household, relationship="parent", given_names="Rita", joined_on=joined, actor=clerk)
    with pytest.raises(Invalid):
        record_death(person=member.person, died_on=joined - timedelta(days=1), actor=clerk)


def test_a_death_before_the_registration_is_recorded_on_its_day(country, clerk):
    """Surveyed in March, died in April, registered in May: the day is not invented."""
    today = timezone.localdate()
    household, died_on = make_household(country["Almond"], since=today - timedelta(days=5)), today - timedelta(days=20)
    head, spouse = of(household, "head").person, of(household, "spouse").person
    person = record_death(person=head, died_on=died_on, new_head=spouse, actor=clerk)
    left = Membership.objects.get(person=head)
    assert (person.death_date, left.left_on) == (died_on, left.joined_on)
    assert of(household, "head").person == spouse


def test_who_follows_the_head_may_have_come_after_the_day_of_death(household, clerk):
    today = timezone.localdate()
    mother = add_member(household=household, relationship="parent", given_names="Rita", joined_on=today - timedelta(days=1), actor=clerk)
    record_death(person=of(household, "head").person, died_on=today - timedelta(days=9), new_head=mother.person, actor=clerk)
    assert of(household, "head").joined_on == mother.joined_on


def test_restoring_a_household_leaves_those_who_live_elsewhere_there(country, clerk):
    household, other = make_household(country["Almond"]), make_household(country["Almond"])
    child = of(household, "child").person
    withdraw_household(household=household, reason="Entered twice", actor=clerk)
    child = restore_person(person=Person.everything.get(pk=child.pk), actor=clerk)
    add_member(household=other, relationship="child", person=child, actor=clerk)
    household = restore_household(household=Household.everything.get(pk=household.pk), actor=clerk)
    assert (household.size, of(household, "head").person.retired_on) == (2, None)
    assert Membership.objects.get(person=child, left_on=None).household == other


def test_whoever_collects_for_others_is_not_withdrawn_with_the_household(country, clerk):
    household, other = make_household(country["Almond"]), make_household(country["Almond"])
    with maintenance("test"):
        Recipient(household=other, person=of(household, "spouse").person, rank=1, valid_from=SINCE).save()
    with pytest.raises(Refusal, match="collects for another household"):
        withdraw_household(household=household, reason="Entered twice", actor=clerk)

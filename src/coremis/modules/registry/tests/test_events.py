"""Births, moves from household to household, partings: exactly one head each, and never two beneficiaries out of one."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from coremis.kernel.base.refusal import Invalid, OutsidePlaces, Refusal
from coremis.kernel.testing.cast import make_user
from coremis.modules.registry.models import Household
from coremis.modules.registry.module import KEEPS, SEES
from coremis.modules.registry.queries import households_to_visit, members_on, uses_in_a_row
from coremis.modules.registry.services import (
    move_person,
    name_recipient,
    record_birth,
    record_collection,
    record_visit,
    set_alternate,
    split_household,
)
from coremis.modules.registry.tests.factories import make_household

TODAY = date.today()


@pytest.fixture
def clerk(country):
    return make_user("clerk", *SEES, *KEEPS, "approvals.submit_request", "registry.record_collection", area=country["North"])


@pytest.fixture
def household(country):
    return make_household(country["Almond"], size=4)


def of(household, relationship):
    return household.memberships.filter(left_on=None, relationship=relationship).first()


def heads(household):
    return household.memberships.filter(left_on=None, relationship="head").count()


def test_it_works(household, clerk):
    born = record_birth(household=household, born_on=TODAY - timedelta(days=3), given_names="Bébé", sex="female", actor=clerk)
    household.refresh_from_db()
    assert household.size == 5 and born.relationship == "child" and born.person.birth_date == born.joined_on == TODAY - timedelta(days=3)
    for wrong in ({"born_on": TODAY + timedelta(days=1)}, {"born_on": date(2015, 1, 1)}, {"born_on": TODAY, "relationship": "head"}):
        with pytest.raises(Invalid):
            record_birth(household=household, given_names="No", **wrong, actor=clerk)


def test_somebody_marries_into_another_household(country, household, clerk):
    other, spouse = make_household(country["Beech"], size=1), of(household, "spouse")
    made = move_person(membership=spouse, target=other, relationship="spouse", actor=clerk)
    household.refresh_from_db()
    other.refresh_from_db()
    assert (household.size, other.size, heads(other)) == (3, 2, 1) and made.person.area == other.area
    with pytest.raises(Refusal):
        move_person(membership=spouse, target=other, actor=clerk)


def test_somebody_founds_an_own_household_on_the_fly(household, clerk):
    """HH-10; the head is followed."""
    with pytest.raises(Invalid) as refused:
        move_person(membership=of(household, "head"), actor=clerk)
    assert "new_head" in refused.value.errors
    made = move_person(membership=of(household, "head"), new_head=of(household, "spouse").person, actor=clerk).household
    assert made.split_from == household and made.size == 1 and heads(made) == heads(household) == 1
    assert made.number != household.number and not household.recipients.filter(valid_until=None).exists()


def test_nobody_moves_into_a_household_elsewhere(country, household, clerk):
    """pitfall S10"""
    with pytest.raises(OutsidePlaces):
        move_person(membership=of(household, "spouse"), target=make_household(country["Ebony"]), relationship="spouse", actor=clerk)


def test_split_leaves_programmes_with_the_recipient(country, household, clerk):
    spouse, child = of(household, "spouse").person, of(household, "child").person
    asked = {
        "household": household,
        "leaving": [spouse, child],
        "head": spouse,
        "recipient": spouse,
        "relationships": {str(child.pk): "child"},
    }
    made = split_household(**asked, actor=clerk)
    household.refresh_from_db()
    assert (household.size, made.size, heads(household), heads(made)) == (2, 2, 1, 1) and made.split_from == household
    assert made.recipients.get().person == spouse and household.recipients.get(valid_until=None).person == of(household, "head").person
    assert members_on(TODAY - timedelta(days=1)).filter(household=household).count() == 4, "the past stays as it was"
    assert not Household.objects.filter(pk=made.pk, area__isnull=True).exists() and made.area == household.area


def test_recipient_cannot_be_split_off(household, clerk):
    head, spouse = of(household, "head").person, of(household, "spouse").person
    for leaving, lead in (([head], head), ([], head), ([spouse], head), ([m.person for m in household.memberships.all()], spouse)):
        with pytest.raises(Invalid):
            split_household(household=household, leaving=leaving, head=lead, new_head=spouse, actor=clerk)
    assert Household.objects.count() == 1


def test_split_page_says_what_stays(household, clerk, client):
    client.force_login(clerk)
    spouse = of(household, "spouse").person
    page = reverse("registry:split_household", args=[household.pk])
    typed = {"key": "k", "leaving": [spouse.pk], "head": spouse.pk, "version": household.version}
    seen = client.post(page, {**typed, "step": "preview"})
    assert seen.status_code == 200 and "must be assessed" in seen.content.decode()
    for _time in range(2):
        assert client.post(page, {**typed, "step": "confirm", "seen": seen.context["seen"]}).status_code == 303
    assert Household.objects.count() == 2, "twice confirmed, once done"


def test_alternate_three_times_in_a_row_asks_for_a_visit(household, clerk, client):
    alternate = set_alternate(household=household, person=of(household, "spouse").person, actor=clerk)
    for number in ("T1", "T2", "T2"):
        record_collection(recipient=alternate, reference=number, actor=clerk)
    record_collection(recipient=household.recipients.get(rank=0), reference="T3", actor=clerk)
    assert uses_in_a_row(household) == 0, "the primary recipient came again"
    for number in ("T4", "T5", "T6"):
        record_collection(recipient=alternate, reference=number, actor=clerk)
    assert uses_in_a_row(household) == 3 and household in households_to_visit()
    client.force_login(clerk)
    page = reverse("registry:household", args=[household.pk])
    assert "3 times in a row" in client.get(page).content.decode()
    record_visit(household=household, note="The recipient is in hospital", actor=clerk)
    assert "times in a row" not in client.get(page).content.decode() and not households_to_visit().exists()
    with pytest.raises(Refusal):
        record_visit(household=household, note="again", actor=clerk)


def test_new_part_may_name_its_first_recipient(household, clerk):
    spouse = of(household, "spouse").person
    made = split_household(household=household, leaving=[spouse], head=spouse, actor=clerk)
    assert name_recipient(household=made, person=spouse, actor=clerk).rank == 0

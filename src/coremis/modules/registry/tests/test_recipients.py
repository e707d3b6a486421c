"""Who may collect: the first is named, every later one is approved by others."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from coremis.kernel.actions.services import maintenance
from coremis.kernel.approvals.models import Request
from coremis.kernel.approvals.services import approve_request, submit
from coremis.kernel.base.refusal import Invalid, NeedsApproval, NotPermitted, Refusal
from coremis.kernel.testing.cast import last_event, make_profile, make_route, make_user
from coremis.modules.registry.models import Household, Recipient
from coremis.modules.registry.module import KEEPS
from coremis.modules.registry.queries import primary_recipient_on, recipient_problem_on
from coremis.modules.registry.services import (
    change_recipient,
    end_membership,
    name_recipient,
    record_death,
    remove_alternate,
    set_alternate,
)
from coremis.modules.registry.tests.factories import SINCE, make_document, make_household, make_paper, make_person, make_photo

TODAY = date.today()


@pytest.fixture
def people(country):
    deciders = make_profile("deciders", "approvals.approve_request")
    clerk = make_user("clerk", *KEEPS, "approvals.submit_request", "approvals.approve_request", area=country["North"])
    make_route("registry.change_recipient", country["Testland"], deciders)
    return clerk, make_user("decider", area=country["North"], profile=deciders)


def person_of(household, relationship):
    return household.memberships.filter(relationship=relationship).first().person


def payee(household, day=TODAY):
    return Household.objects.annotate(payee=primary_recipient_on(day)).get(pk=household.pk).payee


def problem(household, day=TODAY):
    return Household.objects.annotate(problem=recipient_problem_on(day)).get(pk=household.pk).problem


def test_it_works(country, people):
    """pitfall M3: the payee is the primary recipient as of the day, not the head."""
    clerk, decider = people
    household = make_household(country["Almond"])
    head, spouse = person_of(household, "head"), person_of(household, "spouse")
    asked = {"household": household, "person": spouse, "cause": "divorce", "reason": "Judgment 12", "paper": make_paper(household)}
    with pytest.raises(NeedsApproval):
        change_recipient(**asked, actor=clerk)
    request = submit(change_recipient, asked, actor=clerk).request
    with pytest.raises(NotPermitted):
        approve_request(request=request, actor=clerk)
    assert approve_request(request=request, actor=decider).state == Request.State.APPROVED
    assert payee(household) == spouse.pk and payee(household, TODAY - timedelta(days=1)) == head.pk and problem(household) == ""
    assert last_event("registry.change_recipient").deciders == ["decider (1)"]


def test_first_recipient_needs_no_approval_but_only_the_first(country, people):
    clerk, _decider = people
    household = make_household(country["Almond"], recipient=False)
    assert payee(household) is None and problem(household) == "no_recipient"
    name_recipient(household=household, person=person_of(household, "spouse"), actor=clerk)
    with pytest.raises(Refusal):
        name_recipient(household=household, person=person_of(household, "head"), actor=clerk)
    end_membership(membership=household.memberships.get(relationship="spouse"), reason="moved", actor=clerk)
    with pytest.raises(Refusal):
        name_recipient(household=household, person=person_of(household, "head"), actor=clerk)
    assert problem(household) == "no_recipient", "leaving and naming again is no way around the approval"


def test_dead_recipient_is_a_reason_not_a_payee(country, people):
    """pitfall M3"""
    clerk, _decider = people
    household = make_household(country["Almond"])
    record_death(person=person_of(household, "head"), died_on=TODAY, new_head=person_of(household, "spouse"), actor=clerk)
    assert problem(household) == "recipient_dead" and problem(household, TODAY - timedelta(days=1)) == ""


def test_request_is_overtaken_when_the_household_changed(country, people):
    clerk, decider = people
    household = make_household(country["Almond"])
    asked = {"household": household, "person": person_of(household, "spouse"), "cause": "incapacity", "reason": "Ill"}
    asked["paper"] = make_paper(household)
    request = submit(change_recipient, asked, actor=clerk).request
    record_death(person=person_of(household, "child"), died_on=TODAY, actor=clerk)
    assert approve_request(request=request, actor=decider).state == Request.State.STALE


def test_change_for_good_needs_a_paper_of_this_household(country, people):
    """pitfall M3"""
    clerk, decider = people
    household, other = make_household(country["Almond"]), make_household(country["Almond"])
    asked = {"household": household, "person": person_of(household, "spouse"), "cause": "death", "reason": "x"}
    with pytest.raises(Invalid):
        submit(change_recipient, asked, actor=clerk)
    request = submit(change_recipient, {**asked, "paper": make_paper(other)}, actor=clerk).request
    with pytest.raises(Refusal, match="document"):
        approve_request(request=request, actor=decider)


def test_death_of_head_and_recipient_is_one_step(country, people):
    """pitfall M3: who leads follows at once; who collects once others agree (HH-12)."""
    clerk, decider = people
    household = make_household(country["Almond"])
    head, spouse = person_of(household, "head"), person_of(household, "spouse")
    asked = {"person": head, "died_on": TODAY, "new_head": spouse, "new_recipient": spouse}
    with pytest.raises(Refusal, match="document"):
        record_death(**asked, actor=clerk)
    record_death(**asked, paper=make_paper(household), note="Told by the chief", actor=clerk)
    household.refresh_from_db()
    assert household.head_name == spouse.full_name and problem(household) == "recipient_dead"
    approve_request(request=Request.objects.get(), actor=decider)
    assert payee(household) == spouse.pk and problem(household) == ""
    member = household.memberships.get(relationship="child")
    with pytest.raises(Invalid):
        end_membership(membership=member, reason="moved", new_recipient=spouse, actor=clerk)


def test_recipient_is_an_adult_living_member(country, people):
    clerk, _decider = people
    household = make_household(country["Almond"], recipient=False)
    child, stranger = person_of(household, "child"), make_person(country["Almond"])
    for wrong in (child, stranger):
        with pytest.raises(Refusal):
            name_recipient(household=household, person=wrong, actor=clerk)
    with pytest.raises(Invalid):
        name_recipient(household=household, person=person_of(household, "head"), on=TODAY + timedelta(days=1), actor=clerk)
    named = name_recipient(household=household, person=child, reason="Both parents are abroad", actor=clerk)
    assert named.rank == 0 and named.reason


def test_alternates(country, people):
    clerk, _decider = people
    household = make_household(country["Almond"])
    spouse, outside = person_of(household, "spouse"), make_person(country["Beech"])
    first = set_alternate(household=household, person=spouse, actor=clerk)
    with pytest.raises(Invalid):
        set_alternate(household=household, person=outside, actor=clerk)
    with pytest.raises(Refusal, match="identity document"):
        set_alternate(household=household, person=outside, reason="Sister who cares for them", actor=clerk)
    make_document(outside)
    with pytest.raises(Refusal, match="photo"):
        set_alternate(household=household, person=outside, reason="Sister who cares for them", actor=clerk)
    make_photo(outside)
    second = set_alternate(household=household, person=outside, reason="Sister who cares for them", actor=clerk)
    assert (first.rank, second.rank) == (1, 2)
    with pytest.raises(Refusal):
        set_alternate(household=household, person=spouse, actor=clerk)
    remove_alternate(recipient=first, reason="Moved for work", actor=clerk)
    assert Recipient.on(TODAY).filter(household=household, rank__gt=0).get().person == outside
    with pytest.raises(Refusal):
        remove_alternate(recipient=household.recipients.get(rank=0), reason="x", actor=clerk)


def test_database_keeps_one_primary_recipient(country):
    household = make_household(country["Almond"])
    with pytest.raises(IntegrityError), transaction.atomic(), maintenance("second primary"):
        Recipient(household=household, person=person_of(household, "spouse"), rank=0, valid_from=SINCE).save()


def test_one_query_for_all_households(country, django_assert_num_queries):
    """pitfall P1, M1"""
    for place in ("Almond", "Beech", "Cedar"):
        make_household(country[place], recipient=place != "Beech")
    with django_assert_num_queries(1):
        rows = list(
            Household.objects.annotate(payee=primary_recipient_on(TODAY), why=recipient_problem_on(TODAY)).values_list("payee", "why")
        )
    assert sorted(why for _payee, why in rows) == ["", "", "no_recipient"]

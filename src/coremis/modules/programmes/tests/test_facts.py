"""What filters can ask about beneficiaries and their programmes."""

from datetime import date

import pytest

from coremis.modules.filters.queries import matching, words
from coremis.modules.programmes.models import Enrolment, Status
from coremis.modules.programmes.tests.sample import enrol, make_household, make_person, make_programme
from coremis.modules.registry.models import Household

DAY = date(2030, 1, 1)


@pytest.mark.django_db
def test_it_works(country):
    programme = make_programme()
    inside, suspended, outside = (make_household(country["Almond"]) for _place in range(3))
    enrol(programme, inside)
    enrol(programme, suspended, status=Status.POTENTIAL)
    known = {"fact": "programmes.enrolment.programme", "is": "in", "value": [str(programme.pk)]}
    active = {"fact": "programmes.enrolment.status", "is": "in", "value": [Status.ACTIVE.value]}
    link = {"link": "registry.household:enrolments", "count": 1, "where": {"all": [known, active]}}
    tree = {"about": "household", "where": {"all": [link]}}
    assert list(matching(Household.objects.all(), tree, DAY)) == [inside]
    assert set(matching(Household.objects.all(), {**tree, "where": {"not": link}}, DAY)) == {suspended, outside}
    assert words(tree) == "Households where is in a programme where: Programme is Programme NET and Status is active"


@pytest.mark.django_db
def test_beneficiaries_are_found_by_what_is_asked_of_their_households(country):
    programme = make_programme()
    child, other = make_household(country["Almond"]), make_household(country["Almond"])
    make_person(country["Almond"], child, birth_date=date(2026, 1, 1))
    rows = [enrol(programme, household) for household in (child, other)]
    young = {"fact": "registry.person.age", "is": "most", "value": 4}
    tree = {"about": "household", "where": {"all": [{"link": "registry.household:members", "count": 1, "where": young}]}}
    assert list(matching(Enrolment.objects.all(), tree, DAY)) == rows[:1]
    assert list(matching(Enrolment.objects.all(), {**tree, "where": {"not": tree["where"]}}, DAY)) == rows[1:]

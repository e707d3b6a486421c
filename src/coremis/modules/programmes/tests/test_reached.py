"""Women and men among beneficiaries, told apart by who heads, who collects, and who lives there: three figures, three names."""

import re
from datetime import date

import pytest
from django.test import RequestFactory
from django.urls import resolve

from coremis.kernel.actions.services import maintenance
from coremis.kernel.datasets.dataset import find_dataset
from coremis.kernel.datasets.widget import Widget
from coremis.kernel.module.contributions import contributions
from coremis.kernel.screens.lists import query_of
from coremis.kernel.testing.cast import build_country, make_user
from coremis.modules.programmes.models import Status
from coremis.modules.programmes.reached import reached
from coremis.modules.programmes.tests.sample import enrol, make_household, make_person, make_programme
from coremis.modules.registry.models import Recipient

pytestmark = pytest.mark.django_db


@pytest.fixture
def country():
    """Three households headed by men for which a woman collects in two, one of them not active; and a woman on a pension."""
    found = build_country()
    net, pension = make_programme("NET"), make_programme("OLD", unit="person")
    for number, status in enumerate((Status.ACTIVE, Status.ACTIVE, Status.POTENTIAL)):
        home = make_household(found["Almond"])
        head, wife = make_person(found["Almond"], home, sex="male"), make_person(found["Almond"], home, "spouse", sex="female")
        make_person(found["Almond"], home, "child", sex="female", **({"death_date": date(2026, 1, 2)} if number == 0 else {}))
        with maintenance("test"):
            Recipient(household=home, person=head if number == 1 else wife, rank=0, valid_from=date(2026, 1, 1)).save()
            Recipient(household=home, person=wife if number == 1 else head, rank=1, valid_from=date(2026, 1, 1)).save()
        enrol(net, home, status)
    enrol(pension, make_person(found["Fig"], sex="female"))
    enrol(net, make_household(found["Fig"]))
    return found


def counted(dataset, on):
    found = {}
    for row in find_dataset(dataset).rows().order_by().values_list(on, flat=True):
        found[row] = found.get(row, 0) + 1
    return found


def listed(user, address):
    asked = RequestFactory().get(address)
    screen = resolve(asked.path).func
    read = screen.read(user, query_of(asked), {})
    assert not read.selection.problems, read.selection.problems
    return screen.rows(user, read).count()


def test_it_works(country):
    """The same beneficiaries: most headed by men, most collected by women, and everybody who lives there once."""
    assert counted("programmes.beneficiaries", "sex") == {"male": 3, "female": 1, "": 1}
    assert counted("programmes.beneficiaries", "recipient_sex") == {"female": 3, "male": 1, "": 1}
    assert counted("programmes.reached", "sex") == {"male": 2, "female": 4}


def test_each_number_is_what_its_list_shows(country):
    user = make_user("reader", "programmes.view_enrolment", area=country["Testland"])
    for dataset, on in (("programmes.beneficiaries", "sex"), ("programmes.beneficiaries", "recipient_sex"), ("programmes.reached", "sex")):
        found = find_dataset(dataset)
        for value, count in counted(dataset, on).items():
            assert listed(user, found.link(found.dimension(on).filters(value))) == count, (dataset, on, value)


def test_no_two_figures_about_sex_have_one_name():
    titles = [str(one.title) for one in contributions(Widget) if one.dataset.startswith("programmes.") and "sex" in one.by]
    assert len(set(titles)) == len(titles) == 3 and all(title.count("sex") == 1 for title in titles)
    assert not any(title.endswith("beneficiaries by sex") for title in titles)


def test_only_in_the_own_places_and_names_only_for_those_who_see_people(country, client):
    """Pitfall S10."""
    officer = make_user("officer", "programmes.view_enrolment", area=country["Almond"])
    assert listed(officer, "/programmes/beneficiaries/reached/?clear=1") == 5 and reached().count() == 6
    client.force_login(officer)
    page = client.get("/programmes/beneficiaries/reached/?sex=female").content.decode()
    assert "•••" in page and "Ada" not in page
    client.force_login(make_user("sees", "programmes.view_enrolment", "registry.view_person", area=country["Almond"]))
    assert "Ada" in client.get("/programmes/beneficiaries/reached/?sex=female").content.decode()


def test_two_lists_of_keys_are_never_joined_by_or():
    """Pitfall P1: where they are too long for its memory, PostgreSQL looks through both anew for every person: minutes for a country."""
    assert " UNION " in str(reached().query) and '" IN' in str(reached().query)
    assert not re.search(r'\) OR "registry_person"\."id" IN', str(reached().query))

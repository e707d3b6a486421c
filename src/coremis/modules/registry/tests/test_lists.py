"""Finding people: without accents, by number, phone and document, by age and by variables of the dictionary."""

from datetime import date

import pytest
from django.urls import reverse

from coremis.kernel.screens.models import SavedSearch
from coremis.kernel.testing.cast import make_user
from coremis.modules.registry.models import Person
from coremis.modules.registry.module import SEES
from coremis.modules.registry.queries import age_on, born_for_age
from coremis.modules.registry.tests.factories import make_document, make_household, make_person, make_variable


@pytest.fixture
def reader(country, client):
    user = make_user("reader", *SEES, area=country["North"])
    client.force_login(user)
    return user


def found(client, name, **typed):
    """The names shown for what was typed, as a browser would ask."""
    address = client.post(reverse(f"registry:{name}"), {"do": "search", **typed})["Location"]
    answer = client.get(address)
    assert answer.status_code == 200 and not answer.context["problems"], answer.context["problems"]
    return {row["cells"][0].text for row in answer.context["rows"]}


def test_it_works(country, client, reader):
    """pitfall S10: search never leaves one's places."""
    make_person(country["Almond"], "Espérance", surname="N'Diaye")
    make_person(country["Ebony"], "Espérance", surname="Elsewhere")
    for typed in ("esperance", "ESPÉRANCE ndiaye"[:9], "diaye esp", "n'diaye", "N Diaye"):
        assert found(client, "persons", search=typed) == {"Espérance N'Diaye"}, typed


def test_numbers_phones_and_documents(country, client, reader):
    household = make_household(country["Almond"], head={"given_names": "Rose", "surname": "Kaneza"}, phone="+25779001122")
    make_household(country["Almond"], head={"given_names": "Other", "surname": "One"})
    rose = household.memberships.get(relationship="head").person
    make_document(rose, number="BI 119/07-X")
    for typed in (rose.number_text, str(rose.number), "+257 79 00 11 22", "bi11907x"):
        assert found(client, "persons", search=typed) == {"Rose Kaneza"}, typed
    assert len(found(client, "persons", search=household.number_text)) == 3, "a household's number finds its members"
    for typed in (household.number_text, rose.number_text, "00257 79001122", "BI11907X", "kaneza"):
        assert found(client, "households", search=typed) == {"Rose Kaneza"}, typed
    assert found(client, "persons", search=str(rose.number + 1)) == set(), "a mistyped number finds nobody"


def test_names_phones_and_documents_never_stand_in_an_address(country, client, reader):
    for typed in ({"search": "Esperance"}, {"search": "79001122"}, {"member": "Rose"}):
        address = client.post(reverse("registry:households"), {"do": "search", **typed})["Location"]
        assert next(iter(typed.values())) not in address and SavedSearch.objects.exists()
    assert "Esperance" not in client.get(reverse("registry:persons") + "?search=Esperance")["Location"]


def test_filters(country, client, reader):
    make_variable("rooms", "NUMBER")
    make_variable("school", "BOOLEAN", subject="person")
    rich = make_household(country["Almond"], size=4, data={"rooms": 5}, head={"given_names": "Rich"}, people=None)
    poor = make_household(country["Cedar"], size=1, data={"rooms": 1}, recipient=False, head={"given_names": "Poor", "phone": "79000000"})
    heads = {"rich": {rich.head_name}, "poor": {poor.head_name}}
    assert found(client, "households", area=country["Northlake"].pk) == heads["poor"]
    assert found(client, "households", size_min="2") == heads["rich"]
    assert found(client, "households", recipient="no") == heads["poor"]
    assert found(client, "households", var_rooms_min="3") == heads["rich"]
    assert found(client, "households", var_rooms_max="1", area=country["North"].pk) == heads["poor"]
    assert found(client, "households", member_age_max="17") == heads["rich"]
    assert found(client, "households", member="rich") == heads["rich"]
    assert found(client, "persons", phone="yes") == heads["poor"]
    make_person(country["Almond"], "Pupil", surname="", sex="other", data={"school": True})
    assert found(client, "persons", var_school="yes") == found(client, "persons", sex="other") == {"Pupil"}


def test_place_of_others_cannot_be_asked_for(country, client, reader):
    """pitfall S10"""
    make_household(country["Ebony"])
    answer = client.get(reverse("registry:households"), {"area": country["Ebony"].pk})
    assert answer.context["problems"] and not answer.context["rows"]


@pytest.mark.parametrize("typed", ["'", '"', "%", "_", "\\", "'; drop table registry_person; --", "\x00", "é" * 150, "٣٣٣", "<script>"])
def test_hostile_searches_find_nobody_and_break_nothing(country, client, reader, typed):
    make_person(country["Almond"], "Ana")
    address = client.post(reverse("registry:persons"), {"do": "search", "search": typed})["Location"]
    answer = client.get(address)
    assert answer.status_code == 200 and not answer.context["rows"] and Person.objects.exists()


def test_age_in_the_database_is_the_age_of_the_calendar(country):
    today = date(2026, 2, 28)
    births = [date(2008, 2, 28), date(2008, 2, 29), date(2008, 3, 1), date(1956, 2, 29), date(2026, 2, 28), date(2025, 12, 31), None]
    for birth in births:
        make_person(country["Almond"], birth_date=birth)
    for person in Person.objects.annotate(age=age_on(today)):
        birth = person.birth_date
        expected = birth and today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
        assert person.age == expected, birth
        first, last = born_for_age(today, 18, 64)
        assert bool(birth and first <= birth <= last) == bool(birth and 18 <= expected <= 64), birth

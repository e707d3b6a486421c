"""A whole household in one action."""

from datetime import date, timedelta

import pytest
from django.db import connection

from coremis.kernel.actions.models import Change, Event
from coremis.kernel.actions.parameters import Secret
from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.numbers import is_valid_number
from coremis.kernel.base.refusal import Invalid, NotPermitted, OutsidePlaces, Refusal
from coremis.kernel.config.models import StoredSetting
from coremis.kernel.testing.cast import everywhere, last_event, make_user
from coremis.modules.registry.models import Document, Household, Membership, Person, Recipient
from coremis.modules.registry.rules import SINGLE_NAMES
from coremis.modules.registry.services import change_person, register_household
from coremis.modules.registry.tests.factories import make_variable

HEAD = {
    "given_names": "Espérance",
    "surname": "N'Diaye",
    "sex": "female",
    "birth": "1987-05-03",
    "relationship": "head",
    "collects": "primary",
}
CHILD = {"given_names": "Élie", "sex": "male", "birth": "2015", "relationship": "child"}


@pytest.fixture
def clerk(country):
    return make_user("clerk", "registry.register_household", area=country["North"])


def test_it_works(country, clerk):
    documents = Secret(
        [{"member": 0, "kind": "national_id", "number": "1190 7700-12"}, {"member": 0, "kind": "voter_card", "number": "V-5511"}]
    )
    phone = {**HEAD, "phone": "+257 79 11 22 33", "phone_owner": "own"}
    household = register_household(
        area=country["Almond"], members=[phone, CHILD], address="Near the well", documents=documents, actor=clerk
    )
    assert is_valid_number(household.number) and household.size == 2
    assert household.head_name == "Espérance N'Diaye" and household.search_name == "esperance n diaye"
    head, child = Person.objects.order_by("pk")
    assert head.phone == "+25779112233" and head.area == country["Almond"]
    assert (child.surname, child.birth_date, child.birth_precision) == ("", date(2015, 1, 1), "YEAR")
    assert Recipient.objects.get().person == head and Document.objects.filter(person=head).count() == 2
    event = last_event("registry.register_household")
    for model in (Household, Person, Membership, Recipient, Document):
        assert set(model.objects.values_list("created_event_id", flat=True)) == {event.pk}, "pitfall D1: every row knows its event"


def test_document_numbers_never_enter_the_history(country, clerk):
    register_household(
        area=country["Almond"], members=[HEAD], documents=Secret([{"member": 0, "kind": "passport", "number": "PX99881"}]), actor=clerk
    )
    assert "PX99881" not in str(list(Change.objects.values_list("before", flat=True)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, number_hash FROM registry_document")
        assert "PX99881" not in str(cursor.fetchall()) and Document.objects.get().number == "PX99881"


@pytest.mark.parametrize("heads", [0, 2])
def test_exactly_one_head(country, clerk, heads):
    members = [{**CHILD, "relationship": "head" if place < heads else "child"} for place in range(3)]
    with pytest.raises(Invalid) as refused:
        register_household(area=country["Almond"], members=members, actor=clerk)
    assert "members" in refused.value.errors and not Person.objects.exists()


def test_all_problems_at_once_each_with_its_row(country, clerk):
    """pitfall D3: future birth dates, missing names and bad phones are named by row and field; nothing is stored."""
    tomorrow = (date.today() + timedelta(days=1)).isoformat()
    members = [
        {**HEAD, "birth": tomorrow},
        {**CHILD, "given_names": "", "phone": "12"},
        {**CHILD, "relationship": "cousin", "birth": "1700"},
    ]
    with pytest.raises(Invalid) as refused:
        register_household(area=country["Almond"], members=members, actor=clerk)
    expected = {"members.0.birth", "members.1.given_names", "members.1.phone", "members.2.relationship", "members.2.birth"}
    assert expected <= set(refused.value.errors) and not Household.objects.exists()


def test_single_name_people_can_be_stored(country, clerk):
    """pitfall D3"""
    household = register_household(area=country["Almond"], members=[{**HEAD, "given_names": "", "surname": "Nzeyimana"}], actor=clerk)
    assert household.head_name == "Nzeyimana"


def test_single_name_people_are_returned_where_the_country_asks_for_two(country, clerk):
    """ETL-13: a whole name in one field is enough; whoever is in the register stays as they are."""
    old = register_household(area=country["Almond"], members=[{**HEAD, "given_names": "", "surname": "Nzeyimana"}], actor=clerk)
    with maintenance("setting"):
        StoredSetting.objects.create(name=SINGLE_NAMES, value=False)
    with pytest.raises(Invalid) as refused:
        register_household(area=country["Almond"], members=[HEAD, CHILD, {**CHILD, "surname": "Ndayi"}], actor=clerk)
    assert list(refused.value.errors) == ["members.1.surname"]
    whole = register_household(area=country["Almond"], members=[{**HEAD, "given_names": "Jean Nduwimana", "surname": ""}], actor=clerk)
    assert whole.head_name == "Jean Nduwimana"
    person = old.memberships.get().person
    change = everywhere(change_person.name)
    assert change_person(person=person, sex="male", actor=change).sex == "male"
    with pytest.raises(Invalid):
        change_person(person=person, surname="Ndayishimiye", actor=change)


def test_child_collects_only_with_a_reason(country, clerk):
    orphan = {**CHILD, "relationship": "head", "collects": "primary"}
    with pytest.raises(Invalid):
        register_household(area=country["Almond"], members=[orphan], actor=clerk)
    household = register_household(area=country["Almond"], members=[{**orphan, "reason": "Orphans without an adult"}], actor=clerk)
    assert household.recipients.get().reason == "Orphans without an adult"


def test_twins_are_two_people(country, clerk):
    """pitfall D4: identical rows have their own identity."""
    household = register_household(area=country["Almond"], members=[HEAD, CHILD, CHILD], actor=clerk)
    assert household.size == 3 and Person.objects.filter(given_names="Élie").count() == 2


def test_same_key_registers_once(country, clerk):
    first = register_household(area=country["Almond"], members=[HEAD], actor=clerk, key="k1")
    assert register_household(area=country["Almond"], members=[HEAD], actor=clerk, key="k1") == first
    assert Household.objects.count() == 1
    with pytest.raises(Refusal):
        register_household(area=country["Almond"], members=[HEAD, CHILD], actor=clerk, key="k1")


def test_refused_without_right_or_place(country, clerk):
    """pitfall S10"""
    with pytest.raises(NotPermitted):
        register_household(area=country["Almond"], members=[HEAD], actor=make_user("guest"))
    with pytest.raises(OutsidePlaces):
        register_household(area=country["Ebony"], members=[HEAD], actor=clerk)
    assert not Person.objects.exists() and not Event.objects.filter(action="registry.register_household").exists()


def test_variables_are_checked_against_the_dictionary(country, clerk):
    make_variable("rooms", "NUMBER", required=True)
    make_variable("roof", "CHOICE", choices=[{"code": "straw", "names": {}}, {"code": "iron", "names": {}}])
    for data in ({}, {"rooms": "many"}, {"rooms": 2, "roof": "gold"}, {"rooms": 2, "password": "x"}, {"rooms": True}):
        with pytest.raises(Invalid):
            register_household(area=country["Almond"], members=[HEAD], data=data, actor=clerk)
    household = register_household(area=country["Almond"], members=[HEAD], data={"rooms": "0", "roof": "straw"}, actor=clerk)
    assert household.data == {"rooms": 0, "roof": "straw"}, "pitfall M19: zero is a value"


@pytest.mark.parametrize("name", ["a\x00b", "x" * 121, "12345", "???"])
def test_hostile_names_are_refused_with_a_sentence(country, clerk, name):
    with pytest.raises(Invalid):
        register_household(area=country["Almond"], members=[{**HEAD, "given_names": name}], actor=clerk)


def test_signs_that_turn_a_name_round_are_left_out(country, clerk):
    household = register_household(area=country["Almond"], members=[{**HEAD, "given_names": "\u202egnp.exe"}], actor=clerk)
    assert household.memberships.get().person.given_names == "gnp.exe"


def test_apostrophes_and_markup_are_only_text(country, clerk):
    household = register_household(area=country["Almond"], members=[{**HEAD, "surname": "O'<b>Neil</b>"}], actor=clerk)
    assert household.search_name == "esperance o b neil b"

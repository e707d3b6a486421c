"""The data dictionary: what may be written into it, and what it asks of values."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.testing.cast import everywhere
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.services import (
    change_person,
    change_variable,
    define_variable,
    register_household,
    register_person,
    reorder_variables,
    retire_variable,
)
from coremis.modules.registry.tests.factories import make_person, make_variable

pytestmark = pytest.mark.django_db
KEEPER = everywhere(
    *(f"registry.{name}" for name in (
        "define_variable", "change_variable", "retire_variable", "restore_variable", "reorder_variables", "register_person",
        "change_person", "register_household", "reveal_sensitive",
    ))
)  # fmt: skip
ROOF = [{"code": "tin", "names": {"en": "Tin"}}, {"code": "tile", "names": {"en": "Tile"}}]


def define(code="rooms", subject="person", kind="NUMBER", **more):
    return define_variable(subject=subject, code=code, names={"en": code}, kind=kind, **{**more, "actor": KEEPER})


def errors(call, *given, **more):
    with pytest.raises(Invalid) as caught:
        call(*given, **more)
    return caught.value.errors


@pytest.fixture
def agreed(monkeypatch):
    """Changes run as they do once everybody has agreed."""
    monkeypatch.setattr(change_variable, "approvable", False)
    monkeypatch.setattr(retire_variable, "approvable", False)
    return lambda variable, **more: change_variable(
        variable=VariableDefinition.objects.get(pk=variable.pk), actor=KEEPER, **more
    )  # fmt: skip


def test_it_works(country):
    """PRG-06: a variable with a rule is asked for at once, and its own sentence is said."""
    define(validation="value between 0 and 20", error_texts={"en": "Rooms are counted from 0 to 20."}, help_texts={"en": "Count all."})
    person = register_person(area=country["Almond"], given_names="Rose", data={"rooms": 0}, actor=KEEPER)
    assert person.data == {"rooms": 0}, "zero is a value (pitfall M19)"
    found = errors(register_person, area=country["Almond"], given_names="Élie", data={"rooms": 21}, actor=KEEPER)
    assert found == {"data.rooms": ["Rooms are counted from 0 to 20."]}


def test_a_rule_is_checked_when_it_is_written():
    assert "validation" in errors(define, validation="value +")
    assert "validation" in errors(define, validation="value + 1"), "its answer must be yes or no"
    assert "validation" in errors(define, validation="unknown > 1")
    assert "code" in errors(define, "value") and "code" in errors(define, "true") and "code" in errors(define, "Rooms")


def test_a_rule_over_other_facts_fails_closed(country):
    define("beds")
    define("sleeping", validation="value <= beds")
    almond = country["Almond"]
    assert "data.sleeping" in errors(register_person, area=almond, given_names="Rose", data={"sleeping": 2}, actor=KEEPER), "beds missing"
    person = register_person(area=almond, given_names="Rose", data={"sleeping": 2, "beds": 2}, actor=KEEPER)
    assert "data.sleeping" in errors(change_person, person=person, data={"beds": 1}, actor=KEEPER), "the other side changed"


def test_what_was_stored_before_a_rule_stays(country, agreed):
    rooms = define()
    person = make_person(country["Almond"], data={"rooms": 99})
    agreed(rooms, validation="value < 10")
    assert change_person(person=person, given_names="Other", data={"rooms": 99}, actor=KEEPER).data == {"rooms": 99}


def test_outside_its_dates_it_is_not_asked(country):
    yesterday = timezone.localdate() - timedelta(days=1)
    define("old", required=True, valid_until=yesterday)
    define("coming", required=True, valid_from=date(2099, 1, 1))
    almond = country["Almond"]
    assert register_person(area=almond, given_names="Rose", actor=KEEPER).data == {}
    held = make_person(almond, data={"old": 5})
    assert change_person(person=held, given_names="Still", actor=KEEPER).data == {"old": 5}, "stored values stay"
    assert "data.old" in errors(change_person, person=held, data={"old": 6}, actor=KEEPER)
    assert "valid_until" in errors(define, "bad", valid_from=date(2030, 1, 2), valid_until=date(2030, 1, 1))


def test_a_code_keeps_its_type_once_a_value_is_stored(country, agreed):
    rooms = define()
    agreed(rooms, kind=VariableDefinition.Kind.TEXT)
    agreed(rooms, kind=VariableDefinition.Kind.NUMBER)
    make_person(country["Almond"], data={"rooms": 3})
    assert "kind" in errors(agreed, rooms, kind=VariableDefinition.Kind.TEXT)
    assert "code" in errors(define), "a code is never given twice"


def test_a_choice_in_use_is_retired_and_not_removed(country, agreed):
    roof = define("roof", kind="CHOICE", choices=[*ROOF, {"code": "straw", "names": {"en": "Straw"}}])
    person = make_person(country["Almond"], data={"roof": "straw"})
    assert "choices" in errors(agreed, roof, choices=ROOF)
    agreed(roof, choices=[*ROOF, {"code": "straw", "names": {"en": "Straw"}, "retired": True}])
    assert change_person(person=person, surname="New", data={"roof": "straw"}, actor=KEEPER).data == {"roof": "straw"}
    assert "data.roof" in errors(register_person, area=country["Almond"], given_names="Rose", data={"roof": "straw"}, actor=KEEPER)
    make = define("wall", kind="CHOICE", choices=[*ROOF, {"code": "mud", "names": {"en": "Mud"}}])
    assert agreed(make, choices=ROOF).choices == ROOF, "nobody holds the third one"


def test_different_for_everybody(country, agreed):
    """ETL-09: on both sides of one form, and beside the register."""
    card = define("card", kind="TEXT", unique=True)
    almond = country["Almond"]
    first = register_person(area=almond, given_names="Rose", data={"card": "A1"}, actor=KEEPER)
    assert "data.card" in errors(register_person, area=almond, given_names="Élie", data={"card": "A1"}, actor=KEEPER)
    assert change_person(person=first, surname="Same", data={"card": "A1"}, actor=KEEPER)
    twins = [{"given_names": name, "relationship": role, "data": {"card": "B"}} for name, role in (("A", "head"), ("B", "child"))]
    found = errors(register_household, area=almond, members=twins, actor=KEEPER)
    assert {"members.0.data.card", "members.1.data.card"} <= set(found)
    agreed(card, unique=False)
    make_person(almond, data={"card": "A1"})
    assert "unique" in errors(agreed, card, unique=True), "values that stand twice are corrected first"


def test_sensitive_facts_are_never_required():
    assert "required" in errors(define, sensitive=True, required=True)
    assert "unique" in errors(define, kind="BOOLEAN", unique=True)


def test_variables_of_enrolments_may_belong_to_one_programme():
    assert "programme_id" in errors(define, programme_id=7)
    assert define("card", subject="enrolment", programme_id=7).programme_id == 7


def test_order_and_taking_out_of_use(agreed):
    make_variable("b", subject="person", position=1)
    make_variable("a", subject="person", position=2)
    reorder_variables(subject="person", codes=["a", "b"], actor=KEEPER)
    assert list(VariableDefinition.objects.values_list("code", flat=True)) == ["a", "b"]
    with pytest.raises(Refusal):
        reorder_variables(subject="person", codes=["a"], actor=KEEPER)
    first = VariableDefinition.objects.get(code="a")
    with pytest.raises(Refusal):
        retire_variable(variable=first, reason=" ", actor=KEEPER)
    assert not retire_variable(variable=first, reason="Asked elsewhere", actor=KEEPER).is_active


def test_values_of_merged_records_do_not_forbid_that_a_variable_is_unique(country, agreed):
    """A retired record keeps its values and nobody can change them: they are no obstacle."""
    card = define("card", kind="TEXT")
    survivor = make_person(country["Almond"], "Rose", data={"card": "A-1"})
    make_person(country["Almond"], "Rosa", data={"card": "A-1"}, retired_on=timezone.localdate(), merged_into=survivor)
    assert agreed(card, unique=True).unique

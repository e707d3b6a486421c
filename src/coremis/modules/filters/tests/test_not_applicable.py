"""“Does not apply” is neither known nor unknown: entered, shown, found, never a number (pitfall M19)."""

from datetime import date

import pytest
from django.urls import reverse

from coremis.kernel.base.formula import parse
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.expressions.compiler import compile_value
from coremis.kernel.expressions.variable import Variable
from coremis.kernel.screens.facts import subjects
from coremis.kernel.testing.cast import everywhere, make_user
from coremis.modules.filters.draft import Draft, Part, apply
from coremis.modules.filters.queries import matching, words
from coremis.modules.filters.tree import operators_of
from coremis.modules.registry.models import Person, VariableDefinition
from coremis.modules.registry.module import KEEPS, SEES
from coremis.modules.registry.not_applicable import NOT_APPLICABLE
from coremis.modules.registry.services import change_person, change_variable, define_variable, register_person
from coremis.modules.registry.tests.factories import make_person, make_variable

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)
KEEPER = everywhere(*(f"registry.{name}" for name in ("define_variable", "change_variable", "register_person", "change_person")))
KINDS = {"NUMBER": 3, "BOOLEAN": True, "TEXT": "old", "DATE": "2025-01-31", "CHOICE": "tin"}
TIN = [{"code": "tin", "names": {"en": "Tin"}}, {"code": "tile", "names": {"en": "Tile"}}]


def variable(kind, code="months", **more):
    return make_variable(code, kind, "person", may_not_apply=True, choices=TIN if kind == "CHOICE" else [], **more)


def tree(is_, code="months", **more):
    return {"about": "person", "where": {"fact": f"registry.person.var_{code}", "is": is_, **more}}


def found(is_, **more):
    return {person.given_names for person in matching(Person.objects.all(), tree(is_, **more), DAY)}


@pytest.mark.parametrize("kind", KINDS)
def test_it_works(country, kind):
    """Of every type: three answers, three questions; and the formula language finds no value."""
    variable(kind)
    for name, data in (("Ada", {"months": KINDS[kind]}), ("Ben", {"months": NOT_APPLICABLE}), ("Clo", {})):
        make_person(country["Almond"], name, data=data)
    assert (found("known"), found("inapplicable"), found("unknown")) == ({"Ada"}, {"Ben"}, {"Clo"})
    opposite = {"about": "person", "where": {"not": tree("inapplicable")["where"]}}
    assert {one.given_names for one in matching(Person.objects.all(), opposite, DAY)} == {"Ada", "Clo"}
    assert words(tree("inapplicable")) == "Persons: Months: does not apply"
    ask = compile_value(parse("is_missing(months)", {"months": kind.lower()}), {"months": Variable("months", kind.lower())})
    assert dict(Person.objects.annotate(said=ask).values_list("given_names", "said")) == {"Ada": False, "Ben": True, "Clo": True}


def test_a_score_never_takes_it_for_zero(country):
    variable("NUMBER")
    for name, data in (("Zero", {"months": 0}), ("None", {"months": NOT_APPLICABLE})):
        make_person(country["Almond"], name, data=data)
    score = compile_value(parse("months * 2 + 1", {"months": "number"}), {"months": Variable("months", "number")})
    assert dict(Person.objects.annotate(score=score).values_list("given_names", "score")) == {"Zero": 1, "None": None}
    assert found("equal", value=0) == found("most", value=5) == {"Zero"} and found("unequal", value=7) == {"Zero"}


def test_it_is_an_answer_only_where_the_dictionary_says_so(country):
    variable("NUMBER", required=True, validation="value > 0")
    make_variable("rooms", "NUMBER", "person")
    person = register_person(area=country["Almond"], given_names="Ada", data={"months": "N/A"}, actor=KEEPER)
    assert person.data == {"months": NOT_APPLICABLE}, "it satisfies “required”, and no rule is asked of it"
    with pytest.raises(Invalid):
        register_person(area=country["Almond"], given_names="Ben", data={"months": 1, "rooms": "N/A"}, actor=KEEPER)
    with pytest.raises(Invalid):
        register_person(area=country["Almond"], given_names="Clo", data={}, actor=KEEPER)
    with pytest.raises(Refusal):
        matching(Person.objects.all(), tree("inapplicable", "rooms"), DAY)
    person = change_person(person=person, data={"months": 4}, actor=KEEPER)
    assert person.data == {"months": 4}


def test_the_dictionary_keeps_the_answer_possible_while_somebody_gave_it(country, monkeypatch):
    monkeypatch.setattr(change_variable, "approvable", False)
    kept = variable("NUMBER")
    person = make_person(country["Almond"], data={"months": NOT_APPLICABLE})
    with pytest.raises(Invalid) as caught:
        change_variable(variable=kept, may_not_apply=False, actor=KEEPER)
    assert "may_not_apply" in caught.value.errors
    change_person(person=person, data={"months": None}, actor=KEEPER)
    assert not change_variable(variable=VariableDefinition.objects.get(), may_not_apply=False, actor=KEEPER).may_not_apply
    said = [{"code": "not_applicable", "names": {"en": "No"}}, *TIN]
    for wrong in ({"unique": True}, {"kind": VariableDefinition.Kind.CHOICE, "choices": said}):
        given = {"kind": VariableDefinition.Kind.NUMBER, **wrong}
        with pytest.raises(Invalid) as caught:
            define_variable(subject="person", code="x", names={"en": "x"}, may_not_apply=True, actor=KEEPER, **given)
        assert "may_not_apply" in caught.value.errors


def test_a_clerk_ticks_it_and_reads_it(country, client):
    """On the form, on the page, in the history; both at once is refused and nothing is lost."""
    variable("NUMBER")
    variable("CHOICE", "roof")
    client.force_login(make_user("clerk", *SEES, *KEEPS, area=country["Almond"]))
    person = make_person(country["Almond"], "Ada")
    page = reverse("registry:change_person", kwargs={"pk": person.pk})
    typed = {"given_names": "Ada", "surname": person.surname, "sex": "female", "birth": "1985", "version": person.version, "key": "k"}
    both = client.post(page, {**typed, "data_months": "3", "inapplicable_months": "on", "step": "preview"})
    assert both.status_code == 422 and "not both" in both.content.decode()
    given = {**typed, "data_months": "", "inapplicable_months": "on", "data_roof": "not_applicable"}
    seen = client.post(page, {**given, "step": "preview"})
    assert seen.content.decode().count("does not apply") >= 2, seen.content.decode()
    assert client.post(page, {**given, "step": "confirm", "seen": seen.context["seen"]}).status_code == 303
    person.refresh_from_db()
    assert person.data == {"months": NOT_APPLICABLE, "roof": NOT_APPLICABLE}
    shown = client.get(reverse("registry:person", kwargs={"pk": person.pk})).content.decode()
    again = client.get(page).content.decode()
    assert "does not apply" in shown and "{&#x27;missing" not in shown
    assert 'name="inapplicable_months"' in again and again.count("checked") >= 1 and '"not_applicable" selected' in again
    history = client.get(reverse("registry:person", kwargs={"pk": person.pk}) + "?tab=history").content.decode()
    assert "does not apply" in history and "{&#x27;missing" not in history


def test_the_editor_offers_it_where_it_can_be_answered(country):
    variable("NUMBER")
    make_variable("rooms", "NUMBER", "person")
    draft = Draft("person", subjects()["person"].scope, Part("group")).place()
    for code in ("months", "rooms"):
        apply(draft, f"add:0:fact:registry.person.var_{code}")
    offered = [operators_of(part.fact) for part in draft.root.parts]
    assert "inapplicable" in offered[0] and "inapplicable" not in offered[1]


@pytest.mark.parametrize("kind", KINDS)
def test_the_head_of_the_list_finds_them(country, client, kind):
    """Beside the values of the variable, and only where the dictionary knows that answer."""
    variable(kind)
    make_variable("rooms", "NUMBER", "person", filterable=True)
    for name, data in (("Ada", {"months": KINDS[kind]}), ("Ben", {"months": NOT_APPLICABLE}), ("Clo", {})):
        make_person(country["Almond"], name, data=data)
    client.force_login(make_user("clerk", *SEES, area=country["Almond"]))
    page = client.get(reverse("registry:persons"), {"var_months_na": "True"}).content.decode()
    assert "Months: does not apply" in page and "var_rooms_na" not in page
    assert [name for name in ("Ada", "Ben", "Clo") if f"{name} " in page] == ["Ben"]

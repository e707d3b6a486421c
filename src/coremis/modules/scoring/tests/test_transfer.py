"""A whole formula goes from one installation into another as it was tried; a file that is none is refused with a sentence."""

import copy
import json

import pytest
from django.urls import reverse

from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.testing.cast import make_user
from coremis.modules.registry.tests.factories import make_variable
from coremis.modules.scoring import services
from coremis.modules.scoring.models import FormulaVersion, ScoreFormula
from coremis.modules.scoring.module import WRITES
from coremis.modules.scoring.tests.published import BURUNDI, MALAWI, TANZANIA
from coremis.modules.scoring.tests.test_load_formulas import WRITER, loaded
from coremis.modules.scoring.transfer import as_file, is_written_well

pytestmark = pytest.mark.django_db


def everything(country):
    """A draft that uses every kind of piece that forms can write."""
    for code, kind in (("rooms", "NUMBER"), ("roof", "CHOICE")):
        make_variable(code, kind, "dwelling")
    version = services.save_formula(code="whole", names={"en": "Whole", "fr": "Entier"}, source="Survey", actor=WRITER).versions.get()
    save = {"version": version, "actor": WRITER}
    name = {"names": {"en": "Name"}}
    settings = {"kind": "LINEAR", "direction": "LOWER_IS_POORER", "scale": "2", "rounding": "ROUND", "decimals": 1,
                "survey": "2024", "valid_from": "2024-01-01", "valid_until": None, "sources": {"urban": "census"}}  # fmt: skip
    services.save_settings(settings=settings, **save)
    services.save_member_fact(fact={"code": "old", "how": "COUNT", "condition": "age >= 60", **name}, **save)
    services.save_fact(fact={"code": "crowd", "formula": "size / rooms", **name}, **save)
    services.save_term(term={"code": "crowd_term", "kind": "NUMBER", "formula": "crowd", "missing": "VALUE", "stand_in": 1,
                             "weights": {"all": "-1.5"}, **name}, **save)  # fmt: skip
    services.save_term(term={"code": "old_term", "kind": "TABLE", "formula": "old", "missing": "SKIP", "only_where": "size > 1",
                             "rows": [{"match": ["0"], "weights": {"all": "0"}}, {"other": True, "weights": {"all": "3"}}], **name}, **save)  # fmt: skip
    for code in ("POOR", "REST"):
        services.save_category(category={"code": code, **name}, **save)
    services.save_cutoff(cutoff={"category": "POOR", "limit": "10"}, **save)
    services.save_cutoff(cutoff={"category": "POOR", "limit": "12", "area_id": country["North"].pk, "valid_from": "2025-01-01"}, **save)
    facts = {"values": {"rooms": 2, "size": 4, "old": 0}, "members": []}
    return services.save_example(name="One", facts=facts, expected={"value": "-6", "category": "POOR", "stratum": "all"}, **save)


def test_it_works(client, country):
    """Taken home on the page of the version, loaded where the formula is unknown: the same, also where ids of places differ."""
    version = everything(country)
    client.force_login(make_user("reader", *WRITES, "scoring.view_formulaversion", area=country["Testland"]))
    page = client.get(reverse("scoring:version_detail", args=[version.pk]))
    assert reverse("scoring:version_file", args=[version.pk]) in page.content.decode()
    answer = client.get(reverse("scoring:version_file", args=[version.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="whole-1.json"'
    entries = json.loads(answer.content)
    assert entries[0]["definition"]["cutoffs"][1]["area"] == country["North"].code and "area_id" not in answer.content.decode()
    again = services.load_formulas(entries=[{**entries[0], "code": "again"}], actor=WRITER)[0]
    assert again.formula.names == {"en": "Whole", "fr": "Entier"} and again.formula.source == "Survey"
    before = {name: value for name, value in version.definition.items() if name != "names_known"}
    before["cutoffs"][0]["area_id"] = None
    assert again.definition == before
    assert client.get(reverse("scoring:version_detail", args=[again.pk])).status_code == 200


def test_only_who_may_see_a_formula_takes_it_home(client, country):
    address = reverse("scoring:version_file", args=[everything(country).pk])
    assert client.get(address).status_code == 302 and client.post(address).status_code == 405
    client.force_login(make_user("somebody", "scoring.view_score", area=country["Testland"]))
    assert client.get(address).status_code == 403
    client.force_login(make_user("reader", "scoring.view_formulaversion", area=country["Testland"]))
    assert client.get(reverse("scoring:version_file", args=[10**9])).status_code == 404


@pytest.mark.parametrize("entry", [BURUNDI, TANZANIA, MALAWI])
def test_published_formulas_can_be_taken_home(country, entry):
    (taken,) = as_file(loaded(entry))
    assert is_written_well(taken)
    again = services.load_formulas(entries=[{**taken, "code": "again"}], actor=WRITER)[0]
    assert as_file(again)[0]["definition"] == taken["definition"]


def test_unknown_places_are_named(country):
    (entry,) = as_file(everything(country))
    entry["definition"]["cutoffs"][1]["area"] = "NOWHERE"
    with pytest.raises(Refusal, match="NOWHERE"):
        services.load_formulas(entries=[{**entry, "code": "again"}], actor=WRITER)
    assert not ScoreFormula.objects.filter(code="again").exists()


WRONG = [
    ("strata", "x"), ("strata", [1]), ("strata", [{"code": ["x"]}]), ("names_known", {}), ("valid_from", "yesterday"), ("kind", "MAGIC"),
    ("rounding", None), ("terms", [{"code": "a", "names": {"en": 1}}]), ("terms", [{"rows": [{"match": "x"}]}]), ("scale", "NaN"),
    ("terms", [{"weights": {"all": float("inf")}}]), ("terms", [{"stand_in": float("nan")}]), ("decimals", "1"), ("sources", []),
    ("cutoffs", [{"area_id": 1}]), ("cutoffs", [{"valid_until": "2024-13-01"}]), ("examples", [{"expected": {"value": "many"}}]),
    ("examples", [{"facts": {"members": [[]]}}]), ("categories", [{}] * 500), ("strata", [{"condition": "x" * 5000}]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_what_is_no_formula_is_refused(country, name, value):
    """Pitfall M6: nothing else comes in with a file; no page has to live with it afterwards."""
    (entry,) = as_file(everything(country))
    spoiled = copy.deepcopy(entry)
    spoiled["definition"][name] = value
    with pytest.raises(Invalid) as refused:
        services.load_formulas(entries=[{**spoiled, "code": "again"}], actor=WRITER)
    assert "definition" in str(refused.value.errors.get("file", "definition"))  # endless numbers are refused for every action alike
    assert not FormulaVersion.objects.filter(formula__code="again").exists()

"""Published formulas from a file: loaded, completed with facts as data, put into use, and applied to households."""

import json
from datetime import date
from pathlib import Path

import pytest

from coremis.kernel.actions.context import Authority, approved_by
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.testing.cast import everywhere
from coremis.modules.registry.tests.factories import make_household, make_variable
from coremis.modules.scoring import services
from coremis.modules.scoring.loading import Reading
from coremis.modules.scoring.models import FormulaVersion, Score
from coremis.modules.scoring.module import SCORES, WRITES
from coremis.modules.scoring.tests.published import BURUNDI, MALAWI, TANZANIA
from coremis.modules.scoring.tests.randomly import make_figures
from coremis.modules.scoring.tests.sample import ASSETS, DWELLING, RURAL, TANZANIA_GOLDEN, URBAN
from coremis.modules.scoring.tests.test_score_households import aged, score

pytestmark = pytest.mark.django_db
WRITER = everywhere(*WRITES, SCORES)
SHARED = Path(__file__).parents[6] / "shared" / "domain" / "pmt_formulas.json"


def published(code):
    """The formula as the project's own file has it, where that is at hand; else the small copy."""
    if not SHARED.exists():
        return {"BI-PMT-2": BURUNDI, "TZ-PSSN": TANZANIA, "MW-2015": MALAWI}[code]
    return next(entry for entry in json.loads(SHARED.read_text()) if entry["code"] == code)


def loaded(entry):
    (version,) = services.load_formulas(entries=[entry], actor=WRITER)
    return version


def completed(version, counted=(), facts=()):
    """The facts that the country declares, and an example for each that stands in the file."""
    for code, condition in counted:
        told = {"code": code, "names": {"en": code}, "how": "COUNT", "condition": condition}
        version = services.save_member_fact(version=version, fact=told, actor=WRITER)
    for code, formula in facts:
        version = services.save_fact(version=version, fact={"code": code, "names": {"en": code}, "formula": formula}, actor=WRITER)
    return version


def in_use(version):
    with approved_by(Authority(services.activate_version.name, None)):
        return services.activate_version(version=version, actor=WRITER)


@pytest.mark.parametrize("source", ["copy", "shared"])
def test_it_works(country, source):
    """11.154, 11.202, 11.002: the third is poor. The examples of the file gate the activation once their names are completed."""
    if source == "shared" and not SHARED.exists():
        pytest.skip("../shared is not at hand")
    version = loaded(TANZANIA if source == "copy" else published("TZ-PSSN"))
    for code in TANZANIA["asset_codes"]:
        make_variable(f"asset_{code}", "BOOLEAN", "household")
    make_figures("urban", country, {"Testland": 0})
    with pytest.raises(Refusal):
        in_use(version)
    version = completed(version, [("members_15_64", "age between 15 and 64")], [("household_size", "size"), ("urban", "area_urban")])
    for place, (size, adults, assets, value, category) in enumerate(TANZANIA_GOLDEN):
        owned = {f"asset_{code}": code in assets for code in TANZANIA["asset_codes"]}
        facts = {"members": [], "values": {"size": size, "members_15_64": adults, "area_urban": 0, **owned}}
        told = {"value": str(value), "category": "POOR" if category == "POOR" else "OTHERS"}
        version = services.save_example(version=version, name=str(place), facts=facts, expected=told, place=place, actor=WRITER)
        make_household(country["Almond"], people=aged(*[40] * adults, *[8] * (size - adults)), data=owned)
    score(in_use(version), country["North"])
    assert list(Score.objects.order_by("pk").values_list("value", "category")) == [(11.154, "OTHERS"), (11.202, "OTHERS"), (11.002, "POOR")]


@pytest.mark.parametrize("source", ["copy", "shared"])
def test_burundi(country, source):
    """8966 in the country, 10329 in the town."""
    if source == "shared" and not SHARED.exists():
        pytest.skip("../shared is not at hand")
    version = loaded(BURUNDI if source == "copy" else published("BI-PMT-2"))
    for code, kind in {**DWELLING, **dict.fromkeys(ASSETS, "BOOLEAN")}.items():
        make_variable(code, kind, "dwelling")
    make_variable("education", "CHOICE", "person")
    make_figures("urban", country, {"North": 0, "South": 1})
    make_figures("province", country, {"North": 7, "South": 17})
    version = completed(
        version,
        [("members_0_14", "age <= 14"), ("members_15_64", "age between 15 and 64"), ("members_65", "age >= 65")],
        [
            ("head_male", "head_sex = 'male'"), ("dependency_ratio", "(members_0_14 + members_65) / max(members_15_64, 1)"),
            ("rooms_per_person", "rooms / max(size, 1)"), ("lighting_non_grid", "lighting in ('kerosene', 'torch', 'wood', 'solar_lantern')"),
            ("cooking_charcoal_gas", "cooking in ('charcoal', 'gas')"),
            ("roof_poor", "roof in ('none', 'bamboo', 'mats', 'planks', 'cartons', 'tent', 'other')"),
            ("floor_stone_brick", "floor = 'stone_brick'"), ("floor_cement_tile", "floor in ('cement', 'tile')"),
            ("toilet_not_flush", "toilet not in ('flush', 'none')"), ("toilet_none", "toilet = 'none'"), ("province", "area_province"),
        ],
    )  # fmt: skip
    rural = ["45 male head education=primary_incomplete", "30", "20", "8", "7", "2"]
    urban = ["38 female head education=university", "17", "9", "3"]
    for name, lines, data, place, value in (("rural", rural, RURAL, 7, 8966), ("urban", urban, URBAN, 17, 10329)):
        members = [read(line) for line in lines]
        facts = {"members": members, "values": {**data, "area_urban": int(name == "urban"), "area_province": place}}
        told = {"value": str(value), "stratum": name}
        version = services.save_example(version=version, name=name, facts=facts, expected=told, actor=WRITER)
    head = {"sex": "male", "data": {"education": "primary_incomplete"}}
    make_household(country["Almond"], people=aged(45, 30, 20, 8, 7, 2, **head), data=RURAL)
    head = {"sex": "female", "data": {"education": "university"}}
    make_household(country["Ebony"], people=aged(38, 17, 9, 3, **head), data=URBAN)
    score(in_use(version), country["Testland"])
    assert list(Score.objects.order_by("pk").values_list("value", "stratum")) == [(8966, "rural"), (10329, "urban")]


def read(line):
    """One member of an example."""
    age, *words = line.split()
    found = {"age": int(age)}
    for word in words:
        found |= {"sex": word} if word in ("male", "female") else {"relationship": word} if word == "head" else dict([word.split("=")])
    return found


def test_malawi(country):
    """Rulebook 2.2.4: 10+4+0+5+0+4+0+5+0+0 = 28; the likelihoods are kept for comparisons."""
    version = loaded(published("MW-2015"))
    for code in ("female_head_reads", "floor", "walls", "roof", "toilet", "lighting"):
        make_variable(code, "CHOICE", "dwelling")
    for code in ("bednet", "table", "bed"):
        make_variable(code, "BOOLEAN", "dwelling")
    version = completed(version, facts=[("members", "size")])
    data = {
        "female_head_reads": "chichewa_only", "floor": "mud_sand", "walls": "unfired_brick", "roof": "grass_plastic_other",
        "toilet": "own_roofless_or_shared_roofed", "lighting": "firewood_grass_gas", "bednet": True, "table": False, "bed": False,
    }  # fmt: skip
    facts = {"members": [], "values": {"size": 5, **data}}
    version = services.save_example(version=version, name="Published", facts=facts, expected={"value": "28"}, actor=WRITER)
    make_household(country["Almond"], size=5, data=data, since=date(2025, 1, 1))
    score(in_use(version), country["North"])
    assert Score.objects.get().value == 28 and FormulaVersion.objects.get().definition["published"]["likelihood_national_line"][5] == 64.8


def test_nothing_is_lost_silently():
    """What cannot be read is a remark that names it, and the whole text is kept."""
    entry = {
        "code": "x", "direction": "up", "round": "ceil(sum)", "intercept": "many", "rooms": "0.5", "Bad Name": "1", "list": [1, 2], "note": "hear",
        "size": {"1": "a lot"}, "cutoff": {"POOR": ">= 3"}, "golden": [{"in": "a man", "score": 3}, {"rooms": 2, "who": 1, "score": "1"}],
    }  # fmt: skip
    found = Reading(entry).definition()
    said = [about for _what, about in found["remarks"]]
    for part in ("up", "ceil(sum)", "many", "Bad Name", "[1, 2]", "hear", "a lot", "POOR", "a man", "who"):
        assert any(part in about for about in said), part
    assert found["published"] == entry and [one["code"] for one in found["terms"]] == ["rooms"]


def test_every_published_formula_is_read():
    """All formulas of the project's own file: terms, and only remarks that leave the score alone or ask for a hand."""
    if not SHARED.exists():
        pytest.skip("../shared is not at hand")
    for entry in json.loads(SHARED.read_text()):
        found = Reading(entry).definition()
        assert len(found["terms"]) >= 10 and {what for what, _about in found["remarks"]} <= {
            "NOT_USED",
            "EXAMPLE",
            "PLACED_BY",
            "EACH_CODE",
            "KEPT",
        }


def test_a_file_of_another_shape_is_refused_with_the_name(db):
    for wrong in ({"golden": 5}, {"cutoff": [1]}, {"items": [1]}, {"strata": "all"}):
        with pytest.raises(Refusal) as refused:
            services.load_formulas(entries=[{"code": "X", **wrong}], actor=everywhere(*WRITES))
        assert next(iter(wrong)) in str(refused.value.errors["file"][0])

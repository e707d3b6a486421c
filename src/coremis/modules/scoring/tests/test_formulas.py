"""The slow computation, on published formulas and at the edges."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from coremis.kernel.base.refusal import Refusal
from coremis.modules.scoring.definition import problems_of, read_card
from coremis.modules.scoring.forms import StratumForm
from coremis.modules.scoring.forms.terms import read_line, typed_value
from coremis.modules.scoring.formulas import Outcome, assess, limits_on
from coremis.modules.scoring.tests.sample import RURAL, TANZANIA_GOLDEN, URBAN, burundi, everywhere_the_same, stratum, tanzania, term
from coremis.modules.scoring.wording import figure

NAMES = {
    "size": "number",
    "rooms": "number",
    "roof": "choice",
    "urban": "boolean",
    "day": "date",
    **{f"asset_{n}": "boolean" for n in range(50)},
}
MEMBERS = {"age": "number", "sex": "choice"}
BURUNDI = {
    "size": "number", "head_age": "number", "head_sex": "choice", "head_education": "choice", "rooms": "number", "area_urban": "number",
    "area_province": "number", **dict.fromkeys(("lighting", "cooking", "roof", "floor", "toilet"), "choice"),
    **dict.fromkeys(("radio", "smartphone", "mattress", "bicycle", "hoe", "machete"), "boolean"),
}  # fmt: skip


def simple(*terms, **fields):
    return {"strata": [stratum()], "terms": list(terms), **fields}


def read(definition):
    return read_card(definition, NAMES, MEMBERS)


@pytest.mark.parametrize(("size", "adults", "assets", "score", "category"), TANZANIA_GOLDEN)
def test_it_works(size, adults, assets, score, category):
    owned = {f"asset_{code}": str(code) in assets for code in range(50)}
    found = assess(read(tanzania()), {"size": size, "members_15_64": adults, **owned})
    assert (found.value, found.category, found.missing) == (score, category, ())


def test_burundi():
    """Rulebook 2.2.2; in doubles, plain truncation would give 10328."""
    card = read_card(burundi(), BURUNDI, MEMBERS)
    ages = {"members_0_14": 3, "members_15_64": 3, "members_65": 0}
    rural = {"head_sex": "male", "head_age": 45, "size": 6, "head_education": "primary_incomplete", "area_urban": 0, "area_province": 7}
    urban = {"head_sex": "female", "head_age": 38, "size": 4, "head_education": "university", "area_urban": 1, "area_province": 17}
    assert assess(card, {**RURAL, **ages, **rural}).value == 8966
    assert assess(card, {**URBAN, **ages, "members_0_14": 2, "members_15_64": 2, **urban}).value == 10329


def test_zero_missing_and_not_applicable_are_three_things():
    """Pitfall M19."""
    weights = {"weights": everywhere_the_same("-0.5")}
    card = read(simple(
        term("rooms", **weights), term("size", missing="VALUE", stand_in=0, **weights), term("asset_1", missing="SKIP", **weights),
        term("asset_2", only_where="urban", **weights),
    ))  # fmt: skip
    found = assess(card, {"rooms": 0, "urban": False})
    assert found.value == 0.0 and [result.outcome for result in found.terms] == [
        Outcome.USED, Outcome.STAND_IN, Outcome.SKIPPED, Outcome.NOT_APPLICABLE,
    ]  # fmt: skip
    assert assess(card, {"urban": False}).missing == ("rooms",)
    assert assess(card, {"rooms": 1, "urban": True}).missing == ("asset_2",)
    assert assess(card, {"rooms": 1}).missing == ("asset_2", "urban")


def test_an_answer_outside_the_table_is_never_zero():
    card = read(simple(term("roof", missing="SKIP", rows=[("tin|iron", everywhere_the_same(3))])))
    assert assess(card, {"roof": "tin"}).value == 3 and assess(card, {}).value == 0
    found = assess(card, {"roof": "gold"})
    assert found.value is None and found.missing == ("roof",) and found.terms[0].outcome is Outcome.NOT_IN_TABLE


def test_bands():
    rows = [("<0", 9), ("0", 0), ("1-3", 31), ("4", 15), ("4.5-<5.5", 2), ("7+", 7)]
    card = read(simple(term("size", rows=[(match, everywhere_the_same(points)) for match, points in rows])))
    said = {size: assess(card, {"size": size}).value for size in (-1, 0, 1, 3, 3.0000001, 4, 4.5, 5.4999999, 5.5, 6, 7, 1e6)}
    assert said == {-1: 9, 0: 0, 1: 31, 3: 31, 3.0000001: 31, 4: 15, 4.5: 2, 5.4999999: None, 5.5: None, 6: None, 7: 7, 1e6: 7}


@pytest.mark.parametrize(
    ("rounding", "decimals", "given", "expected"),
    [
        ("NONE", 0, 1.23456789, 1.234568), ("ROUND", 3, 11.010499, 11.01), ("ROUND", 3, 11.0105, 11.011), ("ROUND", 0, -2.5, -2.0),
        ("TRUNCATE", 0, 10.9999999, 11.0), ("TRUNCATE", 0, 10.999999, 10.0), ("TRUNCATE", 0, -10.9, -10.0), ("TRUNCATE", 2, 0.29, 0.29),
    ],
)  # fmt: skip
def test_rounding(rounding, decimals, given, expected):
    """Six decimals first, whatever follows."""
    card = read(simple(term("rooms", weights=everywhere_the_same(1)), rounding=rounding, decimals=decimals))
    assert assess(card, {"rooms": given}).value == expected


def test_limits_by_place_stratum_and_day():
    limits = [
        {"category": "POOR", "limit": "10"}, {"category": "POOR", "limit": "20", "area_id": 1}, {"category": "POOR", "limit": "30", "area_id": 5},
        {"category": "POOR", "limit": "40", "area_id": 5, "stratum": "all"}, {"category": "POOR", "limit": "50", "valid_from": "2026-01-01"},
    ]  # fmt: skip
    groups = [{"code": "POOR"}, {"code": "OTHER"}]
    card = read(simple(term("rooms", weights=everywhere_the_same(1)), categories=groups, cutoffs=limits))
    day = date(2026, 2, 1)
    found = [limits_on(card, day, places)[("all", "POOR")] for places in ([9], [9, 1], [5, 1], [])]
    assert found == [50, 20, 40, 50] and limits_on(card, day.replace(year=2025))[("all", "POOR")] == 10
    assert [assess(card, {"rooms": rooms}).category for rooms in (10, 10.0000001, 10.000001)] == ["POOR", "POOR", "OTHER"]
    higher = read(
        simple(term("rooms", weights=everywhere_the_same(1)), categories=groups, cutoffs=limits[:1], direction="HIGHER_IS_POORER")
    )
    assert [assess(higher, {"rooms": rooms}).category for rooms in (9, 10, 11)] == ["OTHER", "POOR", "POOR"]


@pytest.mark.parametrize(
    "wrong",
    [
        term("x", "__import__('os').system('ls')", weights=everywhere_the_same(1)), term("x", "rooms; DROP TABLE", weights=everywhere_the_same(1)),
        term("x", "roof", weights=everywhere_the_same(1)), term("x", "day", rows=[("2026-01-01", everywhere_the_same(1))]), term("x", "rooms"),
        term("x", "rooms", weights={"urban": "1"}), term("x", "rooms", weights=everywhere_the_same("lots")), term("X", "rooms", weights=everywhere_the_same(1)),
        term("x", "rooms", rows=[("1-3", everywhere_the_same(1)), ("3", everywhere_the_same(2))]), term("x", "roof", rows=[("a", {"all": ""})]),
        term("x", "rooms", weights=everywhere_the_same(1), missing="VALUE"), term("x", "rooms", weights=everywhere_the_same(1), missing="GUESS"),
        term("x", "rooms", weights=everywhere_the_same(1), only_where="rooms"), term("score", "rooms", weights=everywhere_the_same(1)),
        term("x", "rooms", weights=everywhere_the_same("1e300")), term("x", "nowhere", weights=everywhere_the_same(1)), term("x", "rooms", rows=[]),
    ],
)  # fmt: skip
def test_rubbish_is_refused(wrong):
    """Pitfalls M18, M21: what is not understood is refused with a sentence; nothing is executed as text."""
    with pytest.raises(Refusal):
        read(simple(wrong))
    assert len(problems_of(simple(wrong), NAMES, MEMBERS)) >= 1


def test_a_harmless_word_that_holds_a_forbidden_one_is_a_name():
    """Pitfall M21."""
    card = read_card(simple(term("withdrawn", weights=everywhere_the_same(2))), {"withdrawn": "number"}, {})
    assert assess(card, {"withdrawn": 4}).value == 8


def test_numbers_as_people_write_them():
    """A comma where the language has one, a point everywhere: 1,000 is never taken for anything but what the reader writes so."""
    for language, text in (("fr", "0,132"), ("pt", "0,132"), ("fr", "0.132"), ("en", "0.132")):
        with translation.override(language):
            assert read_line(f"1-3 = {text} ; -", ["a", "b"]) == {"match": ["1-3"], "weights": {"a": "0.132"}}
            assert typed_value(text) == 0.132
            assert StratumForm.base_fields["constant"].clean(text) == Decimal("0.132")
    with translation.override("en"):
        assert read_line("1-3 = 1,000", ["a"])["weights"] == {"a": "1,000"} and typed_value("1,000") == "1,000"


def test_a_number_of_any_size_is_shown():
    assert figure(1e27).replace(",", "") == "1" + "0" * 27

from datetime import date, datetime
from decimal import Decimal

import pytest

from coremis.kernel.base.formula import Kind, clean, evaluate, parse

NAMES = {"rooms": "number", "size": "number", "urban": "boolean", "roof": "choice", "born": "date", "today": "date", "head": "choice"}
NAMES |= {"age": "number", "children": "number", "adults": "number", "elderly": "number", "light": "choice", "cooking": "choice"}
NAMES |= {"toilet": "choice", "school": "choice", "hoe": "boolean", "radio": "boolean", "phone": "boolean", "mattress": "boolean"}


def result(text, **values):
    return evaluate(parse(text, NAMES), values)


def test_it_works():
    assert result("rooms / size", rooms=2, size=4) == 0.5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rooms + 1", None),
        ("1 / 0", None),
        ("1 / (rooms - rooms)", None),
        ("ln(0)", None),
        ("ln(-1)", None),
        ("sqrt(-1)", None),
        ("sqrt(0)", 0.0),
        ("exp(100)", None),
        ("min(1, rooms)", None),
        ("is_missing(rooms)", True),
        ("is_missing(1 / 0)", True),
        ("coalesce(rooms, 0)", 0.0),
        ("if(rooms > 1, 1, 2)", None),
        ("if(coalesce(rooms > 1, false), 1, 2)", 2.0),
        ("rooms = rooms", None),
        ("rooms > 1 and false", False),
        ("rooms > 1 or true", True),
        ("rooms > 1 and true", None),
        ("not (rooms > 1)", None),
        ("1 in (1, rooms)", True),
        ("2 in (1, rooms)", None),
        ("1 between 2 and rooms", False),
        ("3 between 2 and rooms", None),
    ],
)
def test_missing_values(text, expected):
    """pitfall M19: what is missing is neither zero nor false."""
    assert result(text) == expected


def test_zero_is_a_value():
    """pitfall M19"""
    assert result("coalesce(rooms, 5)", rooms=0) == 0.0
    assert result("is_missing(rooms)", rooms=0) is False


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.1 + 0.2 = 0.3", True),
        ("0.1 + 0.2 > 0.3", False),
        ("0.0000004 = 0", True),
        ("0.000001 = 0", False),
        ("1000000.0000001 in (1000000)", True),
        ("floor(4.35 * 100)", 435.0),
        ("ceil(1.1 * 100)", 110.0),
        ("floor(-1.5)", -2.0),
        ("round(1.005, 2)", 1.01),
        ("round(2.5, 0)", 3.0),
        ("round(-2.5, 0)", -2.0),
        ("abs(-3)", 3.0),
        ("max(1, 5, 3)", 5.0),
        ("contains('tin roof', 'roof')", True),
        ("'a' < 'B'", False),
        ("days_between(date('2026-01-31'), date('2026-03-01'))", 29.0),
        ("years_between(date('2024-02-29'), date('2025-02-28'))", 0.0),
        ("years_between(date('2024-02-29'), date('2025-03-01'))", 1.0),
        ("years_between(date('2026-06-01'), date('2025-01-01'))", -1.0),
    ],
)
def test_numbers_texts_and_dates(text, expected):
    assert result(text) == expected


@pytest.mark.parametrize(
    ("raw", "kind", "expected"),
    [
        (True, Kind.NUMBER, None),
        ("5", Kind.NUMBER, None),
        (Decimal("2.5"), Kind.NUMBER, 2.5),
        (float("nan"), Kind.NUMBER, None),
        (float("inf"), Kind.NUMBER, None),
        (10**400, Kind.NUMBER, None),
        (1, Kind.BOOLEAN, None),
        (5, Kind.TEXT, None),
        ("2026-01-31", Kind.DATE, date(2026, 1, 31)),
        ("20260131", Kind.DATE, None),
        (datetime(2026, 1, 31), Kind.DATE, None),
    ],
)
def test_raw_values_of_the_wrong_kind_are_missing(raw, kind, expected):
    assert clean(raw, kind) == expected


RURAL = """
    floor(1000 * (9.835
      + if(head = 'male', 0.117, 0) - 0.002 * age
      + if(size = 1, 0, if(size = 2, -0.346, if(size = 3, -0.533, if(size = 4, -0.696,
        if(size = 5, -0.807, if(size = 6, -0.941, if(size = 7, -1.030, -1.181)))))))
      + 0.036 * (children + elderly) / max(adults, 1)
      + if(school = 'none', 0, if(school = 'part', 0.074, 0.036))
      + 0.231 * rooms / size
      + if(light in ('kerosene', 'torch', 'wood', 'solar lantern'), -0.054, 0)
      + if(cooking in ('charcoal', 'gas'), 0.346, 0)
      + if(toilet = 'none', -0.115, if(toilet = 'flush', 0, -0.248))
      + if(hoe, 0.112, 0) + 0.048))
"""


def test_a_published_score_is_reached():
    """Burundi's rural formula (the terms that this household has): province 07 gives 0.048; 8966 is the published result."""
    household = {"head": "male", "age": 45, "size": 6, "children": 3, "adults": 3, "elderly": 0, "school": "part", "rooms": 2}
    household |= {"light": "torch", "cooking": "firewood", "toilet": "pit", "hoe": True}
    assert result(RURAL, **household) == 8966.0

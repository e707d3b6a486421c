"""Cells as people write them, and what is meant."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.exchange.kinds import AMOUNT, CHOICE, DATE, DECIMAL, NUMBER, PARTIAL_DATE, YES_NO, ImportColumn
from coremis.kernel.exchange.values import cleaner_for


def cleaned(cell, kind="text", options=None, **column):
    return cleaner_for(ImportColumn("c", "C", kind, **column), options or {})(cell)


def test_it_works():
    assert cleaned("  Ana \u00a0 Maria\n") == "Ana Maria"


@pytest.mark.parametrize(
    ("cell", "kind", "meant"),
    [
        (7, "text", "7"),
        (2.5, "text", "2.5"),
        ("007", "text", "007"),
        ("nan", "text", "nan"),
        ("a\x00b\x1f", "text", "a b"),
        ("Ma\u200bria \u202e \u2066b", "text", "Maria b"),
        ("1 234", NUMBER, 1234),
        ("12.0", NUMBER, 12),
        (-3, NUMBER, -3),
        (0.1, DECIMAL, "0.1"),
        ("1.5", DECIMAL, "1.5"),
        ("1980", PARTIAL_DATE, "1980"),
        (1980, PARTIAL_DATE, "1980"),
        ("05/1980", PARTIAL_DATE, "1980-05"),
        ("3/5/1980", PARTIAL_DATE, "1980-05-03"),
        (date(1980, 5, 3), DATE, "1980-05-03"),
        (datetime(1980, 5, 3, 7, 8), DATE, "1980-05-03"),
        ("Oui", YES_NO, True),
        ("não", YES_NO, False),
        (0, YES_NO, False),
        (True, YES_NO, True),
    ],
)
def test_meanings(cell, kind, meant):
    """pitfall M9, M19: blank, zero and no are three things."""
    assert cleaned(cell, kind) == meant


@pytest.mark.parametrize(
    ("cell", "kind", "word"),
    [
        ("31/02/1980", DATE, "is not a date"),
        ("1980", DATE, "not a full date"),
        ("12/13/80", DATE, "is not a date"),
        (29221, DATE, "is not a date"),
        ("abc", NUMBER, "not a number"),
        ("NaN", NUMBER, "not a number"),
        ("Infinity", DECIMAL, "not a number"),
        (True, NUMBER, "not a number"),
        ("2.5", NUMBER, "not a whole number"),
        ("1e400", NUMBER, "not a whole number"),
        (1.234567890123457e19, "text", "too long to be exact"),
        ("x" * 201, "text", "longer than 200"),
        ("maybe", YES_NO, "neither yes nor no"),
    ],
)
def test_what_cannot_be_meant(cell, kind, word):
    with pytest.raises(Refusal, match=word):
        cleaned(cell, kind)


def test_day_or_month_first_as_chosen():
    assert cleaned("3/5/1980", DATE, {"day_first": False}) == "1980-03-05"


def test_a_decimal_comma_where_the_file_has_one():
    assert cleaned("1.234,5", DECIMAL, {"decimal_comma": True}) == "1234.5"
    assert cleaned(1234.5, DECIMAL, {"decimal_comma": True}) == "1234.5"
    assert cleaned("-1.234.567", DECIMAL, {"decimal_comma": True}) == "-1234567"


@pytest.mark.parametrize("cell", ["2.5", "-3.3822", "29.35000", "1.23,5", "1234.567", "1_000"])
def test_a_point_that_separates_no_thousands(cell):
    """Pitfall D3: a number with a point among numbers with a comma is sent back; it never becomes ten or ten thousand times as large."""
    with pytest.raises(Refusal, match="is not a number"):
        cleaned(cell, DECIMAL, {"decimal_comma": True})


@pytest.mark.parametrize("sign", ["\u200b", "\ufeff", "\u00ad", "\u200e", "\u202e", "\u2066"])
def test_signs_that_nobody_sees_are_left_out(sign):
    """Copied out of web pages and word processors: within a name or a code they would make two of one."""
    assert cleaned(f"{sign}Zo{sign}é") == "Zoé" and cleaned(sign) is None


def test_amounts_are_smallest_units():
    assert cleaned("30 000", AMOUNT, currency="SZF") == 30_000
    assert cleaned("1.234,50", AMOUNT, currency="USD") == 123_450
    assert cleaned(0.29, AMOUNT, currency="USD") == 29
    assert cleaned(3, AMOUNT, currency="USD") == 300
    for cell, currency in ((1.234, "USD"), (30.5, "SZF"), ("abc", "SZF")):
        with pytest.raises(Refusal):
            cleaned(cell, AMOUNT, currency=currency)


def test_the_future_is_refused_where_it_cannot_be():
    """pitfall D3"""
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert cleaned(tomorrow, DATE) == tomorrow.isoformat()
    with pytest.raises(Refusal, match="future"):
        cleaned(tomorrow, DATE, not_future=True)


def test_choices_by_code_or_by_label_in_any_language():
    choices = {"F": {"en": "Female", "fr": "Féminin"}, "M": "Male", "1": "One"}
    for cell, code in (("f", "F"), ("FEMININ", "F"), ("male", "M"), (1, "1")):
        assert cleaned(cell, CHOICE, choices=choices) == code
    with pytest.raises(Refusal, match="one of the choices: F, M, 1"):
        cleaned("X", CHOICE, choices=choices)

"""How values are written, in the reader's language and in a file."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from coremis.kernel.areas.models import Area
from coremis.kernel.base.dates import MONTH, YEAR, PartialDate
from coremis.kernel.base.money import Money
from coremis.kernel.screens.columns import Column, Status, text_of
from coremis.kernel.screens.keyset import Order
from coremis.kernel.screens.preview import Preview
from coremis.kernel.screens.tables import Table


def test_it_works():
    assert text_of(None) == "" and text_of(True) == "Yes" and text_of(0) == "0"
    assert text_of(1234567) == "1,234,567" and text_of(Decimal("1234.5")) == "1,234.5"
    assert text_of(Money(1234567, "USD")) == "USD\xa012,345.67" and text_of(Money(-1234567, "XOF")) == "XOF\xa0-1,234,567"
    assert text_of(PartialDate(date(1950, 1, 1), YEAR)) == "1950" and "1950" in text_of(PartialDate(date(1950, 5, 1), MONTH))


@pytest.mark.parametrize("language, number, amount", [("fr", "1\u202f234,5", "12\u202f345,67"), ("pt", "1\u202f234,5", "12\u202f345,67")])
def test_each_language_writes_its_own_way(language, number, amount):
    with translation.override(language):
        assert text_of(Decimal("1234.5")).replace("\xa0", "\u202f") == number
        assert text_of(Money(1234567, "USD")).replace("\xa0", "\u202f") == f"USD\u202f{amount}"
        assert text_of(date(2026, 3, 1)) == "01/03/2026"
        assert Money(1234567, "USD").text() == text_of(Money(1234567, "USD")), "in sentences as in cells"


def test_codes_stay_text_in_a_file():
    row = type("Row", (), {"phone": 79000001, "size": 4, "pay": Money(5, "XOF"), "state": Status("good", "Active")})
    assert Column("phone", "", kind="code").file_value(row) == "79000001"
    assert Column("size", "", kind="number").file_value(row) == 4
    assert Column("pay", "", kind="amount").file_value(row) == Money(5, "XOF")
    assert Column("state", "", kind="status").file_value(row) == "Active"


def test_a_wrong_declaration_stops_the_start():
    """pitfall S4"""
    good = {"model": Area, "permission": "areas.view_area", "columns": [Column("name", "", sort="name")]}
    type("Good", (Table,), good)
    for wrong in (
        {"permission": ""}, {"columns": [Column("name", ""), Column("name", "")]}, {"default_sort": "code"},
    ):  # fmt: skip
        with pytest.raises(ValueError, match="Wrong"):
            type("Wrong", (Table,), {**good, **wrong})
    with pytest.raises(ValueError, match="masked"):
        Column("phone", "", permission="registry.view_phone", sort="phone")
    with pytest.raises(ValueError, match="tone"):
        Status("red", "")


def test_only_columns_that_may_be_empty_cost_an_order_for_blanks():
    assert not Order("search_name").may_be_null(Area) and not Order("level__position").may_be_null(Area)
    assert Order("valid_until").may_be_null(Area) and Order("parent__name").may_be_null(Area) and not Order().may_be_null(Area)


def test_a_preview_of_nobody_is_blocked():
    """pitfall M1"""
    assert Preview(count=0).blocked() and not Preview(count=1).blocked() and not Preview().blocked()
    assert Preview(count=1).fingerprint() != Preview(count=2).fingerprint()

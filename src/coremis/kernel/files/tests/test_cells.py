"""Cells: what a spreadsheet would run, and blanks."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coremis.kernel.files.cells import column_letter, guarded, text_cell, unguarded, workbook_cell


def test_it_works():
    assert guarded("=1+1") == "'=1+1"
    assert unguarded("'=1+1") == "=1+1"


@pytest.mark.parametrize("name", ["'Otukolo", "'t Hooft", "’Otukolo", "O'Brien", "''Aho", "'", ""])
def test_a_name_that_begins_with_an_apostrophe_is_never_touched(name):
    assert guarded(name) == name
    assert unguarded(name) == name


@pytest.mark.parametrize("text", ["\uff1d1+1", "\uff20SUM(A1)", "=x", "+257 79", "-5", "@a", "\tx", " =x", "\r=x", "'=x", "''+x", "\n-x"])
def test_dangerous_texts_come_back_as_they_were(text):
    assert guarded(text).startswith("'")
    assert unguarded(guarded(text)) == text


@given(st.text(alphabet="'=+-@\t\r\n aé0"))
def test_what_was_guarded_comes_back(text):
    assert unguarded(guarded(text)) == text
    assert not guarded(text).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


def test_blank_is_blank_and_nan_is_a_text():
    """pitfall M9"""
    assert [text_cell(""), text_cell("  "), text_cell("\u00a0"), workbook_cell(""), workbook_cell(" ")] == [None] * 5
    assert (text_cell("nan"), workbook_cell("nan"), text_cell("0")) == ("nan", "nan", "0")


def test_workbook_values_become_what_they_mean():
    assert workbook_cell(3.0) == 3 and isinstance(workbook_cell(3.0), int)
    assert workbook_cell(3.5) == 3.5
    assert workbook_cell(True) is True
    assert isinstance(workbook_cell(1.234567890123457e19), float)
    assert workbook_cell(datetime(2020, 1, 2)) == date(2020, 1, 2)
    assert workbook_cell(datetime(2020, 1, 2, 3, 4)) == datetime(2020, 1, 2, 3, 4)
    assert workbook_cell(time(8, 30)) == "08:30"
    assert workbook_cell("007") == "007"


def test_column_letters_are_those_of_a_spreadsheet():
    assert [column_letter(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]

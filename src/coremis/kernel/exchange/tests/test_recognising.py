"""How a file is written is recognised from a sample; nothing is changed in silence."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.exchange.kinds import AREA, DATE, PARTIAL_DATE, ImportColumn
from coremis.kernel.exchange.recognising import as_options, recognise
from coremis.kernel.exchange.values import cleaner_for, serial_of
from coremis.kernel.files.reading import open_table

BORN = ImportColumn("born", "Born", PARTIAL_DATE)
PHONE = ImportColumn("phone", "Phone", known_values=lambda: ["071234567", "079999999", "071111111"])
KEY = ImportColumn("key", "Key")


def signs(column, *cells):
    return recognise(["x"], [[cell] for cell in cells], {"x": column}, None).columns["x"]


def test_it_works():
    """Decided over the column: one day above twelve proves the order for all."""
    found = recognise(["Born", "Weight"], [["03/05/1980", "2,5"], ["31/05/1980", "3,25"]], {"Born": BORN}, None)
    assert (found.columns["Born"].dates, found.columns["Born"].proofs) == ("day", 1)
    assert as_options(found) == {"day_first": True, "decimal_comma": True}


def test_dates_month_first_unclear_and_mixed():
    assert signs(BORN, "05/31/1980").dates == "month"
    assert signs(BORN, "05/31/1980", "31.05.1980").dates == "mixed"
    found = recognise(["x"], [["03/05/1980"], ["1990-01-31"]], {"x": BORN}, None)
    assert (found.columns["x"].dates, found.unclear_dates, as_options(found)) == ("unclear", True, {})
    assert not recognise(["x"], [["03/05/1980"]], {"x": KEY}, None).unclear_dates


def test_days_counted_by_a_spreadsheet():
    assert signs(BORN, 33000, "29587", 41000.0).serials == 3 and signs(KEY, 33000).serials == 0
    assert signs(BORN, "1980", "1990", 33000).serials == 0
    clean = cleaner_for(BORN, {"serial": True})
    assert (clean(33000), clean("29587"), clean("1987")) == ("1990-05-07", "1981-01-01", "1987")
    assert serial_of(True) is None


def test_lost_zeros():
    """Seen by what the system holds, or by the column itself; codes of mixed lengths show nothing."""
    lost = signs(PHONE, 71234568, "079999998")
    assert (lost.zeros, lost.short, lost.sure) == (9, 1, True)
    assert signs(PHONE, 71234568, 72222222).short == 2
    assert (signs(KEY, "0101", "0102", 203).zeros, signs(KEY, "0101", 203).sure) == (4, False)
    assert signs(KEY, "01", "0102", "7").short == 0 and signs(KEY, "1", "22").short == 0


@pytest.mark.django_db
def test_lost_zeros_in_codes_of_places(country):
    assert recognise(["x"], [["N1A"], ["7"]], {"x": ImportColumn("a", "A", AREA)}, country["North"]).columns["x"].short == 0


def test_numbers_shortened_by_a_spreadsheet():
    """They are told, and refused where a code is meant: the digits are gone."""
    assert signs(KEY, "1.23E+11", "1,5E+08", "12E4", "A1").damaged == 2
    with pytest.raises(Refusal, match="shortened this number"):
        cleaner_for(KEY, {})("1.23E+11")
    assert cleaner_for(KEY, {})("12E4") == "12E4"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_encoding_separator_and_titles_below_a_heading(encoding, separator):
    lines = [
        "Liste des ménages",
        "",
        separator.join(("Clé", "Prénom", "Né le")),
        separator.join(("1", "Élie", "1980")),
        separator.join("2ab"),
    ]
    table = open_table(io.BytesIO("\r\n".join(lines).encode(encoding)), "x.csv")
    assert (table.headers, table.header_row, table.separator) == (["Clé", "Prénom", "Né le"], 3, separator)
    assert [number for number, _cells in table.rows()] == [4, 5]
    assert open_table(io.BytesIO("\r\n".join(lines[2:]).encode(encoding)), "x.csv", header_row=2).headers == ["1", "Élie", "1980"]


CELLS = st.one_of(st.none(), st.text(max_size=20), st.integers(), st.floats(allow_nan=True), st.dates(), st.booleans())


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=4), max_size=30))
def test_rubbish_is_never_too_much(rows):
    kinds = [BORN, PHONE, KEY, ImportColumn("d", "D", DATE)]
    found = recognise(list("abcd"), rows, dict(zip("abcd", kinds, strict=True)), None)
    assert json.dumps(as_options(found))

"""Files for people: they open by double click, and come back unchanged."""

import io
import zipfile
from datetime import UTC, date, datetime

import pytest

from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files import writing
from coremis.kernel.files.reading import open_table
from coremis.kernel.files.writing import AMOUNT, DATE, NUMBER, Sheet, SheetColumn, write_csv, write_xlsx

COLUMNS = [
    SheetColumn("Nom"),
    SheetColumn("Téléphone"),
    SheetColumn("Taille", NUMBER),
    SheetColumn("Montant", AMOUNT, "USD"),
    SheetColumn("Né", DATE),
]
HOSTILE = ["=cmd|' /C calc'!A0", "+257 79 00", "-5", "@SUM(A1)", "\tx", "'=x", "'Otukolo", "http://a.b", "007", "1e5", 'Zoé; "x", y\nz']


def written_xlsx(*sheets):
    target = io.BytesIO()
    write_xlsx(target, sheets)
    return io.BytesIO(target.getvalue())


def written_csv(columns, rows, language="en"):
    target = io.BytesIO()
    write_csv(target, columns, rows, language)
    return io.BytesIO(target.getvalue())


def test_it_works():
    rows = [["Ana", "+25779", 3, 12345, date(1980, 2, 3)], [None, "079", None, None, None], ["Bea", "", 2.5, Money(-700, "USD"), "1980"]]
    table = open_table(written_xlsx(Sheet("Persons", COLUMNS, rows)))
    assert table.headers == ["Nom", "Téléphone", "Taille", "Montant", "Né"]
    assert [cells for _number, cells in table.rows()] == [
        ["Ana", "+25779", 3, 123.45, date(1980, 2, 3)], [None, "079", None, None, None], ["Bea", None, 2.5, -7, "1980"],
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fr", "pt"])
def test_a_csv_comes_back_unchanged(language):
    file = written_csv([SheetColumn("Nom"), SheetColumn("=x")], [[text, "é"] for text in HOSTILE], language)
    assert file.getvalue().startswith(b"\xef\xbb\xbf")
    table = open_table(file)
    assert table.separator == ("," if language == "en" else ";")
    assert table.headers == ["Nom", "=x"]
    assert [cells[0] for _number, cells in table.rows()] == HOSTILE


def test_no_csv_cell_begins_like_a_formula():
    lines = written_csv([SheetColumn("a")], [[text] for text in HOSTILE[:6]]).getvalue().decode("utf-8-sig").splitlines()[1:]
    assert all(line.startswith("\"'") for line in lines)


def test_a_workbook_has_no_formula_and_no_link():
    file = written_xlsx(Sheet("A", [SheetColumn("a")], [[text] for text in HOSTILE]))
    with zipfile.ZipFile(file) as parts:
        page = parts.read("xl/worksheets/sheet1.xml")
        assert b"<f>" not in page and b"hyperlink" not in page
        assert b'state="frozen"' in page and b"<autoFilter" in page
    assert [cells[0] for _number, cells in open_table(file).rows()] == HOSTILE


def test_money_is_a_number_with_the_decimals_of_its_currency():
    columns = [SheetColumn("a", AMOUNT, "USD"), SheetColumn("b", AMOUNT, "SZF")]
    rows = [[5, 30_000], [123_456_789_012, -1], [0, 0]]
    assert [cells for _number, cells in open_table(written_xlsx(Sheet("A", columns, rows))).rows()] == [
        [0.05, 30_000],
        [1234567890.12, -1],
        [0, 0],
    ]
    assert written_csv(columns, rows, "fr").getvalue().decode("utf-8-sig").splitlines()[1:] == [
        '"0,05";"30000"',
        '"1234567890,12";"-1"',
        '"0,00";"0"',
    ]


def test_moments_and_days_before_spreadsheets_began():
    columns = [SheetColumn("a", DATE), SheetColumn("b", DATE)]
    rows = [[date(1899, 5, 1), datetime(2026, 3, 4, 5, 6, tzinfo=UTC)]]
    for file in (written_xlsx(Sheet("A", columns, rows)), written_csv(columns, rows)):
        cells = next(open_table(file).rows())[1]
        assert (str(cells[0]), str(cells[1])[:16]) == ("1899-05-01", "2026-03-04 05:06")


def test_names_of_sheets_are_made_valid_and_different():
    sheets = [
        Sheet(title, [SheetColumn("a"), SheetColumn("b")], [["1", "2"]])
        for title in ("État: [1/2] " + "x" * 40, "État: [1/2] " + "x" * 40, "'", "HISTORY")
    ]
    assert len(set(open_table(written_xlsx(*sheets)).sheets)) == 4


def test_a_text_longer_than_a_cell_is_visibly_cut():
    cell = next(open_table(written_xlsx(Sheet("A", [SheetColumn("a")], [["x" * 40_000]]))).rows())[1][0]
    assert len(cell) == 32_767 and cell.endswith("…")


def test_more_rows_than_a_sheet_holds(monkeypatch):
    monkeypatch.setattr(writing, "MOST_ROWS", 3)
    with pytest.raises(Refusal, match="at most 3 rows"):
        written_xlsx(Sheet("A", [SheetColumn("a")], [["x"]] * 4))

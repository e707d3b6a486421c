"""Reading honest tables, however they were saved."""

import io
import tracemalloc
from datetime import date

import pytest
import xlsxwriter

from coremis.kernel.files.reading import open_table


def of_text(text, encoding="utf-8", **options):
    return open_table(io.BytesIO(text.encode(encoding)), "any.xlsx", **options)


def workbook(*sheets):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        for name, rows in sheets:
            page = book.add_worksheet(name)
            for number, cells in enumerate(rows):
                page.write_row(number, 0, cells)
    return io.BytesIO(target.getvalue())


def test_it_works():
    table = of_text("name,code\nAna,007\n\nJosé,=1\n")
    assert table.headers == ["name", "code"]
    assert list(table.rows()) == [(2, ["Ana", "007"]), (4, ["José", "=1"])]
    assert list(table.rows(after=2)) == [(4, ["José", "=1"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_are_found_out(encoding):
    table = of_text("prénom;âge\nZoé;3\n" + "a;1\n" * 200_000 + "Müller;4\n", encoding)
    assert table.headers == ["prénom", "âge"]
    rows = list(table.rows())
    assert (rows[0], rows[-1]) == ((2, ["Zoé", "3"]), (200_003, ["Müller", "4"]))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_found_out(separator):
    lines = [["name", "amount", "note"], ["Ana", '"1,5"', '"a; b | c"'], ["Bea", '"2,5"', "-"]]
    table = of_text("\n".join(separator.join(line) for line in lines))
    assert table.separator == separator
    assert next(table.rows()) == (2, ["Ana", "1,5", "a; b | c"])


def test_the_separator_line_of_excel_is_passed_over():
    table = of_text("sep=;\nname;code\nAna;1\n")
    assert (table.headers, list(table.rows())) == (["name", "code"], [(3, ["Ana", "1"])])


def test_a_single_column_is_a_table():
    assert list(of_text("name\nAna\n").rows()) == [(2, ["Ana"])]


def test_quotes_and_line_breaks_inside_cells():
    table = of_text('name,note\r\n"Ana ""la"" B","one\r\ntwo"\r\nBea 5",x\r\n')
    assert list(table.rows()) == [(2, ['Ana "la" B', "one\r\ntwo"]), (3, ['Bea 5"', "x"])]


def test_old_line_ends_and_a_last_line_without_one():
    assert list(of_text("a,b\r1,2\r3,4").rows()) == [(2, ["1", "2"]), (3, ["3", "4"])]


def test_short_rows_are_filled_and_surplus_values_are_kept():
    table = of_text("a,b\n1\n1,2,,\n1,2,3\n")
    assert [cells for _number, cells in table.rows()] == [["1", None], ["1", "2"], ["1", "2", "3"]]


@pytest.mark.parametrize("leftover", ["\ufeff\ufeff", "X.U.FEFF."])
def test_a_mark_turned_into_a_title_is_taken_off(leftover):
    assert of_text(leftover + "start,end\n1,2\n").headers == ["start", "end"]


def test_workbook_values_keep_their_kind():
    table = open_table(
        workbook(("Persons", [["code", "n", "x", "yes"], ["007", 3, 3.5, True], ["", None, "", ""], ["a", 1, 2, False]])), "p.csv"
    )
    assert (table.format, table.sheet) == ("xlsx", "Persons")
    assert list(table.rows()) == [(2, ["007", 3, 3.5, True]), (4, ["a", 1, 2, False])]


def test_workbook_dates_are_dates():
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"default_date_format": "dd/mm/yyyy"}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["born", "n"])
        page.write_datetime(1, 0, date(1980, 2, 29))
    assert next(open_table(io.BytesIO(target.getvalue())).rows()) == (2, [date(1980, 2, 29), None])


def test_the_sheet_with_the_table_is_found_or_chosen():
    sheets = (("Read me", [["How to fill in"], ["Write one line each"]]), ("Data", [["a", "b"], [1, 2]]), ("More", [["c", "d"], [3, 4]]))
    table = open_table(workbook(*sheets))
    assert (table.sheet, table.sheets) == ("Data", ("Read me", "Data", "More"))
    assert open_table(workbook(*sheets), sheet="More").headers == ["c", "d"]


def test_memory_stays_flat_for_csv(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("name,code\n" + "Ana Maria,0001\n" * 300_000)
    tracemalloc.start()
    assert sum(1 for _row in open_table(path).rows()) == 300_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 1024 * 1024

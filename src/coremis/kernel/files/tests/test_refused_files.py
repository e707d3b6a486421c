"""Bad files: each ends in a sentence that says what to do, and none fills the memory."""

import io
import random
import zipfile

import pytest
import xlsxwriter

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.reading import open_table
from coremis.kernel.files.tests.test_reading import of_text, workbook

SHEET = "xl/worksheets/sheet1.xml"


def refusal_of(content, **options):
    with pytest.raises(Refusal) as caught:
        list(open_table(io.BytesIO(content) if isinstance(content, bytes) else content, "table.xlsx", **options).rows())
    sentence = str(caught.value)
    assert sentence.endswith(".") and "%(" not in sentence
    return sentence


def repacked(changes, source=None, flag=0):
    """A good workbook with some parts replaced."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(source or workbook(("A", [["a", "b"], ["x", "y"]]))) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            new.writestr(entry.filename, changes.pop(entry.filename, None) or old.read(entry))
        for name, content in changes.items():
            new.writestr(name, content)
    return target.getvalue()


def sheet_xml(rows):
    start = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return start + rows + b"</sheetData></worksheet>"


def test_it_works():
    assert "empty" in refusal_of(b"")


@pytest.mark.parametrize("content", [b"\xef\xbb\xbf", b"\xff\xfe", b"  \r\n\r\n", b",,,\n,,,\n"])
def test_nothing_in_it(content):
    assert "empty" in refusal_of(content)


def test_fifty_megabytes_of_rubbish(tmp_path):
    path = tmp_path / "rubbish.csv"
    path.write_bytes(random.Random(1).randbytes(50 * 1024 * 1024))
    assert "Save it as .xlsx or as CSV" in refusal_of(path)


def test_rubbish_that_has_no_zero_byte():
    rubbish = bytes(random.Random(2).choices(range(1, 256), k=100_000))
    assert "Save it as .xlsx or as CSV" in refusal_of(rubbish)


def test_a_zero_byte_deep_inside():
    assert "signs that are no text" in refusal_of(b"a,b\n" + b"1,2\n" * 100_000 + b"1,\x00\n")
    assert "signs that are no text" in refusal_of("a,b\n1,\x00\n".encode("utf-16"))


def test_two_encodings_mixed():
    assert "two encodings" in refusal_of("a,b\nZoé,é\n".encode() + "Zoé,1\n".encode("cp1252"))


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"<html><table><tr><td>a</td></tr></table></html>", "web page"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><a/>", "web page"),
        (b'{"a": 1}', "not a table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "old Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"PK\x05\x06" + bytes(18), "archive is empty"),
        (b"PK\x03\x04" + bytes(100), "damaged"),
    ],
)
def test_other_kinds_of_file(content, word):
    assert word in refusal_of(content)


def test_titles_without_rows():
    assert "no rows" in refusal_of(b"a,b\n\n,\n")
    assert "no rows" in refusal_of(workbook(("A", [["a", "b"]])))


def test_titles_that_are_blank_or_twice():
    assert "Column B has no title" in refusal_of(b"a,,c\n1,2,3\n")
    sentence = refusal_of(b"a,b,A\n1,2,3\n")
    assert "A and C" in sentence and "“A”" in sentence


def test_too_many_columns():
    assert "1000 columns" in refusal_of((",".join(f"c{i}" for i in range(1_001)) + "\n1\n").encode())


def test_a_cell_without_end():
    assert "B2" in refusal_of(b"a,b\n1," + b"x" * 40_000 + b"\n")
    assert "far too long" in refusal_of(b"a,b\n1," + b"x" * 2_000_000 + b"\n")


@pytest.mark.parametrize("rest", ["", "3,4\n" * 10, "3,4\n" * 3_000, "x" * 140_000 + "\n"])
def test_a_quotation_mark_that_never_closes(rest):
    assert "Row 3" in refusal_of(f'a,b\n1,2\n1,"open\n{rest}'.encode())


def test_a_workbook_with_macros_or_password_or_none_at_all():
    assert "macros" in refusal_of(repacked({"xl/vbaProject.bin": b"x"}))
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("content.xml", b"<a/>")
    assert "archive, not a table" in refusal_of(other.getvalue())


def test_a_table_of_another_office_program():
    """LibreOffice saves .ods unless told otherwise: the sentence says what to do, not that it is some archive."""
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", b"<a/>")
    sentence = refusal_of(other.getvalue())
    assert "(.ods)" in sentence and "save it as .xlsx" in sentence


def test_a_damaged_workbook():
    whole = workbook(("A", [["a", "b"], ["x", "y"]])).getvalue()
    assert "damaged" in refusal_of(whole[: len(whole) // 2])
    assert "damaged" in refusal_of(repacked({"xl/workbook.xml": b"not xml <<<"}))


def test_an_archive_bomb_called_xlsx():
    assert "far too large" in refusal_of(repacked({SHEET: sheet_xml(b" " * 320 * 1024 * 1024)}))
    assert "far too large" in refusal_of(repacked({"xl/media/image1.png": bytes(20 * 1024 * 1024)}))


def test_an_archive_that_lies_about_its_size():
    bomb = repacked({SHEET: sheet_xml(b" " * 8_000_000)})
    true, false = (8_000_000 + len(sheet_xml(b""))).to_bytes(4, "little"), (1_000).to_bytes(4, "little")
    assert bomb.count(true) >= 1
    assert "damaged" in refusal_of(bomb.replace(true, false))


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b'<row r="1"><c r="XFD1"><v>1</v></c></row><row r="1048576"><c><v>1</v></c></row>',
    ],
)
def test_two_cells_far_apart_do_not_fill_the_memory(rows):
    assert "row 1048576" in refusal_of(repacked({SHEET: sheet_xml(rows)}))


@pytest.mark.parametrize(
    "rows",
    [
        b"<row r='1'><c foo='>/' r='XFD1'><v>1</v></c></row><row r='1048576'><c r = 'A1048576' s='/>'><v>1</v></c></row>",
        b'<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>',
        b'<row r="1"><c r="X&#70;D1048576"><v>1</v></c></row>',
        b'<row r="1"><c s="' + b"1" * 3_000 + b'" r="XFD1048576"><v>1</v></c></row>',
        b'<row r="1"><c s="' + b"1" * 3_000_000 + b'" r="XFD1048576"><v>1</v></c></row>',
        b'<row spans="' + b"1" * 500 + b'" r="1048576"><c><v>1</v></c></row><row r="1"><c r="XFD1"><v>1</v></c></row>',
        b'<row r="1"><' + b"p" * 70 + b':c r="XFD1048576"><v>1</v></c></row>',
        b'<row r="99999999999999999999"><c r="A1"><v>1</v></c></row>',
    ],
)
def test_a_place_written_so_that_only_the_reader_finds_it(rows):
    """The reader would fill the memory up to that place, and the whole process would be ended."""
    assert "damaged" in refusal_of(repacked({SHEET: sheet_xml(rows)}))


def test_cells_without_a_place_are_counted():
    wide = b'<row r="1">' + b"<c><v>1</v></c>" * 5_000 + b"</row>"
    assert "reaches down to row" in refusal_of(repacked({SHEET: sheet_xml(wide + b"<row><c><v>1</v></c></row>" * 4_000)}))
    small = b"<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c><c><v>4</v></c></row>"
    assert not isinstance(open_table(io.BytesIO(repacked({SHEET: sheet_xml(small)}))), str)


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_DEFLATED])
def test_broken_packing_is_a_sentence(packing):
    whole = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(repacked({}))) as parts, zipfile.ZipFile(whole, "w", packing) as made:
        for name in parts.namelist():
            made.writestr(name, parts.read(name))
    for place in range(200, len(whole.getvalue()) - 200, 700):
        content = bytearray(whole.getvalue())
        content[place : place + 6] = b"\xff\x00\xff\x00\xff\x00"
        try:
            list(open_table(io.BytesIO(bytes(content))).rows())
        except Refusal as refusal:
            assert str(refusal)


def test_styled_empty_cells_far_away_do_no_harm():
    rows = b'<row r="1"><c r="A1"><v>7</v></c><c r="B1"><v>8</v></c><c r="XFD1" s="1"/></row><row r="2"><c r="A2"><v>1</v></c></row>'
    far = b"".join(b'<row r="%d"><c r="XFD%d" s="1" /></row>' % (number, number) for number in range(3, 5_000))
    assert list(open_table(io.BytesIO(repacked({SHEET: sheet_xml(rows + far)}))).rows()) == [(2, [1, None])]


def test_one_long_text_in_a_million_cells():
    texts = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>' + b"x" * 32_000 + b"</t></si></sst>"
    rows = b"".join(
        b'<row r="%d">%b</row>' % (n, b"".join(b'<c r="%c%d" t="s"><v>0</v></c>' % (c, n) for c in b"ABCDEFGHIJ")) for n in range(1, 5_000)
    )
    assert "repeats very long texts" in refusal_of(repacked({SHEET: sheet_xml(rows), "xl/sharedStrings.xml": texts}))


def test_a_sheet_that_is_not_there():
    assert "no sheet “Z”" in refusal_of(workbook(("A", [["a"], [1]])), sheet="Z")
    hidden = io.BytesIO()
    with xlsxwriter.Workbook(hidden) as book:
        book.add_worksheet("A").write_row(0, 0, ["a", "b"])
        book.add_worksheet("B").hide()
    assert "no rows" in refusal_of(hidden)


def test_a_file_given_open_stays_open():
    source = io.BytesIO(b"a,b\n1,2\n")
    assert len(list(open_table(source).rows())) == 1
    assert not source.closed
    assert of_text("a,b\n1,2\n").headers == ["a", "b"]

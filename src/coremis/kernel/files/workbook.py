"""Workbooks (.xlsx): looked through before they are opened, so that no file can fill the memory; then the rows of one sheet."""

import re
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.cells import Rows, workbook_cell
from coremis.kernel.files.delimited import Source, opened

MOST_PARTS = 2_000
MOST_BYTES = 300 * 1024 * 1024  # unpacked
MOST_TIMES_LARGER = 400  # a part of a real workbook shrinks at most about a hundred times
SMALL = 10 * 1024 * 1024
MOST_CELLS = 15_000_000
MOST_TEXT = 1024 * 1024 * 1024  # what the texts may fill once each is copied to every cell that shows it
PIECE = 1 << 20
OVERLAP = 2048  # more than the longest tag that is taken

OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."
SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml$")
TEXTS_PART = "xl/sharedStrings.xml"
# A cell that holds something: its tag does not close itself. Styled empty cells may reach to the last column and do no harm.
PLACES = re.compile(rb"""\sr\s{0,99}=\s{0,99}["']([A-Za-z]{1,3})(\d{1,9})["'](?:[^<>"'/]|"[^"<]*"|'[^'<]*')*>""")
ROWS = re.compile(rb"""<(?:[^\s<>/"'=]{0,57}:)?row\s[^<>]{0,1900}?\br\s{0,9}=\s{0,9}["'](\d{1,9})["']""")
# The reader takes more for a place than PLACES finds, and fills the memory up to it: a tag of a cell or row is written plainly, or refused.
TAG = rb"""<(?:[^\s<>/"'=]{0,57}:)?"""
VALUE = rb"""(?:"[^"<>&]{0,80}"|'[^'<>&]{0,80}')"""
PLACE = rb"""r\s{0,3}=\s{0,3}["'][A-Za-z]{0,3}\d{1,9}["']"""
PLAIN = rb"(?:\s{1,9}(?:" + PLACE + rb"""|(?!r[\s=])[^\s<>/"'=]{1,40}\s{0,3}=\s{0,3}""" + VALUE + rb")){0,12}"
ODD = re.compile(TAG + rb"(?:c|row)(?=[\s/>])(?!" + PLAIN + rb"""\s{0,9}/?>)|<[^\s<>/"'=!?]{60}|\0""")
ROW = re.compile(TAG + rb"row(?=[\s/>])")
WITHOUT_PLACE = re.compile(TAG + rb"(c|row)(?=[\s/>])(?![^<>]{0,1900}?\sr\s{0,3}=)")
TEXT_NUMBERS = re.compile(rb"<(?:\w+:)?v\b[^>]*>\s*(\d{1,9})\s*<")
TEXT_END = re.compile(rb"</(?:\w+:)?si>")


def check_workbook(source: Source) -> None:
    """Refuse, with what to do instead, whatever is no plain .xlsx or would grow beyond measure when opened."""
    try:
        with opened(source) as handle, zipfile.ZipFile(handle) as parts:
            _check_kind(parts)
            _check_size(parts)
            _check_grid(parts)
    except Refusal:
        raise
    except Exception as error:  # whatever made-up bytes bring an unpacker to
        raise damaged() from error


def damaged() -> Refusal:
    """The sentence for a workbook that cannot be opened."""
    return Refusal(_("This workbook is damaged. Open it in your spreadsheet program, save it again as .xlsx, and send that."))


def _check_kind(parts: zipfile.ZipFile) -> None:
    names = parts.namelist()
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refusal(_("This workbook holds macros. Save it as .xlsx without macros, and send that."))
    if any(part.flag_bits & 1 for part in parts.infolist()):
        raise Refusal(_("This file is locked with a password. Save it without a password, and send that."))
    if "mimetype" in names and parts.getinfo("mimetype").file_size < PIECE and parts.read("mimetype").startswith(OPEN_DOCUMENT):
        raise Refusal(_("This is an OpenDocument table (.ods). Open it, save it as .xlsx, and send that."))
    if "xl/workbook.xml" not in names or not any(SHEET_PART.match(name) for name in names):
        raise Refusal(_("This file is an archive, not a table. Send one .xlsx or CSV file at a time."))
    if len(set(names)) != len(names):
        raise damaged()


def _check_size(parts: zipfile.ZipFile) -> None:
    entries = parts.infolist()
    total = sum(entry.file_size for entry in entries)
    swollen = [entry for entry in entries if entry.file_size > max(SMALL, MOST_TIMES_LARGER * entry.compress_size)]
    if len(entries) > MOST_PARTS or total > MOST_BYTES or swollen:
        raise Refusal(_("This workbook would grow far too large when opened. Send the table alone, as CSV."))


def _check_grid(parts: zipfile.ZipFile) -> None:
    """Read every part to its end: this proves the sizes just checked, and finds the last row and column of each sheet."""
    for entry in parts.infolist():
        rows, columns = _reach(pieces(parts, entry), "worksheets" in entry.filename.lower())
        if rows * columns > MOST_CELLS:
            raise Refusal(_("A sheet reaches down to row %(row)s. Delete the empty rows below the table, or send CSV."), row=rows)
    _check_texts(parts)


def _reach(pieces: Iterator[bytes], is_sheet: bool) -> tuple[int, int]:
    """The last row and column that the reader would come to, counting those that do not say their place; (0, 0) for other parts."""
    rows = columns = unplaced = most = in_row = 0
    for piece in filter(lambda _piece: is_sheet, pieces):
        if any(tag.start() <= len(piece) - OVERLAP for tag in ODD.finditer(piece)):
            raise damaged()
        rows, columns = (max(pair) for pair in zip((rows, columns), _last_place(piece), strict=True))
        without = WITHOUT_PLACE.findall(piece)
        unplaced += without.count(b"row")
        for number, row in enumerate(ROW.split(piece) if b"c" in without else ()):
            in_row = len(WITHOUT_PLACE.findall(row)) + (0 if number else in_row)
            most = max(most, in_row)
    return rows + unplaced, columns + most


def pieces(parts: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The unpacked part, piece by piece; each piece begins with the end of the one before, and blanks follow the last."""
    before = b""
    with parts.open(entry) as part:
        while piece := part.read(PIECE):
            yield (before := before + piece)
            before = before[-OVERLAP:]
    yield before + b" " * OVERLAP


def _last_place(piece: bytes) -> tuple[int, int]:
    places = PLACES.findall(piece)
    widest = max({letters.upper() for letters, _row in places}, key=lambda letters: (len(letters), letters), default=b"")
    rows = {row for _letters, row in places}
    rows.update(ROWS.findall(piece))
    return max(map(int, rows), default=0), column_number(widest)


def column_number(letters: bytes) -> int:
    """How many columns there are up to this one: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _check_texts(parts: zipfile.ZipFile) -> None:
    """A text stands once in the file and is copied to every cell that shows it: count what that comes to."""
    if TEXTS_PART not in parts.namelist():
        return
    lengths = [len(text) for text in TEXT_END.split(parts.read(TEXTS_PART))]
    sheets = [entry for entry in parts.infolist() if SHEET_PART.match(entry.filename)]
    longest = max(lengths)
    if longest * sum(sheet.file_size for sheet in sheets) // len(b"<c><v>1</v></c>") < MOST_TEXT:
        return
    filled = sum(_filled(piece, lengths) for sheet in sheets for piece in pieces(parts, sheet))
    if filled > MOST_TEXT:
        raise Refusal(_("This workbook repeats very long texts in many cells. Send the table alone, as CSV."))


def _filled(piece: bytes, lengths: list[int]) -> int:
    return sum(lengths[number] for number in map(int, TEXT_NUMBERS.findall(piece)) if number < len(lengths))


def sheets_of(source: Source) -> list[str]:
    """The names of the sheets that can be seen, in order."""
    with opened(source) as handle:
        workbook = _open(handle)
        sheets = workbook.sheets_metadata
        seen = [s.name for s in sheets if s.typ == SheetTypeEnum.WorkSheet and s.visible == SheetVisibleEnum.Visible]
    if not seen:
        raise Refusal(_("This workbook has no sheet that can be seen. Show the sheet with the table, and send it again."))
    return seen


def workbook_rows(source: Source, sheet: str) -> Rows:
    """Every row of a sheet with its number there."""
    with opened(source) as handle:
        rows = _sheet(_open(handle), sheet)
        for number, cells in enumerate(rows.iter_rows(), start=1):
            yield number, [workbook_cell(cell) for cell in cells]


def _open(handle: BinaryIO) -> Any:
    try:
        return CalamineWorkbook.from_filelike(handle)
    except CalamineError as error:
        raise damaged() from error


def _sheet(workbook: Any, name: str) -> Any:
    try:
        return workbook.get_sheet_by_name(name)
    except CalamineError as error:
        raise damaged() from error

"""Text tables (CSV): which encoding, which separator, and the rows, with flat memory."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.cells import Rows, text_cell

Source = Path | BinaryIO

SEPARATORS = (",", ";", "\t", "|")
PIECE = 1 << 18
SAMPLE_RECORDS = 50
LONGEST_LINE = 1 << 20
MOST_LINES_IN_A_RECORD = 1_000

CONTROL = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
UTF8_READ_AS_CP1252 = re.compile("[ÃÂ][\xa1-\xaa\xac-\xba\xbc-\xbf]")


@contextmanager
def opened(source: Source) -> Iterator[BinaryIO]:
    """The bytes from their beginning; a file given open stays open."""
    if isinstance(source, Path):
        with source.open("rb") as handle:
            yield handle
    else:
        source.seek(0)
        yield source


def encoding_of(source: Source) -> str:
    """The encoding in which the whole file can be read, or a refusal: a table is never half read in the wrong letters."""
    with opened(source) as handle:
        head = handle.read(4)
    marked = "utf-16" if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ""
    for encoding in (marked,) if marked else ("utf-8-sig", "cp1252"):
        if _can_be_read(source, encoding):
            return encoding
    raise Refusal(_("This file is not a table of text. Save it as .xlsx or as CSV (UTF-8), and send that."))


def _can_be_read(source: Source, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with opened(source) as handle:
            while piece := handle.read(PIECE):
                _check_letters(decoder.decode(piece), encoding)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _check_letters(text: str, encoding: str) -> None:
    if "\0" in text or len(CONTROL.findall(text)) * 1_000 > len(text):
        raise Refusal(_("This file holds signs that are no text. Save it as .xlsx or as CSV (UTF-8), and send that."))
    if encoding == "cp1252" and UTF8_READ_AS_CP1252.search(text):
        raise Refusal(_("The letters of this file are damaged: two encodings are mixed. Save it again as CSV (UTF-8)."))


@contextmanager
def text_of(source: Source, encoding: str) -> Iterator[io.TextIOWrapper]:
    """The file as text, line ends untouched."""
    with opened(source) as handle:
        text = io.TextIOWrapper(handle, encoding=encoding, newline="")
        try:
            yield text
        finally:
            text.detach()


def separator_of(source: Source, encoding: str) -> str:
    """The separator under which the first records have the same number of columns, and the most of them."""
    with text_of(source, encoding) as text:
        sample = text.read(PIECE)
    if declared := re.match(r'"?sep=([,;\t|])"?\r?\n', sample):
        return declared[1]
    return max(SEPARATORS, key=lambda sign: _fit(sample, sign))


def _fit(sample: str, separator: str) -> tuple[bool, float, int]:
    widths: list[int] = []
    with suppress(csv.Error):  # a text too long: reading the rows will say where
        records = csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
        widths.extend(len(record) for record in islice(records, SAMPLE_RECORDS) if any(record))
    typical, times = Counter(widths).most_common(1)[0] if widths else (0, 0)  # lines above the titles may be narrower
    several = typical > 1
    return several, round(times / len(widths), 1) if several else 0.0, typical if several else 0


def delimited_rows(source: Source, encoding: str, separator: str) -> Rows:
    """Every record with its number, as a spreadsheet would number it; blank lines and a “sep=” line are passed over."""
    with text_of(source, encoding) as text:
        lines = _Lines(text)
        reader = csv.reader(lines, delimiter=separator)
        for number, record in enumerate(_records(reader, lines), start=1):
            if record and not (number == 1 and _is_separator_line(record, separator)):
                yield number, [text_cell(cell) for cell in record]


def _is_separator_line(record: list[str], separator: str) -> bool:
    return "".join(record) in (f"sep={separator}", "sep=")


def _records(reader: Any, lines: "_Lines") -> Iterator[list[str]]:
    number = 1
    try:
        for record in reader:
            lines.close_record()
            yield record
            number += 1
    except csv.Error as error:
        raise _unreadable(number) from error
    if lines.ended_inside_quotation(reader.dialect):
        raise _unreadable(number - 1)


def _unreadable(number: int) -> Refusal:
    return Refusal(_("Row %(row)s cannot be read: a quotation mark never closes, or a text is too long. Correct it."), row=number)


class _Lines:
    """Feeds lines to the CSV reader and keeps those of the current record, so that an open quotation mark is noticed."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._record: list[str] = []
        self._last: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._text.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        if len(line) == LONGEST_LINE and not line.endswith(("\r", "\n")):
            raise Refusal(_("A row of this file is far too long. Save it again as .xlsx or as CSV, one row on one line."))
        self._record.append(line)
        if len(self._record) > MOST_LINES_IN_A_RECORD:
            raise csv.Error
        return line

    def close_record(self) -> None:
        """The reader has made a record of the lines so far."""
        self._last, self._record = self._record, []

    def ended_inside_quotation(self, dialect: Any) -> bool:
        """Whether the last record ended only because the file did."""
        text = "".join(self._last)
        try:
            list(csv.reader(io.StringIO(text, newline=""), dialect, strict=True))
        except csv.Error:
            return text.count('"') % 2 == 1
        return False

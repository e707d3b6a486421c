import io
import tracemalloc

import pytest

from coremis.kernel.files.pdf import A4, Document, Field, Heading, Paper, PaperColumn, Row, Signature, Sum, Sums, wrapped, write_papers
from coremis.kernel.files.pdf.fonts import shown, width_of
from coremis.kernel.files.tests.reading_pdf import objects_of, pages_of

COLUMNS = [PaperColumn("No.", 10, "right"), PaperColumn("Name", 60), PaperColumn("Amount", 30, "right"), PaperColumn("Signature", 40)]
SUMS = Sums(2, lambda count, value: Sum(f"page of {count}", str(value)), lambda count, value: [Sum(f"all {count}", str(value), "in words")])


def people(count, name="Aline", every=10):
    for number in range(count):
        if every and number % every == 0:
            yield Heading(f"Village {number // every}")
        yield Row([str(number + 1), f"{name} {number + 1}", "7", ""], 7)


def printed(*papers, band="", compressed=False):
    target = io.BytesIO()
    pages = write_papers(target, papers, title="Lists", band=band, compressed=compressed)
    return pages, target.getvalue()


def list_of(rows, **more):
    return Paper("List", COLUMNS, rows, **{"sums": SUMS, "row_height": 11, **more})


def test_it_works():
    """Titles, page x of y, totals of the pages that add up to the whole, groups that go on, nobody twice and nobody missing."""
    count, pdf = printed(list_of(people(37), fields=[Field("Point", "Market")], signatures=[Signature("Officer", ["Name"])]))
    pages = pages_of(pdf)
    assert count == len(pages) > 2
    assert all(f"Page {at} of {count}" in page for at, page in enumerate(pages, 1))
    assert all(
        [text for text in page if text in {"No.", "Name", "Amount", "Signature"}][:4] == ["No.", "Name", "Amount", "Signature"]
        for page in pages
    )
    names = [text for page in pages for text in page if text.startswith("Aline")]
    assert names == [f"Aline {number}" for number in range(1, 38)]
    sums = [int(page[at + 1]) for page in pages for at, text in enumerate(page) if text.startswith("page of")]
    assert sum(sums) == 37 * 7 and "all 37" in pages[-1] and str(37 * 7) in pages[-1] and "in words" in pages[-1]
    assert any("(continued)" in text for page in pages[1:] for text in page)


def test_no_row_is_split_and_no_heading_stands_alone():
    """A row of several lines is whole on one page, and a group's name is never the last thing above the total."""
    rows = (
        part for number in range(60) for part in (Heading(f"G{number}"), Row([str(number), "Very long name " * 9, ("7", "seven"), ""], 7))
    )
    _count, pdf = printed(list_of(rows))
    for page in pages_of(pdf):
        own = [text for text in page if text.startswith("G") and text[1:].isdigit()]
        assert own and page.count("seven") == len(own)
        assert len([text for text in page if text.startswith("Very long")]) == len(own)
        after = page[page.index(own[-1]) + 1]
        assert after == own[-1][1:], "the row follows its heading"


def test_same_content_same_bytes():
    once, again = printed(list_of(people(30)), compressed=True)[1], printed(list_of(people(30)), compressed=True)[1]
    assert once == again and once.startswith(b"%PDF-1.7") and once.rstrip().endswith(b"%%EOF")


def test_several_lists_count_their_own_pages():
    """Each list of a file has its own page numbers and its bookmark."""
    _count, pdf = printed(list_of(people(3), bookmark="North"), list_of(people(40), bookmark="South"))
    pages = pages_of(pdf)
    assert "Page 1 of 1" in pages[0] and f"Page 1 of {len(pages) - 1}" in pages[1]
    marks = [body for body in objects_of(pdf).values() if b"/Dest [" in body]
    assert len(marks) == 2 and "North".encode("utf-16-be").hex().encode() in marks[0]


def test_environment_on_every_page():
    _count, pdf = printed(list_of(people(40)), band="Training: practise here.")
    assert all(page[0] == "Training: practise here." for page in pages_of(pdf))


@pytest.mark.parametrize(
    "text",
    [
        "\x00\x07\u202egnp.exe",
        "=cmd|'/C calc'!A0",
        "😀" * 40,
        "مرحبا بالعالم",
        "x" * 10_000,
        "\ud800",
        "(()\\",
        "Ŋɔ̃ɛ̀ ƙɗɓ ẹṣọ ǃXóõ",
        "\n\r\t",
        "",
    ],
)
def test_hostile_texts(text):
    """Nothing that a name holds breaks the file, hides a row or makes it endless."""
    count, pdf = printed(
        Paper(
            text, COLUMNS, [Heading(text), Row(["1", text, (text, text), text], 1)], marks=[text], fields=[Field(text, text)], footer=text
        )
    )
    assert count == 1 and len(pages_of(pdf)) == 1


def test_african_letters_are_shown():
    text = "Ŋ ŋ Ɔ ɔ Ɛ ɛ Ɓ ɓ Ɗ ɗ Ƙ ƙ Ƴ ƴ Ẹ ẹ Ọ ọ Ṣ ṣ Ǝ ǝ Ɣ ɣ Ɩ ɩ Ʋ ʋ ǀ ǁ ǂ ǃ ç ã õ é ï œ"
    assert text in pages_of(printed(Paper(text, COLUMNS, []))[1])[0]


def test_texts_fit_their_width():
    for text in ("a" * 300, "word " * 80, "W" * 50 + " i " * 50):
        lines = wrapped(shown(text), 90, 8, True, 3)
        assert len(lines) <= 3 and all(width_of(line, 8, True) <= 90 for line in lines) and lines[-1].endswith("…")


def test_pages_of_cards_with_qr():
    """Single pages are drawn freely; a QR code is vectors, not a picture."""
    target = io.BytesIO()
    document = Document(target, title="Cards", compressed=False)
    for number in range(3):
        page = document.page(A4)
        page.box(50, 50, 200, 120, grey=0.95)
        page.qr(60, 60, 80, f"H-{number:06}")
        page.text(150, 80, f"Card {number}", 12, bold=True)
    assert document.close() == 3
    pdf = target.getvalue()
    assert b"/Image" not in pdf and pdf.count(b" re\n") > 300 and pages_of(pdf)[2] == ["Card 2"]


def test_memory_stays_flat():
    """Pitfall P2: ten times the pages need no more memory than a few bytes for each."""

    class Nowhere(io.RawIOBase):
        def write(self, piece):
            return len(piece)

    peaks = []
    for count in (2_000, 8_000):
        tracemalloc.start()
        write_papers(Nowhere(), [list_of(people(count))], title="Lists")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 3_000_000

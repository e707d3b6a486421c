"""The guides name pages and buttons exactly as the product does, in each of their languages."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.utils.translation import override

from coremis.kernel.access.seats import SEATS
from coremis.modules.help.library import folder, pages

SOURCE = Path(__file__).resolve().parents[3]
NAMED = re.compile(r"\*\*([^*]+)\*\*")
# Bold words that are no name of a page or button, but the sense of a whole sentence.
SENTENCES = re.compile(r"[.:]$")


@cache
def texts(language):
    """Every text of the product in one language, without the parts that are filled in."""
    found = set()
    for path in SOURCE.rglob("locale/fr/LC_MESSAGES/django.po" if language == "en" else f"locale/{language}/LC_MESSAGES/django.po"):
        with path.open("rb") as file:
            for message in read_po(file):
                shown = message.id if language == "en" else message.string
                found.update(plain(text) for text in (shown if isinstance(shown, tuple) else (shown,)) if text)
    return found


def plain(text):
    return re.sub(r"\s+", " ", text.replace("’", "'").replace("\xa0", " ")).strip().lower()


def guides():
    return [(page.path, code) for page in pages().values() if page.part == "guide" for code, _file in page.files]


def written(path, code):
    return dict(pages()[path].files)[code].read_text(encoding="utf-8")


def test_it_works():
    """Every seat has its guide, and there is one for guests."""
    assert {f"guide/{seat}" for seat in (*SEATS, "guest", "index")} <= set(pages())
    assert "households" in texts("en") and "ménages" in texts("fr")


@pytest.mark.parametrize("language", ["en", "fr", "pt"])
def test_a_guide_is_called_as_the_seat(language):
    with override(language):
        titles = {str(title): pages()[f"guide/{seat}"].document(language).title for seat, title in SEATS.items()}
    assert [title for title, shown in titles.items() if title != shown] == []


@pytest.mark.parametrize(("path", "code"), guides())
def test_names_are_those_of_the_product(path, code):
    names = {name for name in NAMED.findall(written(path, code)) if not SENTENCES.search(name)}
    assert not [name for name in sorted(names) if plain(name) not in texts(code)]


def test_a_translated_guide_says_all_that_the_english_one_says():
    """The same headings, tables and buttons: nothing left out, nothing more."""
    wrong = [f"{path} ({code})" for path, code in guides() if code != "en" and shape(written(path, code)) != shape(written(path, "en"))]
    assert not wrong and folder().is_dir()


def shape(text):
    """How many headings, table rows, steps and names a page has."""
    return [len(re.findall(pattern, text, re.M)) for pattern in (r"^#+ ", r"^\|", r"^\d+\. ", r"\*\*[^*]+\*\*")]

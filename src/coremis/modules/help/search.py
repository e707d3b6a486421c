"""Searching the help: every word must occur. Titles count more than headings, these more than text; guides come first."""

from dataclasses import dataclass
from functools import cache

from coremis.kernel.base.text import fold
from coremis.modules.help.library import Page, shown_pages

TITLE, HEADING, TEXT, MOST_IN_TEXT, FOR_USERS = 40, 10, 1, 8, 10
MOST_FOUND, BEFORE, AFTER = 30, 60, 140


@dataclass(frozen=True)
class Hit:
    """One page found: what stands around the first word, cut so that the word can be marked."""

    page: Page
    title: str
    before: str
    word: str
    after: str


def search(asked: str, language: str) -> list[Hit]:
    """The pages that hold every word of what was asked, the best first."""
    words = fold(asked).split()
    if not words:
        return []
    rated = [(rating(page, language, words), page) for page in shown_pages()]
    found = sorted(((points, page) for points, page in rated if points), key=lambda pair: (-pair[0], pair[1].path))
    return [hit_of(page, language, words[0]) for _points, page in found[:MOST_FOUND]]


def rating(page: Page, language: str, words: list[str]) -> int:
    """How well a page fits; 0 where a word is missing."""
    title, headings, text = folded(page, page.language(language))
    points = [TITLE * (word in title) + HEADING * (word in headings) + TEXT * min(text.count(word), MOST_IN_TEXT) for word in words]
    return sum(points) + FOR_USERS * (page.part in ("guide", "modules")) if all(points) else 0


@cache
def folded(page: Page, language: str) -> tuple[str, str, str]:
    """Title, headings and text without capitals and accents."""
    document = page.document(language)
    return fold(document.title), fold(" ".join(heading.text for heading in document.headings)), fold(document.text)


def hit_of(page: Page, language: str, word: str) -> Hit:
    """The page with the surroundings of the first occurrence; the beginning of the text where only the title has the word."""
    document = page.document(language)
    text = " ".join(document.text.split())
    place = place_of(word, text)
    if place is None:
        return Hit(page, document.title, "", "", text[: BEFORE + AFTER])
    start, end = place
    return Hit(page, document.title, text[max(0, start - BEFORE) : start], text[start:end], text[end : end + AFTER])


def place_of(word: str, text: str) -> tuple[int, int] | None:
    """Where a folded word stands in the unfolded text; folding may change lengths, so every sign is folded by itself."""
    signs = [(sign, place) for place, letter in enumerate(text) for sign in fold_sign(letter)]
    at = "".join(sign for sign, _place in signs).find(word)
    return None if at < 0 else (signs[at][1], signs[at + len(word) - 1][1] + 1)


def fold_sign(letter: str) -> str:
    """One letter folded; a blank stays one."""
    return fold(letter) or " "

"""Words: folding for search, and labels in several languages."""

import re
import unicodedata
from collections.abc import Mapping

LETTERS = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th"})
BETWEEN = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """For search and comparison: no accents, lower case, apostrophes and hyphens as blanks, single blanks."""
    if text.isascii():
        return BETWEEN.sub(" ", text.lower()).strip()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign)).translate(LETTERS)
    return BETWEEN.sub(" ", letters).strip()


def label(names: Mapping[str, str] | None, language: str) -> str:
    """The text in the reader's language, else in English, else in any."""
    texts = names or {}
    return texts.get(language) or texts.get(language.split("-")[0]) or texts.get("en") or next(iter(texts.values()), "")

"""Words: folding for search, and labels in several languages."""

import re
import unicodedata
from collections.abc import Mapping

LETTERS = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th"})
BETWEEN = re.compile(r"[\W_]+")
# Signs that show nothing, first and last of each range: a name that holds one looks like the name without it.
UNSEEN = (
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E),
    (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0xE0000, 0xE0FFF),
)  # fmt: skip
NOTHING = re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in UNSEEN) + "]")
# Of these, the ones that no language needs in a word: they split it, or turn the direction of all that follows.
NEEDLESS = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


def visible(text: str) -> str:
    """The text without signs that show nothing, and without those that make the words after it run backwards."""
    return text if text.isascii() else NEEDLESS.sub("", text)


def fold(text: str) -> str:
    """For search and comparison: no accents, nothing unseen, lower case, apostrophes and hyphens as blanks, single blanks."""
    if text.isascii():
        return BETWEEN.sub(" ", text.lower()).strip()
    plain = NOTHING.sub("", unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign)).translate(LETTERS)
    return BETWEEN.sub(" ", letters).strip()


def label(names: Mapping[str, str] | None, language: str) -> str:
    """The text in the reader's language, else in English, else in any."""
    texts = names or {}
    return texts.get(language) or texts.get(language.split("-")[0]) or texts.get("en") or next(iter(texts.values()), "")

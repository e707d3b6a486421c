"""The two typefaces of printed paper: how wide a text is, where it breaks, and what of a face a file must carry."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from reportlab.pdfbase.ttfonts import TTFontFile  # type: ignore[import-untyped]

FOLDER = Path(__file__).parent.parent / "fonts"
FILES = {False: "DejaVuSansCondensed.ttf", True: "DejaVuSansCondensed-Bold.ttf"}
UNKNOWN = "\ufffd"
LONGEST_TEXT = 2_000
# Signs that show nothing, or that turn the direction of what follows.
INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ud800-\udfff]")


class Face:
    """One typeface; loaded once a process."""

    def __init__(self, bold: bool) -> None:
        self.bold = bold
        self.file: Any = TTFontFile(str(FOLDER / FILES[bold]))
        self.glyph_of: dict[int, int] = self.file.charToGlyph
        self.widths: dict[int, int] = self.file.charWidths
        self.unknown_width = self.widths.get(ord(UNKNOWN), int(self.file.defaultWidth))

    def width(self, text: str) -> float:
        """The width in thousandths of the size."""
        widths, unknown = self.widths, self.unknown_width
        return float(sum(widths.get(ord(sign), unknown) for sign in text))


@cache
def face(bold: bool) -> Face:
    """The plain or the bold typeface."""
    return Face(bold)


def shown(text: object) -> str:
    """A text as paper can show it: one line, composed signs, nothing invisible; hostile or endless texts become harmless."""
    whole = str(text)[:LONGEST_TEXT]
    if whole.isascii() and whole.isprintable():
        return whole
    plain = INVISIBLE.sub("", re.sub(r"[\t\r\n\v\f\x85\u2028\u2029]+", " ", whole))
    return unicodedata.normalize("NFC", plain)


def width_of(text: str, size: float, bold: bool = False) -> float:
    """The width of a shown text in points."""
    return face(bold).width(text) * size / 1000


@lru_cache(maxsize=20_000)
def wrapped(text: str, width: float, size: float, bold: bool = False, most: int = 3) -> tuple[str, ...]:
    """The lines of a shown text within ``width`` points; a word that is too wide is cut, what passes ``most`` lines ends in “…”."""
    if width_of(text, size, bold) <= width:
        return (text,)
    lines: list[str] = []
    for word in _pieces(text, width, size, bold):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size, bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
        if len(lines) > most:
            return (*lines[: most - 1], _cut(lines[most - 1] + "…", width, size, bold))
    return tuple(lines) or ("",)


def _pieces(text: str, width: float, size: float, bold: bool) -> Iterator[str]:
    """The words, those that are too wide in parts. A no-break space holds together what it can."""
    for word in text.split(" "):
        while width_of(word, size, bold) > width and len(word) > 1:
            part = _fitting(word, width, size, bold)
            part = part[: part.rfind("-") + 1] or part
            yield part
            word = word[len(part) :]
        if word:
            yield word


def _fitting(word: str, width: float, size: float, bold: bool) -> str:
    length = len(word)
    while length > 1 and width_of(word[:length], size, bold) > width:
        length -= max(1, length // 8)
    return word[: max(1, length)]


def _cut(line: str, width: float, size: float, bold: bool) -> str:
    while width_of(line, size, bold) > width and len(line) > 1:
        line = line[:-2] + "…"
    return line


class Used:
    """The signs of one face that one file shows, numbered in the order in which they came."""

    def __init__(self, bold: bool) -> None:
        self.face = face(bold)
        self.signs: list[int] = []
        self._numbers: dict[int, int] = {}
        self._codes: dict[str, str] = {}

    def encoded(self, text: str) -> str:
        """The text in hexadecimal digits, as a page names it."""
        codes = self._codes
        return "".join([codes.get(sign) or self._add(sign) for sign in text])

    def _add(self, sign: str) -> str:
        glyph_of = self.face.glyph_of
        code = ord(sign) if glyph_of.get(ord(sign)) else ord(UNKNOWN)
        glyph = glyph_of.get(code, 0)
        if glyph and glyph not in self._numbers:
            self.signs.append(code)
            self._numbers[glyph] = len(self.signs)
        found = self._codes[sign] = f"{self._numbers.get(glyph, 0):04X}"
        return found

    def program(self) -> bytes:
        """The part of the typeface that the file needs."""
        return bytes(self.face.file.makeSubset(self.signs))

    def widths(self) -> str:
        """The widths by number, for the file."""
        each = " ".join(str(round(self.face.widths.get(sign, 0))) for sign in self.signs)
        return f"[0 [{round(self.face.unknown_width)} {each}]]"

    def unicode_map(self) -> bytes:
        """Which number is which sign, so that text can be searched and copied."""
        pairs = [f"<{number:04X}> <{chr(sign).encode('utf-16-be').hex()}>" for number, sign in enumerate(self.signs, start=1)]
        blocks = [pairs[at : at + 100] for at in range(0, len(pairs), 100)]
        ranges = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
        return (
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
            f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{ranges}\nendcmap\n"
            "CMapName currentdict /CMap defineresource pop\nend\nend"
        ).encode()

"""GeoJSON files of any size, read feature by feature: memory holds one feature, and reading goes on at a byte of the file.

A file is written by strangers: what it says before its features and after them is checked, too.
"""

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Refusal

LARGEST_FILE = 200_000_000  # bytes
MOST_FEATURES = 20_000
PIECE = 1 << 20
BLANKS = re.compile(r"[ \t\r\n]*")
MARK = codecs.BOM_UTF8
DEGREES = ("crs84", "4326", "wgs84", "wgs 84")
NO_JSON = _("The file is no GeoJSON. Export it as GeoJSON, with signs as UTF-8.")
NO_LIST = _("The file holds no list of features. Export the layer as a GeoJSON FeatureCollection.")


@dataclass
class Feature:
    """One feature of a file: its number there (from 1), its properties, its geometry as written, and from which byte to which."""

    number: int
    properties: Mapping[str, Any]
    geometry: Any
    start: int = 0
    end: int = 0


def features_of(file: BinaryIO) -> Iterator[Feature]:
    """Every feature of a file; Refusal where it is none, is too large, or does not measure in degrees.

    What stands behind the features is checked at the end: nothing may be written before the last one was read.
    """
    if file.seek(0, 2) > LARGEST_FILE:
        raise Refusal(_("The file is larger than %(most)s MB. Send one level at a time, or simplify it first."), most=LARGEST_FILE // 10**6)
    file.seek(0)
    window = Window(file, len(MARK) if file.read(len(MARK)) == MARK else 0)
    if window.sign() != "{":
        window.value()
        raise Refusal(NO_LIST)
    said: dict[str, Any] = {}
    window.take("{")
    while window.sign() != "}":
        name = window.value()
        window.take(":")
        if name == "features" and window.sign() == "[":
            window.take("[")
            yield from _elements(window, 0)
            window.take("]")
        else:
            said[str(name)] = window.value()
        _check_degrees(said.get("crs"))
        if window.sign() != "}":
            window.take(",")
    if said.get("type") != "FeatureCollection" or "features" in said:
        raise Refusal(NO_LIST)


def features_from(file: BinaryIO, at: int, number: int) -> Iterator[Feature]:
    """The features that follow byte ``at``, where the one of this number ended."""
    window = Window(file, at)
    if number and window.sign() == ",":
        window.take(",")
    yield from _elements(window, number)


def feature_at(file: BinaryIO, number: int, start: int, end: int) -> Feature:
    """One feature of a file that was read before."""
    file.seek(start)
    return _feature(json.loads(file.read(end - start)), number, start, end)


def _elements(window: "Window", number: int) -> Iterator[Feature]:
    """The elements of a list, up to its end."""
    while window.sign() != "]":
        start, one = window.at, window.value()
        number += 1
        if number > MOST_FEATURES:
            raise Refusal(_("The file holds more than %(most)s outlines. Send one level or one province at a time."), most=MOST_FEATURES)
        yield _feature(one, number, start, window.at)
        if window.sign() != "]":
            window.take(",")
    if not number:
        raise Refusal(NO_LIST)


def _feature(one: Any, number: int, start: int, end: int) -> Feature:
    return Feature(number, _mapping(one, "properties"), one.get("geometry") if isinstance(one, dict) else None, start, end)


def _mapping(one: Any, name: str) -> Mapping[str, Any]:
    held = one.get(name) if isinstance(one, dict) else None
    return held if isinstance(held, dict) else {}


def _check_degrees(crs: Any) -> None:
    name = str(_mapping(crs, "properties").get("name", "")).casefold()
    if name and not any(known in name for known in DEGREES):
        raise Refusal(_("The file measures in “%(name)s”. Export it in degrees (WGS 84, EPSG:4326)."), name=name[:60])


class Window:
    """A part of a JSON text that moves along its file; ``at`` is the byte at which one stands."""

    def __init__(self, file: BinaryIO, at: int) -> None:
        self.at, self._file, self._next = at, file, at
        self._text, self._place = "", 0
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._read = json.JSONDecoder().raw_decode

    def sign(self) -> str:
        """The next sign that is no blank; Refusal at the end of the file."""
        while True:
            self.go_to(BLANKS.match(self._text, self._place).end())  # type: ignore[union-attr]
            if self._place < len(self._text):
                return self._text[self._place]
            if not self._more():
                raise Refusal(NO_JSON)

    def take(self, sign: str) -> None:
        """Go past this sign, which must stand here."""
        if self.sign() != sign:
            raise Refusal(NO_JSON)
        self.go_to(self._place + 1)

    def value(self) -> Any:
        """The value that begins here; the window grows until it holds all of it."""
        self.sign()
        found, end = self._attempt()
        while end in (None, len(self._text)) and self._more():
            found, end = self._attempt()
        if end is None:
            raise Refusal(NO_JSON)
        self.go_to(end)
        return found

    def _attempt(self) -> tuple[Any, int | None]:
        try:
            return self._read(self._text, self._place)
        except RecursionError:
            raise Refusal(NO_JSON) from None
        except ValueError:
            return None, None

    def go_to(self, place: int) -> None:
        """Stand at another place of the window."""
        self.at += len(self._text[self._place : place].encode())
        self._place = place

    def _more(self) -> bool:
        """Read on, and leave behind what was read; twice as much each time a value is too large."""
        self._file.seek(self._next)
        piece = self._file.read(max(PIECE, len(self._text) - self._place))
        self._next += len(piece)
        try:
            self._text = self._text[self._place :] + self._decoder.decode(piece, final=not piece)
        except UnicodeDecodeError:
            raise Refusal(NO_JSON) from None
        self._place = 0
        return bool(piece)

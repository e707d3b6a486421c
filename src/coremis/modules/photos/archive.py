"""Reading an archive of photos: bounded, and never by the names that stand in it."""

import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Refusal

MOST_FILES, MOST_BYTES = 50_000, 20 << 20
PICTURES = (".jpg", ".jpeg", ".png", ".webp")
OTHERS = (".heic", ".heif", ".avif", ".tif", ".tiff", ".gif", ".bmp", ".pdf")
BROKEN = (zipfile.BadZipFile, RuntimeError, OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, struct.error)


class Entry(NamedTuple):
    """One picture of an archive: its place among all files, its name without folders, and what the name says of the person."""

    place: int
    name: str
    key: str


def entries_of(file: BinaryIO | Path) -> list[Entry]:
    """The pictures of an archive in their order; refused where it is none, or holds too much. Folders in names mean nothing."""
    try:
        with zipfile.ZipFile(file) as archive:
            listed = archive.infolist()
    except BROKEN as problem:
        raise Refusal(_("This is not a ZIP archive that can be read.")) from problem
    if len(listed) > MOST_FILES:
        raise Refusal(_("This archive holds more than %(most)s files. Send it in parts."), most=MOST_FILES)
    found = []
    for place, info in enumerate(listed):
        name = re.split(r"[/\\]", info.filename)[-1]
        stem, dot, ending = name.rpartition(".")
        if dot and f".{ending.lower()}" in PICTURES and not name.startswith("._") and not info.is_dir():
            found.append(Entry(place, name[:200], stem.strip()[:80]))
    if not found:
        raise Refusal(_("This archive holds no picture. Put JPEG, PNG or WebP files into it."))
    return found


def others_of(path: Path) -> list[str]:
    """The names of pictures in formats that cannot be read here, such as some telephones write: nothing sent is passed over."""
    with zipfile.ZipFile(path) as archive:
        names = [re.split(r"[/\\]", info.filename)[-1][:200] for info in archive.infolist() if not info.is_dir()]
    return [name for name in names if name.lower().endswith(OTHERS) and not name.startswith("._")]


def pictures_of(path: Path, places: list[int]) -> Iterator[tuple[int, BinaryIO | Refusal]]:
    """The contents of some files of an archive; a Refusal in place of one that is too large or cannot be read."""
    with zipfile.ZipFile(path) as archive:
        listed = archive.infolist()
        for place in places:
            yield place, _content(archive, listed[place])


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> BinaryIO | Refusal:
    try:
        with archive.open(info) as opened:
            sent = opened.read(MOST_BYTES + 1)
    except BROKEN:
        return Refusal(_("This file of the archive cannot be read."))
    if len(sent) > MOST_BYTES:
        return Refusal(_("This photo is larger than %(most)s MB. Take a smaller one."), most=MOST_BYTES >> 20)
    return io.BytesIO(sent)

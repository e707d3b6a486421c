"""All documents that this installation shows: where they lie, in which languages, in which order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any

from django.apps import apps
from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coremis.modules.help.markdown import Document, render

PACKAGE = Path(__file__).resolve().parent
PARTS: dict[str, Any] = {
    "guide": _("Guides for each seat"),
    "modules": _("What each part does"),
    "start": _("Install"),
    "admin": _("Run it"),
    "reference": _("Reference"),
    "develop": _("Build on it"),
}
OUTSIDE = ("http:", "https:", "mailto:", "#")
PICTURES = {".png": "image/png", ".jpg": "image/jpeg", ".svg": "image/svg+xml"}
LINK = re.compile(r"\]\(([^)#\s]+\.md)")
BELONGS = re.compile(r"<!--\s*module:\s*(\w+)\s*-->")
EXPLAINS = re.compile(r"<!--\s*explains:\s*([\w:\s*]+?)\s*-->\s*(?:##+\s*([^\n]+))?")
ENGLISH = "en"


@dataclass(frozen=True)
class Page:
    """One document: its path without suffix (“guide/manager”), the part it belongs to, and its file in each language."""

    path: str
    part: str
    files: tuple[tuple[str, Path], ...]

    def language(self, wanted: str) -> str:
        """The language it is shown in to a reader of ``wanted``: that one where it exists, else English."""
        return wanted if wanted in dict(self.files) else ENGLISH

    def document(self, wanted: str) -> Document:
        """The page in the language of the reader, rendered."""
        return rendered(self, self.language(wanted))

    @property
    def url(self) -> str:
        """Where it is read."""
        return reverse("help:page", kwargs={"page": self.path})

    @property
    def source(self) -> str:
        """The English text as it was written."""
        return dict(self.files)[ENGLISH].read_text(encoding="utf-8")

    @property
    def module(self) -> str:
        """The module it is about, as a comment in it says; else the one of its file name."""
        found = BELONGS.search(self.source)
        return found[1] if found else self.path.split("/")[-1]

    def is_shown(self) -> bool:
        """A module that is off leaves no trace, not even its page."""
        name = f"coremis.modules.{self.module}"
        return self.part != "modules" or apps.is_installed(name) or find_spec(name) is None


def folder() -> Path:
    """The documents: inside the installed package, or in the checkout it runs from."""
    packaged = PACKAGE / "docs"
    return packaged if packaged.is_dir() else PACKAGE.parents[3] / "docs"


@cache
def pages() -> dict[str, Page]:
    """Every page by its path, part by part, each part in the order of its index page."""
    found = [page for part in PARTS for page in in_order(part, list(pages_of(part)))]
    return {page.path: page for page in found}


def pages_of(part: str) -> Iterator[Page]:
    """The pages of a folder, each with its translations, which lie in a folder of the language's code."""
    for file in sorted((folder() / part).glob("*.md")):
        translated = [(code, file.parent / code / file.name) for code, _name in settings.LANGUAGES]
        files = [(ENGLISH, file), *((code, path) for code, path in translated if path.is_file())]
        yield Page(f"{part}/{file.stem}", part, tuple(files))


def in_order(part: str, found: list[Page]) -> list[Page]:
    """The index first, then what it links to in that order, then the rest by name."""
    index = next((page.source for page in found if page.path == f"{part}/index"), "")
    linked = ["index", *(PurePosixPath(target).stem for target in LINK.findall(index) if "/" not in target)]
    places = {f"{part}/{stem}": place for place, stem in reversed(list(enumerate(linked)))}
    return sorted(found, key=lambda page: (places.get(page.path, len(linked)), page.path))


def shown_pages() -> list[Page]:
    """The pages of this installation, with the modules that are on."""
    return [page for page in pages().values() if page.is_shown()]


@cache
def rendered(page: Page, language: str) -> Document:
    """A page in one of its languages, with its links leading to other pages."""
    file = dict(page.files)[language]
    return render(file.read_text(encoding="utf-8"), lambda target: address_of(target, file.parent))


def address_of(target: str, base: Path) -> str:
    """Where a link of a document in the folder ``base`` leads inside the product; nothing for what is not shown there."""
    if target.startswith(OUTSIDE):
        return target
    path, mark, anchor = target.partition("#")
    try:
        inside = (base / path).resolve().relative_to(folder().resolve())
    except ValueError:
        return ""
    if inside.suffix in PICTURES:
        return reverse("help:picture", kwargs={"picture": inside.as_posix()})
    name = "/".join(piece for piece in inside.with_suffix("").parts if piece not in dict(settings.LANGUAGES))
    return reverse("help:page", kwargs={"page": name}) + mark + anchor if name in pages() else ""


@cache
def pictures() -> dict[str, Path]:
    """Every picture by its path below the folder of the documents."""
    return {path.relative_to(folder()).as_posix(): path for path in folder().rglob("*") if path.suffix in PICTURES}


def reader_language() -> str:
    """The language of this reader, without a country."""
    return (get_language() or ENGLISH).split("-")[0]

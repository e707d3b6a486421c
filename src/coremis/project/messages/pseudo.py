"""A made-up language for tests: every text in marks, so that a page shows at once what was never translated."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.conf import settings
from django.test import override_settings

from coremis.project.messages.check import BLANK
from coremis.project.messages.sources import collected, packages

LANGUAGE = "en-xa"
OPEN, CLOSE = "⟦", "⟧"
KEPT = re.compile(rf"{BLANK.pattern}|%%|<[^>]*>|&\w+;")
ACCENTS = str.maketrans("aceinouyACEINOUY", "áçéíñóúýÁÇÉÍÑÓÚÝ")


@contextmanager
def pseudo_language(folder: Path) -> Iterator[str]:
    """Within this block the language ``en-xa`` exists; its catalogue is written into the folder given.

    Django forgets what it has read when these settings change, so nothing remains afterwards.
    """
    write_pseudo(folder)
    languages = [*(pair for pair in settings.LANGUAGES if pair[0] != LANGUAGE), (LANGUAGE, "Pseudo")]
    with override_settings(LOCALE_PATHS=[str(folder), *settings.LOCALE_PATHS], LANGUAGES=languages):
        yield LANGUAGE


def write_pseudo(folder: Path) -> Path:
    """Write the binary catalogue of all packages' texts in marks; returns its path."""
    catalog = Catalog(fuzzy=False)
    for package in packages():
        for message in collected(package):
            if message.id:
                forms = marked(message.id) if isinstance(message.id, str) else tuple(map(marked, message.id))
                catalog.add(message.id, forms, context=message.context)
    target = folder / "en_XA" / "LC_MESSAGES" / "django.mo"
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        write_mo(file, catalog)
    return target


def marked(text: str) -> str:
    """The text with accents and marks, its blanks and tags untouched: ``Save %(name)s`` becomes ``⟦Sávé %(name)s⟧``."""
    kept = KEPT.findall(text)
    parts = [part.translate(ACCENTS) for part in KEPT.split(text)]
    middle = "".join(part + (kept[index] if index < len(kept) else "") for index, part in enumerate(parts))
    lead, trail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{lead}{OPEN}{middle.strip()}{CLOSE}{trail}"

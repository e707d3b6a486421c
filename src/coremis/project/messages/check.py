"""Proof that every text can be read in French and Portuguese, with the same blanks to fill in."""

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Message

from coremis.project.messages.catalogues import LANGUAGES, key, path_of, read, translated
from coremis.project.messages.sources import collected, packages

BLANK = re.compile(r"%\(\w+\)[sdif]|%[sd]|\{\w*\}")


def problems(root_packages: list[Path] | None = None) -> list[str]:
    """One sentence for each text that is missing, unconfirmed, filled in differently, or said in two ways."""
    folders = packages() if root_packages is None else root_packages
    return [problem for language in LANGUAGES for problem in [*missing_and_wrong(folders, language), *contradictions(folders, language)]]


def missing_and_wrong(folders: list[Path], language: str) -> Iterator[str]:
    for package in folders:
        present = {key(message): message for message in read(path_of(package, language), language) if message.id}
        for message in collected(package):
            if message.id:
                yield from problem_of(message, present.get(key(message)), f"{package.name} ({language})")


def problem_of(source: Message, found: Message | None, where: str) -> Iterator[str]:
    """What is wrong with the translation of one text, if anything."""
    if found is None or not translated(found):
        yield f"{where}: no translation of “{first(source)}” ({', '.join(name for name, _line in source.locations)})"
    elif not same_blanks(source, found):
        yield f"{where}: the blanks differ in the translation of “{first(source)}”"


def first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def same_blanks(source: Message, found: Message) -> bool:
    """Whether the translation has the text's blanks: all of them, except that a singular may say its number in words."""
    if isinstance(source.id, str):
        return blanks(source.id) == blanks(str(found.string))
    wanted, forms = blanks(source.id[-1]), [blanks(form) for form in found.string or ()]
    return forms[-1] == wanted and all(form <= wanted for form in forms)


def blanks(text: str) -> set[str]:
    return set(BLANK.findall(text))


def contradictions(folders: list[Path], language: str) -> Iterator[str]:
    """The same text translated in two ways: Django would show one of them everywhere, and nobody knows which."""
    seen: dict[tuple[object, ...], tuple[object, str]] = {}
    for package in folders:
        for message in read(path_of(package, language), language):
            if message.id and translated(message):
                string, where = seen.setdefault(key(message), (message.string, package.name))
                if string != message.string:
                    yield f"{package.name} ({language}): “{first(message)}” is translated differently in {where}; choose one"

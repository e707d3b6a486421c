"""The translation files of a package: read, brought up to date, compiled."""

import re
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from coremis.project.messages.sources import collected, packages

LANGUAGES = ("fr", "pt")
FIRST_DATE = datetime(2026, 1, 1, tzinfo=UTC)
HEADER = "# Texts of CORE-MIS.\n#"
UNBREAKABLE = re.compile(r" (?=[:;?»]|!(?!=))|(?<=«) ")
Known = dict[tuple[object, ...], Message]


def path_of(package: Path, language: str) -> Path:
    return package / "locale" / language / "LC_MESSAGES" / "django.po"


def read(path: Path, language: str) -> Catalog:
    """The catalogue at this path, or an empty one."""
    if path.exists():
        with path.open("rb") as file:
            return read_po(file, locale=language)
    return empty(language)


def empty(language: str) -> Catalog:
    """A catalogue without texts, with a header that changes only when the texts do."""
    catalog = Catalog(language, header_comment=HEADER, project="CORE-MIS", fuzzy=False)
    catalog.version, catalog.msgid_bugs_address = "catalogue", ""
    catalog.last_translator, catalog.language_team = "CORE-MIS", "CORE-MIS"
    catalog.creation_date, catalog.revision_date = FIRST_DATE, FIRST_DATE
    return catalog


def key(message: Message) -> tuple[object, ...]:
    """What tells two texts apart: the context, the text and its plural."""
    identity = message.id if isinstance(message.id, str) else tuple(message.id)
    return (message.context, identity)


def translated(message: Message) -> bool:
    """Whether every form of the text has a translation that a person has confirmed."""
    forms = [message.string] if isinstance(message.string, str) else message.string
    return bool(forms) and all(forms or ()) and not message.fuzzy


def update_all(root_packages: list[Path] | None = None) -> list[str]:
    """Bring every translation file up to date with the code; returns one line for each file that changed."""
    folders = packages() if root_packages is None else root_packages
    lines = []
    for language in LANGUAGES:
        known = known_translations(folders, language)
        for package in folders:
            lines += update(package, language, known)
    return lines


def known_translations(folders: list[Path], language: str) -> Known:
    """Every translation that some package already has: the same words are said in the same way everywhere."""
    found: Known = {}
    for package in folders:
        for message in read(path_of(package, language), language):
            if message.id and translated(message):
                found.setdefault(key(message), message)
    return found


def update(package: Path, language: str, known: Known) -> list[str]:
    """Write one file: texts of the code in their order, kept translations, nothing that is no longer used."""
    path = path_of(package, language)
    source = collected(package)
    if not len(source):
        return []
    old = read(path, language)
    new = empty(language)
    new.creation_date, new.revision_date = old.creation_date, old.revision_date
    kept = known_translations([package], language)
    for message in source:
        if message.id:
            former = kept.get(key(message)) or known.get(key(message))
            string = former.string if former else ""
            new.add(message.id, string, message.locations, auto_comments=message.auto_comments, context=message.context)
    return write(path, new)


def write(path: Path, catalog: Catalog) -> list[str]:
    """Write the file when its content differs; returns a line that says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_bytes() if path.exists() else b""
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        write_po(file, catalog, width=120, include_lineno=False, ignore_obsolete=True)
    if fresh.read_bytes() == before:
        fresh.unlink()
        return []
    fresh.replace(path)
    return [f"{path.parents[2].parent.name} ({catalog.locale}): {len(catalog)} texts"]


def compile_all(root_packages: list[Path] | None = None) -> int:
    """Compile every translation file that is newer than its binary form; returns how many were."""
    folders = packages() if root_packages is None else root_packages
    done = 0
    for path in (found for package in folders for found in sorted(package.glob("locale/*/LC_MESSAGES/django.po"))):
        target = path.with_suffix(".mo")
        newest = max(one.stat().st_mtime_ns for one in (path, Path(__file__)))
        if not target.exists() or target.stat().st_mtime_ns < newest:
            compile_one(path, target)
            done += 1
    return done


def compile_one(path: Path, target: Path) -> None:
    """Write the binary form beside a text catalogue, whole or not at all."""
    language = path.parent.parent.name
    catalog = read(path, language)
    for message in catalog if language == "fr" else ():
        if message.id and message.string:
            message.string = french(message.string) if isinstance(message.string, str) else tuple(map(french, message.string))
    fresh = target.with_suffix(".new-mo")
    with fresh.open("wb") as file:
        write_mo(file, catalog)
    fresh.replace(target)


def french(text: str) -> str:
    """As French is printed, however it was typed: a round apostrophe between letters, no line break before : ; ! ? and inside « »."""
    return UNBREAKABLE.sub("\u00a0", re.sub(r"(?<=\w)'(?=\w)", "’", text))

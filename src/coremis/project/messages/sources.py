"""Collecting the texts of a package from its Python files and templates."""

from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from babel.messages.catalog import Catalog
from babel.messages.extract import extract, extract_python
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent.parent
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "now": None,  # gettext as now: in this moment's language, beside the lazy _
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
TEMPLATES = {".html", ".txt", ".xml"}
LEFT_OUT = {"tests", "migrations", "locale", "static", "__pycache__"}
Found = tuple[int, Any, list[str], str | None]
Method = Callable[[Any, Any, Any, Any], Iterable[Found]]


def packages(root: Path = ROOT) -> list[Path]:
    """Every folder that carries its own texts: kernel packages, modules and the project."""
    groups = [root / "kernel", root / "modules"]
    found = [folder for group in groups for folder in group.glob("*") if (folder / "__init__.py").exists()]
    return sorted(folder for folder in [*found, root / "project"] if folder.name != "tests")


def collected(package: Path) -> Catalog:
    """All texts of one package, each with the files it comes from, in the order of the files."""
    catalog = Catalog()
    for path in source_files(package):
        place = path.relative_to(package).as_posix()
        for _line, message, comments, context in messages_of(path):
            catalog.add(message, None, [(place, 0)], auto_comments=comments, context=context)
    return catalog


def source_files(package: Path) -> Iterator[Path]:
    for path in sorted(package.rglob("*")):
        parts = path.relative_to(package).parts
        if not LEFT_OUT.intersection(parts) and (path.suffix == ".py" or (path.suffix in TEMPLATES and "templates" in parts)):
            yield path


def messages_of(path: Path) -> Iterator[Any]:
    """The texts of one file as (line, message, comments, context)."""
    method: Method = extract_python if path.suffix == ".py" else extract_template
    with path.open("rb") as file:
        yield from extract(method, file, KEYWORDS, comment_tags=("Translators:",), options={"encoding": "utf-8"}, strip_comment_tags=True)


def extract_template(file: BinaryIO, keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:
    """The texts of a Django template, read by Django's own translator into Python.

    Django leaves the rest of the page as rows of X; in brackets they are one expression, whatever their indentation.
    """
    python = templatize(file.read().decode("utf-8"))
    wrapped = BytesIO(("(" + python + "\n)").encode("utf-8"))
    yield from extract_python(wrapped, keywords, comment_tags, options)

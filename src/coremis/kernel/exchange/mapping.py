"""Which title of the file brings which column."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Invalid
from coremis.kernel.base.text import fold
from coremis.kernel.exchange.kinds import AREA, ImportColumn

Mapped = dict[str, list[str]]


def guess_mapping(columns: Iterable[ImportColumn], headers: Sequence[str]) -> Mapped:
    """Titles that are a column's code, title or alias in any language, accents, case and signs aside; each title once."""
    by_name: dict[str, str] = {}
    for header in headers:
        by_name.setdefault(fold(header), header)
    found: Mapped = {}
    for column in columns:
        name = next((name for name in names_of(column) if name in by_name), None)
        if name is not None:
            found[column.code] = [by_name.pop(name)]
    return found


def names_of(column: ImportColumn) -> list[str]:
    """Everything a column may be called, folded."""
    titles = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            titles.append(str(column.title))
    return [fold(name) for name in (column.code, *titles, *column.aliases)]


def checked_mapping(mapping: Mapping[str, Any], columns: Mapping[str, ImportColumn], headers: Sequence[str]) -> Mapped:
    """The mapping in its stored form, or Invalid with a sentence for each column that is wrong."""
    clean: Mapped = {code: [given] if isinstance(given, str) else list(given) for code, given in mapping.items() if given}
    errors: dict[str, list[Any]] = {}
    used: dict[str, str] = {}
    for code, titles in clean.items():
        errors[code] = _faults(code, titles, columns, headers, used)
    for column in columns.values():
        if column.required and column.code not in clean:
            errors[column.code] = [_("This column is required. Choose the title that brings it.")]
    if wrong := {code: sentences for code, sentences in errors.items() if sentences}:
        raise Invalid(_("Some columns do not match yet. Correct them and save again."), wrong)
    return clean


def _faults(code: str, titles: list[str], columns: Mapping[str, ImportColumn], headers: Sequence[str], used: dict[str, str]) -> list[Any]:
    if code not in columns:
        return [_("This import has no such column.")]
    if len(titles) > 1 and columns[code].kind != AREA:
        return [_("Only a place may be put together from several columns.")]
    for title in titles:
        if title not in headers:
            return [_("The file has no column “%(title)s”.") % {"title": title}]
        if used.setdefault(title, code) != code:
            return [_("The column “%(title)s” is used twice.") % {"title": title}]
    return []

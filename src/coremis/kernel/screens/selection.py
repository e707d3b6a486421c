"""What was asked of a list: from the address, and from searches kept on the server."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.screens.filters import Filter, Given
from coremis.kernel.screens.models import keep_search, kept_search
from coremis.kernel.screens.screen import whole_number

RESERVED = frozenset({"after", "before", "sort", "count", "q", "csrfmiddlewaretoken", "do", "format", "clear"})


@dataclass
class Selection:
    """What was asked of a list: the filters chosen with their values, and a sentence for each that was not understood."""

    chosen: list[tuple[Filter, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Only the rows that fit everything; no row at all where anything was not understood."""
        if self.problems:
            return rows.none()
        for filter, value in self.chosen:
            rows = filter.apply(rows, value)
        return rows

    def words(self) -> list[str]:
        """The filters in force, in words."""
        return [f"{filter.title or _('Place')}: {filter.words(value)}" for filter, value in self.chosen]


def read_selection(filters: Sequence[Filter], given: Given, user: Any, permission: str) -> Selection:
    """Read every filter; parameters that belong to none of them are a problem too, because they asked for something."""
    selection = Selection()
    known = {name for filter in filters for name in filter.names()}
    if unknown := sorted(set(given) - known):
        words = ", ".join(name[:40] for name in unknown[:5])
        sentence = ngettext("This list has no filter “%(names)s”.", "This list has no filters “%(names)s”.", len(unknown))
        selection.problems.append(sentence % {"names": words})
    for filter in filters:
        try:
            value = filter.read(given, user, permission)
        except Refusal as problem:
            selection.problems.append(str(problem))
            continue
        if value is not None:
            selection.chosen.append((filter, value))
    return selection


def given_filters(table: str, filters: Sequence[Filter], query: Given, user: Any) -> tuple[dict[str, list[str]], list[str]]:
    """The filter values of an address with those of its kept search (`q`), and a sentence where that is gone."""
    given = {name: list(values) for name, values in query.items() if name not in RESERVED}
    private = {name for filter in filters if filter.private for name in filter.names()}
    if not any(query.get("q", ())):
        return given, []
    number = whole_number(query["q"][0])
    kept = kept_search(user, table, number) if number else None
    if kept is None:
        return given, [_("This search is no longer kept. Type it again.")]
    return {**given, **{name: values for name, values in kept.items() if name in private}}, []


def address_of(table: str, filters: Sequence[Filter], typed: Given, user: Any) -> dict[str, list[str]]:
    """The parameters for the address of a list: names, phones and document numbers are kept on the server instead."""
    private = {name for filter in filters if filter.private for name in filter.names()}
    known = {name for filter in filters for name in filter.names()}
    asked = {name: [text for text in values if text.strip()] for name, values in typed.items() if name in known}
    hidden = {name: values for name, values in asked.items() if name in private and values}
    shown = {name: values for name, values in asked.items() if name not in private and values}
    if hidden:
        shown["q"] = [str(keep_search(user, table, hidden))]
    return shown

"""Rows chosen in a list by a tick, or everything that the list shows: kept under a number, for files and for actions about many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.filters import Filter, Given, first
from coremis.kernel.screens.models import keep_search, kept_search
from coremis.kernel.screens.screen import whole_number

CHOSEN = "chosen"
MOST = 5_000  # rows that one choice holds; as many as a file that comes at once


@dataclass(frozen=True)
class ChosenFilter(Filter):
    """Only the rows that this person ticked. The address carries the number of the choice; `table` is whose rows they are."""

    table: str = ""
    kind: ClassVar[str] = CHOSEN

    def read(self, given: Given, user: Any, permission: str) -> list[int] | None:
        asked = first(given, self.name)
        if not asked:
            return None
        number = whole_number(asked)
        kept = kept_search(user, kept_under(self.table), number) if number else None
        if kept is None:
            raise Refusal(_("This choice of rows is no longer kept. Tick them again."))
        return [int(text) for text in kept[CHOSEN]]

    def apply(self, rows: QuerySet[Any], value: list[int]) -> QuerySet[Any]:
        return rows.filter(pk__in=value)

    def words(self, value: list[int]) -> str:
        return text_of(len(value))


def chosen_filter(table: str) -> ChosenFilter:
    """The filter that every list has besides its own."""
    return ChosenFilter(CHOSEN, gettext_lazy("Chosen rows"), table=table)


def kept_under(table: str) -> str:
    """The name under which the choices in a table are kept."""
    return f"{table}#{CHOSEN}"


def keep_ticked(user: Any, table: str, typed: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The part of an address that stands for the ticked rows; refused where none is ticked, or too many."""
    ids = sorted({number for text in typed.get("tick", ()) if (number := whole_number(text)) is not None})
    if not ids:
        raise Refusal(_("No row is ticked. Tick some, or choose everything that the list shows."))
    if len(ids) > MOST:
        sentence = ngettext("Tick at most %(most)s row.", "Tick at most %(most)s rows.", MOST)
        raise Refusal(sentence % {"most": text_of(MOST)})
    return {CHOSEN: [str(keep_search(user, kept_under(table), {CHOSEN: [str(number) for number in ids]}))]}

"""Saved filters on the lists of other modules: one more filter, whose number alone stands in the address."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.screens.facts import Subject, subject_of, subjects
from coremis.kernel.screens.filters import Filter, Given, first
from coremis.kernel.screens.models import keep_search, kept_search
from coremis.kernel.screens.screen import whole_number
from coremis.kernel.screens.tables import Table
from coremis.modules.filters.draft import DRAFTS, Draft, Fields, read_draft
from coremis.modules.filters.queries import SEES, checked, matching, usable_filters, words

NAME = "filter"


@dataclass(frozen=True)
class Chosen:
    """A filter chosen for a list: its tree, and what the chip says."""

    tree: dict[str, Any]
    title: str


@dataclass(frozen=True)
class ByFilter(Filter):
    """Rows that a saved filter finds, or one that somebody just made; a filter that cannot be used shows no rows."""

    name: str = NAME
    title: Any = gettext_lazy("Filter")
    kind = "choice"
    about: tuple[str, ...] = ()

    def read(self, given: Given, user: Any, permission: str) -> Chosen | None:
        asked = first(given, self.name)
        if not asked:
            return None
        chosen = made(user, asked[1:], self.about) if asked.startswith("d") else saved(user, asked, self.about)
        return Chosen(checked(chosen.tree, user=user), chosen.title)

    def apply(self, rows: QuerySet[Any], value: Chosen) -> QuerySet[Any]:
        return matching(rows, value.tree, self.day(), self.on)

    def day(self) -> date:
        """As of today."""
        return timezone.localdate()

    def words(self, value: Chosen) -> str:
        return value.title

    def control(self, given: Given, user: Any, permission: str) -> dict[str, Any]:
        asked = first(given, self.name)
        options = [(str(row.pk), row.name, str(row.pk) == asked) for row in usable_filters(user, self.about)]
        if asked.startswith("d"):
            options.insert(0, (asked, _("the one just made"), True))
        return {**Filter.control(self, given, user, permission), "options": options, "many": False, "links": self.links(asked)}

    def links(self, asked: str) -> list[dict[str, str]]:
        """To the editor: a new filter, or the one in force."""
        editor = reverse("filters:edit_filter")
        new = {"url": f"{editor}?about={self.about[0]}", "words": _("New filter")}
        number = whole_number(asked.removeprefix("d"))
        if number is None:
            return [new]
        found = f"{editor}?about={self.about[0]}&draft={number}" if asked.startswith("d") else f"{editor}?filter={number}"
        return [{"url": found, "words": _("Look at this filter")}, new]


def saved(user: Any, number: str, about: tuple[str, ...]) -> Chosen:
    """The saved filter of this number, or a Refusal."""
    found = usable_filters(user, about).filter(pk=whole_number(number) or 0).first()
    if found is None:
        raise Refusal(_("This filter was retired, or is not shared with you. Choose another one."))
    return Chosen(found.condition, found.name)


def made(user: Any, number: str, about: tuple[str, ...]) -> Chosen:
    """What this person put together without keeping it under a name, or a Refusal."""
    draft = kept_draft(user, whole_number(number) or 0)
    if draft is None or draft.about not in about:
        raise Refusal(_("This search is no longer kept. Type it again."))
    subject = subjects()[draft.about]
    tree = draft.tree(user, subject.permission)
    return Chosen(tree, words(tree))


def keep_draft(user: Any, about: str, fields: Fields) -> int:
    """Keep what stands in the editor, and return its number; only this person finds it again."""
    return keep_search(user, DRAFTS, {"about": [about], "fields": [json.dumps({name: list(fields[name]) for name in sorted(fields)})]})


def kept_draft(user: Any, number: int) -> Draft | None:
    """What this person kept in the editor under a number."""
    kept = kept_search(user, DRAFTS, number)
    subject = subjects().get(kept["about"][0]) if kept else None
    return read_draft(subject.code, subject.scope, json.loads(kept["fields"][0])) if kept and subject else None


def about_rows(model: Any) -> tuple[str, ...]:
    """The subjects whose filters work on a list of these rows: of the rows themselves first."""
    mine = subject_of(model)
    if mine is None:
        return ()
    reached = [other for cls, _path in mine.scope[1:] if (other := subject_of(cls))]
    return tuple(subject.code for subject in [mine, *reached])


def filters_of_list(table: type[Table], user: Any) -> list[Filter]:
    """The saved filters on a list, for those who may see them."""
    about = about_rows(table.model) if user.has_perm(SEES) else ()
    return [ByFilter(about=about, on=user)] if about else []


def listed(subject: Subject, number: str) -> str:
    """The address of the list of a subject with a filter."""
    return f"{reverse(subject.address)}?{NAME}={number}"

"""Whole households: what the rows of one household must say together (rulebook 2.5, consistency on import)."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.dates import parse_partial_date
from coremis.kernel.exchange.kinds import ImportColumn
from coremis.kernel.exchange.rows import ALONE, RowContext, StagedRow, listed
from coremis.modules.intake.choices import ACCEPT, HEAD, Choices, choices_of
from coremis.modules.intake.columns import describes_household
from coremis.modules.intake.differences import said_as
from coremis.modules.intake.persons import folded_name
from coremis.modules.intake.places_in import name_places
from coremis.modules.registry.models import Relationship
from coremis.modules.registry.services.checks import ADULT, is_adult

LEAST_HEAD, LEAST_PARENT = 12, 12
Groups = dict[str, list[StagedRow]]


def groups_of(rows: list[StagedRow]) -> Groups:
    """The rows by household key; those without one are left out, they are told already."""
    groups: Groups = {}
    for row in rows:
        if not row.group_key.startswith(ALONE):
            groups.setdefault(row.group_key, []).append(row)
    return groups


class HouseholdChecks:
    """Checks the households of one chunk without asking the database, except for the names of places that disagree."""

    def __init__(self, context: RowContext, known_heads: Iterable[str]) -> None:
        self._context = context
        self._choices: Choices = choices_of(context.batch)
        self._today = timezone.localdate()
        self._known = frozenset(known_heads)
        self._shared: list[ImportColumn] = [
            column for code, column in context.columns.items() if code in context.mapped and describes_household(code)
        ]
        self._places = name_places(context.batch)

    def check(self, key: str, rows: list[StagedRow]) -> None:
        """Everything about one household; ``known`` ones have their head in the register."""
        self._repeated(rows)
        heads = [row for row in rows if row.values.get("relationship") == Relationship.HEAD]
        self._one_head(key, rows, heads)
        self._agreement(rows, heads)
        self._recipients(rows)
        if key not in self._known:
            self._size(rows)
        self._ages(rows, heads)
        if any(not row.good for row in heads) and key not in self._known:
            hold(rows, _("The head of this household must be corrected first. See row %(row)s."), heads[0].number)

    def _repeated(self, rows: list[StagedRow]) -> None:
        """Without a person key, household, name and birth date tell people apart (pitfall D4)."""
        same: dict[tuple[str, str], list[StagedRow]] = {}
        for row in rows:
            name = folded_name(row)
            if name and "person_key" not in row.values:
                same.setdefault((name, row.values.get("birth", "")), []).append(row)
        for twice in same.values():
            if len(twice) > 1:
                numbers = listed(twice)
                for row in twice:
                    row.problem("", _("The same person stands in several rows: %(rows)s. Give each person a key."), rows=numbers)

    def _one_head(self, key: str, rows: list[StagedRow], heads: list[StagedRow]) -> None:
        if len(heads) > 1:
            for row in heads:
                row.problem("relationship", _("This household has several heads, in rows %(rows)s."), Relationship.HEAD, rows=listed(heads))
            hold(rows, _("Another row of this household must be corrected first. See row %(row)s."), heads[0].number)
        elif not heads and key not in self._known:
            if self._choices.without_head == ACCEPT:
                rows[0].warn("relationship", _("No row of this household says who its head is."), key)
                return
            for row in rows:
                row.problem("relationship", _("No row of this household says who its head is."), key)

    def _agreement(self, rows: list[StagedRow], heads: list[StagedRow]) -> None:
        for column in self._shared:
            code = column.code
            values = [(row, row.values[code]) for row in rows if code in row.values]
            if not values or all(value == values[0][1] for _row, value in values):
                continue
            believed = len(heads) == 1 and self._choices.disagreement == HEAD and code in heads[0].values
            for row, value in values:
                text, said = self._text(code, value), ", ".join(sorted({self._text(code, other) for _row, other in values}))
                if not believed:
                    row.problem(code, _("The rows of this household say different things here: %(values)s."), text, values=said)
                elif value != heads[0].values[code]:
                    row.warn(
                        code,
                        _("This differs from the head's row, which is believed: %(value)s."),
                        text,
                        value=self._text(code, heads[0].values[code]),
                    )
            if not believed:
                hold(rows, _("Another row of this household must be corrected first. See row %(row)s."), values[0][0].number)

    def _text(self, code: str, value: Any) -> str:
        return self._places(value) if code == "area" else said_as(value)

    def _recipients(self, rows: list[StagedRow]) -> None:
        if "collects" not in self._context.mapped:
            return
        primary = [row for row in rows if row.values.get("collects") == "primary"]
        if len(primary) > 1:
            for row in primary:
                row.problem(
                    "collects", _("This household has several primary recipients, in rows %(rows)s."), "primary", rows=listed(primary)
                )
        if not primary and rows[0].group_key not in self._known:
            rows[0].warn("collects", _("Nobody in this household is the primary recipient."))
        for row in rows:
            asked = row.values.get("collects", "no") != "no" and "collects_reason" not in row.values
            if asked and not self._adult(row) and all(told["column"] not in ("birth", "age") for told in row.problems):
                sentence = _("Not known to be 18 or older. Give the reason why this person collects nevertheless.")
                row.problem("collects", sentence, row.values["collects"])

    def _adult(self, row: StagedRow) -> bool:
        birth = row.values.get("birth")
        return birth is not None and is_adult(parse_partial_date(birth).day, self._today)

    def _size(self, rows: list[StagedRow]) -> None:
        declared = next((row.values["declared_size"] for row in rows if "declared_size" in row.values), None)
        if declared is not None and declared != len(rows):
            sentence = _("The household is said to have %(declared)s members, but %(count)s stand in the file.")
            rows[0].warn("declared_size", sentence, declared, declared=declared, count=len(rows))

    def _ages(self, rows: list[StagedRow], heads: list[StagedRow]) -> None:
        born = year_of(heads[0]) if len(heads) == 1 else None
        if born is None:
            return
        age = self._today.year - born
        if age < LEAST_HEAD:
            heads[0].problem("birth", _("The head of household is younger than %(least)s."), heads[0].values["birth"], least=LEAST_HEAD)
        elif age < ADULT:
            heads[0].warn("birth", _("The head of household is younger than %(least)s."), heads[0].values["birth"], least=ADULT)
        for row in rows:
            year, relationship = year_of(row), row.values.get("relationship", "")
            apart = {Relationship.CHILD.value: -1, Relationship.PARENT.value: 1}.get(relationship, 0)
            if year is not None and apart and apart * (born - year) < LEAST_PARENT:
                row.warn(
                    "birth", _("Parent and child are less than %(least)s years apart. Check both."), row.values["birth"], least=LEAST_PARENT
                )


def hold(rows: list[StagedRow], sentence: Any, number: int) -> None:
    """Keep back the good rows of a household that cannot be taken in yet."""
    for row in rows:
        if row.good:
            row.problem("household_key", sentence, row.group_key, row=number)
            row.problems[-1]["held"] = True  # nothing is wrong in the row itself


def year_of(row: StagedRow) -> int | None:
    """The year of birth, where it is known."""
    birth = row.values.get("birth")
    return int(birth[:4]) if birth else None

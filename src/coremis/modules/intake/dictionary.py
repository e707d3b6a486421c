"""What the data dictionary asks of the rows of a file: rules, choices still offered, and values that must be different."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import Count
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext_lazy as _

from coremis.kernel.exchange.models import BatchRow
from coremis.kernel.exchange.rows import RowContext, StagedRow, listed, tell_repeated
from coremis.modules.intake.columns import HOUSEHOLD, OF_PEOPLE, PERSON
from coremis.modules.intake.differences import shared
from coremis.modules.intake.households import groups_of, hold
from coremis.modules.intake.known import Known
from coremis.modules.registry.models import Household, Person, VariableDefinition
from coremis.modules.registry.services.checks import SAME, FactRules, lock_unique, taken

Subject = VariableDefinition.Subject
REPEATED = _("The same value stands in several rows: %(rows)s.")
MAY_NOT = _("You may not bring sensitive facts. Leave this column out, or ask an administrator.")
SENSITIVE = "registry.reveal_sensitive"


def defined() -> dict[str, list[VariableDefinition]]:
    """The variables by the beginning of their columns' codes."""
    found = list(VariableDefinition.objects.filter(subject__in=OF_PEOPLE))
    return {
        PERSON: [one for one in found if one.subject == Subject.PERSON],
        HOUSEHOLD: [one for one in found if one.subject != Subject.PERSON],
    }


def lock_facts() -> None:
    """Let nobody else write values that must be different until this chunk is in."""
    lock_unique([one for found in defined().values() for one in found if one.unique])


def check_facts(rows: list[StagedRow], context: RowContext, known: Known) -> None:
    """Note on each row what the dictionary refuses; two statements, and one for each variable that must be different."""
    if not any(code.startswith((PERSON, HOUSEHOLD)) for code in context.mapped):
        return
    checks = _Checks(defined(), context, known)
    for row in rows:
        if row.good:
            checks.person(row)
    for key, members in groups_of(rows).items():
        checks.household(key, [row for row in members if row.good])
    checks.different()


def check_changed_facts(found: list[tuple[StagedRow, Person | Household]], context: RowContext) -> None:
    """The same for rows that change somebody who is in the register."""
    if not any(code.startswith((PERSON, HOUSEHOLD)) for code in context.mapped):
        return
    checks = _Checks(defined(), context, None)
    for row, record in found:
        checks.record(row, record)
    checks.different()


class _Checks:
    """The checks of one chunk."""

    def __init__(self, variables: Mapping[str, list[VariableDefinition]], context: RowContext, known: Known | None) -> None:
        self._known, self._context = known, context
        self._rules = {prefix: FactRules(found) for prefix, found in variables.items()}
        self._unique = {prefix + one.code: one for prefix, found in variables.items() for one in found if one.unique}
        sensitive = {prefix + one.code for prefix, found in variables.items() for one in found if one.sensitive}
        sender = context.batch.sent_by
        asked = sensitive & context.mapped
        self._forbidden = asked if asked and not (sender and sender.may(SENSITIVE, [context.batch.area_id])) else set()
        self._given: dict[str, dict[Any, list[tuple[list[StagedRow], int | None]]]] = defaultdict(lambda: defaultdict(list))

    def person(self, row: StagedRow) -> None:
        """The facts of a person: those of the row over those of the register."""
        assert self._known is not None
        person = self._known.persons.get(self._known.identities[row.number])
        facts = {code: value for code, value in row.values.items() if code.startswith(PERSON)}
        self._one([row], PERSON, facts, person.data if person else {}, person.pk if person else None)

    def household(self, key: str, rows: list[StagedRow]) -> None:
        """The facts of a household, as its rows say them together."""
        if not rows:
            return
        assert self._known is not None
        household = self._known.households.get(key)
        codes = {code for row in rows for code in row.values if code.startswith(HOUSEHOLD)}
        facts = {code: shared(rows, code) for code in codes}
        self._one(rows, HOUSEHOLD, facts, household.data if household else {}, household.pk if household else None)

    def record(self, row: StagedRow, record: Person | Household) -> None:
        """What a row gives to a record, or clears."""
        prefix = PERSON if isinstance(record, Person) else HOUSEHOLD
        facts = {code: value for code, value in row.values.items() if code.startswith(prefix)}
        cleared = {code: None for code in row.values.get("cleared", []) if code.startswith(prefix)}
        self._one([row], prefix, {**facts, **cleared}, record.data, record.pk)

    def _one(self, rows: list[StagedRow], prefix: str, facts: dict[str, Any], held: dict[str, Any], pk: int | None) -> None:
        for code in self._forbidden & set(facts):
            self._tell(rows, code, MAY_NOT)
        after = {**held, **{code.removeprefix(prefix): value for code, value in facts.items()}}
        for code, (sentence, params) in self._rules[prefix].problems(after, held).items():
            self._tell(rows, prefix + code, sentence, **params)
        for code in facts.keys() & self._unique.keys():
            if facts[code] is not None and held.get(code.removeprefix(prefix)) != facts[code]:
                self._given[code][facts[code]].append((rows, pk))

    def _tell(self, rows: list[StagedRow], code: str, sentence: Any, /, **params: Any) -> None:
        """A fact of a household is told once, on a row that says it; the others of the household wait."""
        first = next((row for row in rows if code in row.values), rows[0])
        first.problem(code, sentence, first.values.get(code, ""), **params)
        if len(rows) > 1:
            hold(rows, _("Another row of this household must be corrected first. See row %(row)s."), first.number)

    def different(self) -> None:
        """Both sides of what stands twice in these rows, and whatever the register holds already."""
        for code, given in self._given.items():
            registered = taken(self._unique[code], given)
            for value, places in given.items():
                if len(places) > 1:
                    numbers = listed([rows[0] for rows, _pk in places])
                    for rows, _pk in places:
                        self._tell(rows, code, REPEATED, rows=numbers)
                elif value in registered and registered[value] != places[0][1]:
                    self._tell(places[0][0], code, SAME)


def note_repeated_facts(context: RowContext) -> None:
    """Look through the whole file, whose chunks do not know of each other: a value that must be different and stands twice."""
    for prefix, found in defined().items():
        for one in found:
            if one.unique and prefix + one.code in context.mapped:
                _note_repeated(context, prefix + one.code, prefix == HOUSEHOLD)


def _note_repeated(context: RowContext, code: str, of_household: bool) -> None:
    kept: Any = BatchRow.objects.filter(batch=context.batch)
    rows = kept.annotate(mark=KeyTextTransform(code, "values")).exclude(mark=None)
    counted = Count("group_key", distinct=True) if of_household else None
    tell_repeated(rows, lambda row, same: row.problem(code, REPEATED, rows=listed(same)), counted)

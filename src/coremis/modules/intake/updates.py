"""Files that change people who are in the register: a key and some columns; nothing else is touched, and nobody is created.

A blank cell changes nothing. A value is cleared only by the word that was chosen for the import and stands on its page.
"""

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.dates import DAY
from coremis.kernel.base.numbers import number_text, read_number
from coremis.kernel.exchange.kinds import CLEARED, ImportColumn
from coremis.kernel.exchange.rows import RowContext, StagedRow, cover, mark_repeated
from coremis.modules.intake.choices import LOCAL, choices_of
from coremis.modules.intake.columns import FIXED, HOUSEHOLD, INTERVIEW, LONGEST_KEY, PERSON, PERSON_CONSENT, covered, variable_column
from coremis.modules.intake.dictionary import check_changed_facts, lock_facts, note_repeated_facts
from coremis.modules.intake.differences import PERSON_CONSENT as CONSENT_FIELDS
from coremis.modules.intake.differences import (
    Difference,
    Differences,
    household_differences,
    person_differences,
    required_facts,
)
from coremis.modules.intake.local_edits import edits_of, kept_values
from coremis.modules.intake.persons import check_persons
from coremis.modules.intake.places_in import inside
from coremis.modules.intake.plan import folded, search_names
from coremis.modules.intake.writing import write_changes
from coremis.modules.registry.models import Consent, Household, Membership, Person, Relationship, Sex, VariableDefinition
from coremis.modules.registry.services.checks import NOT_APPLICABLE, asked_of, missing_name, single_names
from coremis.modules.registry.services.naming import with_former

EXAMPLES = 3
BY_NUMBER = "\x1e"  # begins the identity of a row that names a number; no cell can hold it
Subject = VariableDefinition.Subject
NUMBER = ImportColumn(
    "number", _("Number in the register"), longest=LONGEST_KEY, help=_("Such as P-00001-23. It is enough to bring this or the key."),
    aliases=("number", "numéro", "número", "person number", "household number"),
)  # fmt: skip
FOR_PERSONS = ("person_key", "given_names", "surname", "sex", "birth", "phone", "phone_owner")
FOR_HOUSEHOLDS = ("household_key", "address")
EMPTY: dict[str, dict[str, Any]] = {
    "given_names": {"given_names": ""}, "surname": {"surname": ""}, "sex": {"sex": Sex.UNKNOWN.value},
    "birth": {"birth_date": None, "birth_precision": DAY}, "phone": {"phone": "", "phone_owner": ""}, "phone_owner": {"phone_owner": ""},
    "person_consent": {"consent": ""}, "person_consent_on": {"consent_on": None}, "address": {"address": ""},
    "consent": {"consent": Consent.NOT_ASKED.value}, "consent_on": {"consent_on": None}, "consent_text": {"consent_text": ""},
    "enumerator": {"enumerator": ""}, "interviewed_on": {"interviewed_on": None},
}  # fmt: skip


def person_change_columns() -> list[ImportColumn]:
    """The key, and what may be changed of a person."""
    return [NUMBER, *_fixed(FOR_PERSONS), *PERSON_CONSENT, *map(variable_column, asked_of(Subject.PERSON))]


def household_change_columns() -> list[ImportColumn]:
    """The key, and what may be changed of a household; where it lies is changed in the register."""
    return [NUMBER, *_fixed(FOR_HOUSEHOLDS), *INTERVIEW, *map(variable_column, asked_of(Subject.HOUSEHOLD, Subject.DWELLING))]


def _fixed(codes: tuple[str, ...]) -> list[ImportColumn]:
    by_code = {column.code: column for column in FIXED}
    plain = [by_code[code] for code in codes]
    return [ImportColumn(**{**vars(column), "required": False}) for column in plain]


def key_of(context: RowContext) -> str:
    """The column of the key from a list, beside the number."""
    return "household_key" if context.kind.name.endswith("household_changes") else "person_key"


def check_changes(rows: list[StagedRow], context: RowContext) -> None:
    """Put every row as the register holds it; what is to be cleared is set apart under ``cleared``."""
    required, key = set(required_facts()), key_of(context)
    cleared = {row.number: [code for code, value in row.values.items() if value == CLEARED] for row in rows}
    for row in rows:
        row.values = {code: value for code, value in row.values.items() if value != CLEARED}
    check_persons(rows, context)
    cover(rows, context.columns)
    for row in rows:
        for code in cleared[row.number]:
            if code in required or code in ("number", key):
                row.problem(code, _("This is required. It cannot be cleared."))
        if cleared[row.number]:
            row.values["cleared"] = cleared[row.number]
        _identify(row, key)


def _identify(row: StagedRow, key: str) -> None:
    written = row.values.get("number")
    if written is not None:
        number = read_number(written)
        if number is None:
            row.problem("number", _("“%(value)s” is no number of the register. Check its digits."), written, value=written[:40])
        else:
            row.identity = f"{BY_NUMBER}{number}"
    elif row.values.get(key):
        row.identity = str(row.values[key])
    else:
        row.problem(key, _("Give the number in the register or the key."))


def note_twice_named(context: RowContext) -> None:
    """The same key in two rows, or a value that must be different: both are told, neither is taken in."""
    mark_repeated(context.batch, NUMBER if "number" in context.mapped else context.columns[key_of(context)])
    note_repeated_facts(context)


def check_known(rows: list[StagedRow], context: RowContext) -> None:
    """Find whom each row means, and what would change; count it by column for the preview."""
    changes = planned(rows, context, lock=False)
    count_changes(context, changes)
    cover(rows, context.columns)


def apply_changes(rows: list[StagedRow], context: RowContext) -> None:
    """One chunk: the changes are written; names beside the household follow."""
    lock_facts()
    changes = planned(rows, context, lock=True)
    persons = {record: values for record, values in changes.items() if isinstance(record, Person)}
    households = {record: dict(values) for record, values in changes.items() if isinstance(record, Household)}
    for values in households.values():
        if set(values) & {column.code for column in INTERVIEW}:
            values["interview_batch_id"] = context.batch.pk
    households.update(renamed_heads(persons))
    for person, values in persons.items():
        if {"given_names", "surname"} & set(values):
            name = search_names(person, values)
            values |= {"search_name": folded(name), **with_former(person.former_names, person.full_name, present=name)}
    write_changes(Person, persons)
    write_changes(Household, households)


def renamed_heads(persons: dict[Any, dict[str, Any]]) -> dict[Any, dict[str, Any]]:
    """The households whose head gets another name."""
    named = {person.pk: search_names(person, values) for person, values in persons.items() if {"given_names", "surname"} & set(values)}
    heads = Membership.objects.filter(person__in=named, left_on=None, relationship=Relationship.HEAD).select_related("household")
    return {
        one.household: {"head_name": named[one.person_id][:200], "search_name": folded(named[one.person_id])[:200]} for one in heads
    } if named else {}  # fmt: skip


def planned(rows: list[StagedRow], context: RowContext, *, lock: bool) -> dict[Any, dict[str, Any]]:
    """The new values by record; every good row afterwards changes something, or is marked as unchanged."""
    choices, single = choices_of(context.batch), single_names()
    found = found_records(rows, context, lock=lock)
    check_changed_facts([(row, found[row.number]) for row in rows if row.good and row.number in found], context)
    wanted: list[tuple[Any, Differences]] = []
    for row in rows:
        record = found.get(row.number)
        if row.good and record is not None:
            row.target_id, row.area_id = record.pk, record.area_id
            wanted.append((record, differences_of(row, record, choices, single)))
    changes, touched = kept_values(wanted, edits_of(wanted, local=choices.conflicts == LOCAL))
    for row in rows:
        if row.good and row.target_id and row.number not in touched:
            row.unchanged()
    return changes


def differences_of(row: StagedRow, record: Any, choices: Any, single: bool) -> Differences:
    """What a row would change, and what it would clear."""
    is_person = isinstance(record, Person)
    found = person_differences(row, record) if is_person else household_differences([row], record, choices)
    for code in row.values.get("cleared", []):
        prefix = PERSON if is_person else HOUSEHOLD
        if code.startswith(prefix):
            name = code.removeprefix(prefix)
            if record.data.get(name) is not None:
                found[f"data.{name}"] = Difference(row, code, "", None)
        for name, value in EMPTY.get(code, {}).items():
            if getattr(record, name) != value:
                found[name] = Difference(row, code, "", value)
    parts = ("given_names", "surname")
    name = " ".join(found[part].value if part in found else getattr(record, part) for part in parts) if is_person else ""
    if set(parts) & set(found) and (problem := missing_name(name, single)):
        row.problem("given_names", problem)
        return {}
    return found


def found_records(rows: list[StagedRow], context: RowContext, *, lock: bool) -> dict[int, Any]:
    """Whom each row means, by row number; who is not in the register, or not in the import's place, is told."""
    is_inside, found = inside(context.batch), {}
    named = _records_named(rows, context, lock=lock)
    by_record: dict[int, list[StagedRow]] = defaultdict(list)
    for row in rows:
        record, former = named.get(row.identity, (None, None)) if row.good else (None, None)
        if record is None or not is_inside(record.area_id):
            if row.good:
                row.problem(
                    "number",
                    _("Nobody in this place has this number or key. Nobody is created by such a file."),
                    row.identity.lstrip(BY_NUMBER),
                )
        elif getattr(record, "ended_on", None):
            row.problem("number", _("This household was dissolved."))
        else:
            if former:
                sentence = _("This record was merged into %(number)s, which is changed.")
                row.warn("number", sentence, former.number_text, number=record.number_text)
            found[row.number] = record
            by_record[record.pk].append(row)
    for same in by_record.values():
        for row in same[1:]:
            row.problem("number", _("Another row means the same person or household. See row %(row)s."), row=same[0].number)
            del found[row.number]
    return found


def _records_named(rows: list[StagedRow], context: RowContext, *, lock: bool) -> dict[str, tuple[Any, Any]]:
    """By identity of a row: the record in use, and the one merged into it that the row names, if any. Withdrawn ones are left out."""
    model: Any = Household if key_of(context) == "household_key" else Person
    records = model.everything.select_for_update(of=("self",)) if lock else model.everything.all()
    numbers = [int(row.identity[1:]) for row in rows if row.identity.startswith(BY_NUMBER)]
    keys = [row.identity for row in rows if row.identity and not row.identity.startswith(BY_NUMBER)]
    named = {f"{BY_NUMBER}{one.number}": one for one in records.filter(number__in=numbers)} if numbers else {}
    if keys:
        source = choices_of(context.batch).source
        named.update({one.external_id: one for one in records.filter(source=source, external_id__in=keys)})
    merged = {one.merged_into_id for one in named.values()} - {None}
    survivors = records.in_bulk(merged) if merged else {}
    found = {}
    for identity, one in named.items():
        survivor = survivors.get(one.merged_into_id)
        if survivor or not one.retired_on:
            found[identity] = (survivor, one) if survivor else (one, None)
    return found


CODES = {"area_id": "area", "birth_date": "birth", "birth_precision": ""}


def count_changes(context: RowContext, changes: dict[Any, dict[str, Any]]) -> None:
    """Count, by column, the records that change; keep a few with what they held and will hold."""
    for record, values in changes.items():
        for name, value in values.items():
            code = column_of(record, name)
            if not code:
                continue
            told = context.tally.setdefault(code, [0, []])
            told[0] += 1
            if len(told[1]) < EXAMPLES:
                field, _dot, key = name.partition(".")
                hidden = code in context.columns and context.columns[code].masked
                before = record.data.get(key) if key else getattr(record, field)
                told[1].append(
                    [
                        number_text(record.number_prefix, record.number),
                        *(example(value, code if hidden else "") for value in (before, value)),
                    ]
                )


def column_of(record: Any, name: str) -> str:
    """The column that brings a field."""
    if name.startswith("data."):
        return (PERSON if isinstance(record, Person) else HOUSEHOLD) + name.partition(".")[2]
    if isinstance(record, Person):
        by_field = {field: code for code, field in CONSENT_FIELDS.items()}
        name = by_field.get(name, name)
    return CODES.get(name, name)


def example(value: Any, hidden: str) -> str:
    """A value for the preview; of a masked one, whose code is ``hidden``, no more than its end."""
    text = "" if value is None else gettext("does not apply") if value == NOT_APPLICABLE else str(value)
    return covered(hidden, text) if hidden and text else text[:60]

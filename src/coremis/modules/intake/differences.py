"""Where a file differs from the register: only in the columns it brings, and never by what is blank (pitfall D5)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from coremis.kernel.base.dates import YEAR, parse_partial_date
from coremis.kernel.exchange.rows import StagedRow
from coremis.modules.intake.choices import HEAD, Choices
from coremis.modules.intake.columns import HOUSEHOLD, OF_PEOPLE, PERSON, code_of
from coremis.modules.intake.persons import full_name
from coremis.modules.registry.models import Household, Person, Relationship
from coremis.modules.registry.services.checks import NOT_APPLICABLE, asked_of

PLAIN = ("sex", "phone", "phone_owner")
PERSON_CONSENT = {"person_consent": "consent", "person_consent_on": "consent_on"}
HOUSEHOLD_PLAIN = ("address", "consent", "consent_text", "enumerator")
HOUSEHOLD_DAYS = ("consent_on", "interviewed_on")
INTERVIEW = ("consent", "consent_on", "consent_text", "enumerator", "interviewed_on")


@dataclass(frozen=True)
class Difference:
    """One value that a row would change: the column it comes from, what the row says, and the value as it is stored."""

    row: StagedRow
    column: str
    said: Any
    value: Any


Differences = dict[str, Difference]


def required_facts() -> list[str]:
    """The columns of the variables that everybody must have."""
    return [code_of(variable) for variable in asked_of(*OF_PEOPLE) if variable.required]


def person_differences(row: StagedRow, person: Person) -> Differences:
    """By field of the person."""
    values = row.values
    found = {
        code: Difference(row, code, values[code], values[code])
        for code in PLAIN
        if code in values and values[code] != getattr(person, code)
    }
    found.update(consent_differences(row, person))
    return {**found, **name_differences(row, person), **birth_differences(row, person), **fact_differences(row, PERSON, person.data)}


def consent_differences(row: StagedRow, person: Person) -> Differences:
    """What the person was asked, where the file says it of each person."""
    return {
        name: Difference(row, code, row.values[code], as_stored(name, row.values[code]))
        for code, name in PERSON_CONSENT.items()
        if code in row.values and as_stored(name, row.values[code]) != getattr(person, name)
    }


def as_stored(name: str, value: Any) -> Any:
    """A value of a row as the record holds it: days as dates."""
    return date.fromisoformat(value) if name in HOUSEHOLD_DAYS and value else value


def name_differences(row: StagedRow, person: Person) -> Differences:
    """A whole name is compared as a whole, so that parts set apart in the register stay so."""
    values = row.values
    if values.get("whole_name"):
        if values["given_names"] == person.full_name:
            return {}
        said = full_name(values)
        return {"given_names": Difference(row, "full_name", said, said), "surname": Difference(row, "full_name", said, "")}
    return {
        code: Difference(row, code, values[code], values[code])
        for code in ("given_names", "surname")
        if code in values and values[code] != getattr(person, code)
    }


def birth_differences(row: StagedRow, person: Person) -> Differences:
    """Date and precision together. An age is never more exact than a year, and never corrects a date that fits it."""
    said = row.values.get("birth")
    if said is None:
        return {}
    birth = parse_partial_date(said)
    if person.birth_date == birth.day and person.birth_precision == birth.precision:
        return {}
    if row.values.get("by_age") and person.birth_date and abs(person.birth_date.year - birth.day.year) <= 1:
        return {}
    if birth.precision == YEAR and person.birth_date and person.birth_precision != YEAR and person.birth_date.year == birth.day.year:
        return {}
    return {
        "birth_date": Difference(row, "birth", said, birth.day),
        "birth_precision": Difference(row, "birth", said, birth.precision),
    }


def said_as(value: Any) -> str:
    """A value as a file says it."""
    return "n/a" if value == NOT_APPLICABLE else str(value)


def fact_differences(row: StagedRow, prefix: str, held: dict[str, Any]) -> Differences:
    """The variables whose code begins so."""
    return {
        f"data.{code.removeprefix(prefix)}": Difference(row, code, said_as(value), value)
        for code, value in row.values.items()
        if code.startswith(prefix) and held.get(code.removeprefix(prefix)) != value
    }


def household_differences(rows: list[StagedRow], household: Household, choices: Choices) -> Differences:
    """By field of the household; each difference belongs to the row that says it."""
    heads = [row for row in rows if row.values.get("relationship") == Relationship.HEAD]
    speaking = heads if choices.disagreement == HEAD else rows
    found: Differences = {}
    for row in reversed(speaking):
        values = row.values
        if values.get("area") not in (None, household.area_id):
            found["area_id"] = Difference(row, "area", values["area"], values["area"])
        for name in (*HOUSEHOLD_PLAIN, *HOUSEHOLD_DAYS):
            if name in values and as_stored(name, values[name]) != getattr(household, name):
                found[name] = Difference(row, name, values[name], as_stored(name, values[name]))
        found.update(fact_differences(row, HOUSEHOLD, household.data))
    return found


def shared(rows: list[StagedRow], code: str) -> Any:
    """What the rows of a household say about it: the head's word first, else the first one that says anything."""
    ordered = sorted(rows, key=lambda row: row.values.get("relationship") != Relationship.HEAD)
    return next((row.values[code] for row in ordered if code in row.values), None)

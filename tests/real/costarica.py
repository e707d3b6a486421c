"""A real household survey (Costa Rica, 9,557 persons in 2,988 households) as a file that the import understands.

The survey comes as one row for each person with a household key, and answers as columns of noughts and ones. This pre-step says
the same in the import's columns and changes nothing else: rows, keys, ages and contradictions stay as they are. It has no names,
so the person's Id stands in their place, and no birth dates, so ages are brought. Who collects is decided here, since the survey
does not ask: the head where he or she is 18 or older, else the oldest member of 18 or older, else nobody.
"""

import csv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from coremis.kernel.actions.system import system
from coremis.kernel.areas.models import Area
from coremis.kernel.areas.services import add_area, define_levels, load_areas
from coremis.modules.registry.services import define_variable

SOURCE = Path(__file__).resolve().parents[3] / "shared" / "data" / "survey" / "costarica_iadb" / "train.csv"
MISSING = f"{SOURCE.parent.name} is not beside this checkout"
REGIONS = {
    "lugar1": "Central", "lugar2": "Chorotega", "lugar3": "Pacífico Central", "lugar4": "Brunca", "lugar5": "Huetar Atlántica",
    "lugar6": "Huetar Norte",
}  # fmt: skip
RELATIONS = (
    "head", "spouse", "child", "child", "child_in_law", "grandchild", "parent", "parent_in_law", "sibling", "other_relative",
    "other_relative", "not_related",
)  # fmt: skip
VARIABLES: dict[str, tuple[str, str, str]] = {
    "rooms": ("dwelling", "NUMBER", "Rooms"),
    "bedrooms": ("dwelling", "NUMBER", "Bedrooms"),
    "refrig": ("dwelling", "BOOLEAN", "Refrigerator"),
    "hhsize": ("household", "NUMBER", "Household size in the survey"),
    "escolari": ("person", "NUMBER", "Years of schooling"),
    "dis": ("person", "BOOLEAN", "Disability"),
}
CLASSES = {"1": "Extreme poverty", "2": "Moderate poverty", "3": "Vulnerable", "4": "Not vulnerable"}
More = Callable[[dict[str, str]], str]
TITLES = [
    "Household key",
    "Person key",
    "Place",
    "Given names",
    "Sex",
    "Age",
    "Relation to the head",
    "Recipient",
    "Declared household size",
]


def build_country() -> dict[str, Area]:
    """One country and its six regions, through the product's own actions; by code."""
    worker = system(define_levels.name, add_area.name, load_areas.name)
    define_levels(names=[{"en": "Country"}, {"en": "Region"}], actor=worker)
    add_area(name="Costa Rica", code="CR", actor=worker)
    load_areas(rows=[{"code": code, "name": name, "parent": "CR"} for code, name in REGIONS.items()], actor=worker)
    return {area.code: area for area in Area.objects.all()}


def define_variables() -> None:
    """The variables that the file brings, through the action; ``target`` is the class of the household."""
    worker: Any = system(define_variable.name)
    for code, (subject, kind, name) in VARIABLES.items():
        define_variable(subject=subject, code=code, names={"en": name}, kind=kind, filterable=True, actor=worker)
    choices = [{"code": code, "names": {"en": name}} for code, name in CLASSES.items()]
    define_variable(
        subject="household", code="target", names={"en": "Class"}, kind="CHOICE", choices=choices, filterable=True, actor=worker
    )


def rewrite(source: Path, target: Path, more: "Mapping[str, More] | None" = None) -> int:
    """Write the survey as a CSV for the import; the number of rows. ``more`` are further columns, each made from a row."""
    count, more = 0, more or {}
    with target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*TITLES, *VARIABLES, "target", *more])
        for row in rows_of(source, more):
            writer.writerow(row)
            count += 1
    return count


def rows_of(source: Path, more: "Mapping[str, More]") -> Iterator[list[str]]:
    """The rows of the survey in the columns of the import."""
    people = survey(source)
    recipients = set(collectors(people).values())
    for row in people:
        relation = next((RELATIONS[place - 1] for place in range(1, 13) if row[f"parentesco{place}"] == "1"), "")
        collects = "yes" if row["Id"] in recipients else ""
        sex = "male" if row["male"] == "1" else "female" if row["female"] == "1" else ""
        region = next((code for code in REGIONS if row[code] == "1"), "")
        about = [row["idhogar"], row["Id"], region, row["Id"], sex, row["age"], relation, collects, row["tamhog"]]
        yield [*about, *(row[code] for code in VARIABLES), row["Target"], *(make(row) for make in more.values())]


def survey(source: Path) -> list[dict[str, str]]:
    """Every row as it was published."""
    with source.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def collectors(people: list[dict[str, str]]) -> dict[str, str]:
    """The Id of who collects, by household: an adult head, else the oldest adult (the first of the same age)."""
    found: dict[str, str] = {}
    for row in sorted(people, key=lambda row: (row["parentesco1"] != "1", -int(row["age"]))):
        if int(row["age"]) >= 18:
            found.setdefault(row["idhogar"], row["Id"])
    return found

"""What files bring: persons with a household key."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.permissions import FURTHER
from coremis.kernel.exchange.kinds import ImportKind
from coremis.kernel.exchange.rows import RowContext, StagedRow, cover
from coremis.modules.intake import choices
from coremis.modules.intake.columns import person_columns
from coremis.modules.intake.dictionary import note_repeated_facts
from coremis.modules.intake.duplicates import note_registered_people, note_repeated_people
from coremis.modules.intake.households import HouseholdChecks, groups_of
from coremis.modules.intake.known import Known
from coremis.modules.intake.persons import check_persons
from coremis.modules.intake.plan import Planner
from coremis.modules.intake.undoing import take_back
from coremis.modules.intake.updates import (
    apply_changes,
    check_changes,
    check_known,
    count_changes,
    household_change_columns,
    note_twice_named,
    person_change_columns,
)
from coremis.modules.intake.writing import apply_persons
from coremis.modules.registry.services import change_household, change_person, register_household

OPEN_FILES = "intake.reveal_files"
FURTHER[OPEN_FILES] = _("Open the files of imports, with everything in them")


def check_households(rows: list[StagedRow], context: RowContext) -> None:
    """Whole households, among themselves and beside the register: the same plan as when they are taken in."""
    known = Known(rows, choices.choices_of(context.batch).source)
    checks = HouseholdChecks(context, known.with_head())
    for key, members in groups_of(rows).items():
        checks.check(key, members)
    plan = Planner(rows, context, known).make()
    count_changes(context, {**plan.person_changes, **plan.household_changes})
    note_registered_people(rows)
    cover(rows, context.columns)


def check_single(rows: list[StagedRow], context: RowContext) -> None:
    """Every row by itself; what is told of masked columns holds no values."""
    check_persons(rows, context)
    cover(rows, context.columns)


def check_whole_file(context: RowContext) -> None:
    """What only the whole file can show."""
    note_repeated_people(context)
    note_repeated_facts(context)


PERSONS = ImportKind(
    "intake.persons", _("Persons with a household key"), person_columns, register_household.name, apply_persons,
    check=check_single, check_groups=check_households, check_file=check_whole_file, undo=take_back, file_permission=OPEN_FILES,
    group_column="household_key", identity_column="person_key", options=choices.NAMES,
)  # fmt: skip
PERSON_CHANGES = ImportKind(
    "intake.person_changes", _("Changes of persons in the register"), person_change_columns, change_person.name, apply_changes,
    check=check_changes, check_groups=check_known, check_file=note_twice_named, undo=take_back, clears=True, options=choices.NAMES,
    file_permission=OPEN_FILES,
)  # fmt: skip
HOUSEHOLD_CHANGES = ImportKind(
    "intake.household_changes", _("Changes of households in the register"), household_change_columns, change_household.name,
    apply_changes, check=check_changes, check_groups=check_known, check_file=note_twice_named, undo=take_back, clears=True,
    options=choices.NAMES, file_permission=OPEN_FILES,
)  # fmt: skip
KINDS = (PERSONS, PERSON_CHANGES, HOUSEHOLD_CHANGES)

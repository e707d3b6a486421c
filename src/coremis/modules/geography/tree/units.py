"""What the rows of a file say about units, and what is wrong among them: twice the same, no unit above, circles, wrong levels."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.text import fold
from coremis.kernel.exchange.models import BatchRow
from coremis.kernel.exchange.rows import BAD, CHUNK, RowContext, StagedRow, as_staged, save_rows
from coremis.modules.geography.tree.columns import CODE, NAME, level_numbers, levels_in
from coremis.modules.geography.tree.known import Known

LONGEST_FILE = 200_000


@dataclass(eq=False)
class Unit:
    """One unit as a row says it; blank where the row says nothing. ``level`` is a position, or what stands there."""

    row: StagedRow
    code: str
    name: str = ""
    parent: str = ""
    level: int | None = None
    since: date | None = None
    until: date | None = None
    former: str = ""

    @property
    def key(self) -> str:
        """A code may return with another period: closed units are told apart by their last day."""
        return f"{self.code}\x1f{self.until}" if self.until else self.code


def units_of(rows: Iterable[StagedRow], context: RowContext) -> list[Unit]:
    """The units of every row, the upper ones first; a unit that several rows name alike stands once."""
    numbers, levels = level_numbers(), levels_in(context.mapped)
    found: dict[tuple[str, str, str], Unit] = {}
    result = []
    for row in rows:
        for unit in _wide(row, levels) if levels else _long(row, numbers):
            if found.setdefault((unit.key, unit.name, unit.parent), unit) is unit or not levels:
                result.append(unit)
    return result


def _long(row: StagedRow, numbers: Mapping[str, int]) -> list[Unit]:
    values = row.values
    level, said = None, values.get("level")
    if said:
        level = numbers.get(str(said).strip().casefold(), numbers.get(fold(str(said))))
        if level is None:
            row.problem("level", _("There is no level “%(level)s”. Write its number or its name."), said, level=said)
    if not values.get("code"):
        row.problem("code", _("This is required. Fill it in."))
        return []
    return [Unit(row, values["code"], values.get("name") or "", values.get("parent") or "", level, *_further(values))]


def _wide(row: StagedRow, levels: list[int]) -> list[Unit]:
    """From the top: each level lies in the one before it that has a code."""
    units: list[Unit] = []
    for number in levels:
        code, name = row.values.get(f"{CODE}{number}") or "", row.values.get(f"{NAME}{number}") or ""
        if name and not code:
            row.problem(f"{CODE}{number}", _("This unit has a name but no code. Give every unit its code."), name)
        elif code:
            units.append(Unit(row, code, name, units[-1].code if units else "", number))
    if not units:
        row.problem("", _("This row names no unit."))
    else:
        units[-1].since, units[-1].until, units[-1].former = _further(row.values)
    return units


def _further(values: Mapping[str, Any]) -> tuple[date | None, date | None, str]:
    since, until = (date.fromisoformat(values[name]) if values.get(name) else None for name in ("valid_from", "valid_until"))
    return since, until, values.get("former_code") or ""


def check_whole_tree(context: RowContext) -> None:
    """What only the whole file can show; rows below a refused one are refused, too."""
    kept = BatchRow.objects.filter(batch=context.batch).order_by("number")
    rows = [as_staged(row) for row in kept.iterator()]
    before = {row.number: len(row.problems) for row in rows}
    if len(rows) > LONGEST_FILE:
        rows[0].problem("", _("A file holds at most %(most)s rows. Send the country in parts."), "", most=LONGEST_FILE)
    units = units_of(rows, context)
    known = Known(context.batch.area)
    note_repeated(units)
    note_places_above(units, known)
    note_closed_above(units, known)
    note_exchanged(units, known)
    note_refused_above(units, known)
    if len(rows) > CHUNK:
        note_order(units)
    save_rows([row for row in rows if len(row.problems) != before[row.number]])


def note_repeated(units: list[Unit]) -> None:
    """The same code in two rows that do not say the same."""
    by_key: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        by_key[unit.key].append(unit)
    for code, same in by_key.items():
        if len(same) > 1:
            numbers = ", ".join(str(unit.row.number) for unit in same[:10])
            for unit in same:
                unit.row.problem("code", _("The same value stands in several rows: %(rows)s."), code.partition("\x1f")[0], rows=numbers)


def note_places_above(units: list[Unit], known: Known) -> None:
    """Every unit lies in one that is in the file or in the country, no unit in itself, and each on its level."""
    by_code = {unit.code: unit for unit in units}
    levels: dict[str, int | None] = {}
    for unit in units:
        trail = [unit]
        while (above := by_code.get(trail[-1].parent)) is not None and above.code not in levels and above not in trail:
            trail.append(above)
        if above is not None and above in trail:
            circle = trail[trail.index(above) :]
            for one in circle:
                one.row.problem("parent", _("This unit lies in itself. Correct the code of the unit above."), one.parent)
                levels[one.code] = None
            trail = trail[: len(trail) - len(circle)]
        for one in reversed(trail):
            levels[one.code] = _level_of(one, by_code, levels, known)


def _level_of(unit: Unit, by_code: Mapping[str, Unit], levels: Mapping[str, int | None], known: Known) -> int | None:
    """The position of a unit; None, with a problem noted, where it has none."""
    held = known.meant(unit)
    if unit.parent in by_code and unit.parent:
        above = levels[unit.parent]
    elif unit.parent:
        parent = known.above(unit)
        above = parent.position if parent else None
        if parent is None:
            sentence = _("The unit above, %(code)s, is neither in the file nor in %(area)s. Add it or correct the code.")
            unit.row.problem("parent", sentence, unit.parent, code=unit.parent, area=known.area.name)
    else:
        above = held.position - 1 if held else known.area.level.position
    if above is None:
        return None
    position = above + 1
    if position not in known.levels:
        unit.row.problem("parent", _("The unit %(code)s lies deeper than the defined levels. Define the levels first."), code=unit.code)
    elif unit.level is not None and unit.level != position:
        words = {"said": known.levels.get(unit.level, str(unit.level)), "found": known.levels[position]}
        unit.row.problem("level", _("The file says %(said)s, but by the unit above it is %(found)s."), unit.level, **words)
    elif held is not None and held.position != position:
        words = {"found": known.levels[held.position]}
        unit.row.problem("parent", _("This unit is known as %(found)s. It can only move within its level."), unit.parent, **words)
    return position


def note_closed_above(units: list[Unit], known: Known) -> None:
    """A unit closes only with all that lies in it, and nothing open lies in a closed unit."""
    ending = {held.pk: unit for unit in units if unit.until and (held := known.meant(unit)) is not None}
    moved = {held.pk for unit in units if unit.parent and not unit.until and (held := known.meant(unit)) is not None}
    still = Counter(held.parent_id for held in known.open if held.pk not in ending and held.pk not in moved)
    for pk, unit in ending.items():
        if still[pk]:
            sentence = _("%(count)s units inside are still open. Close or move them in the same file.")
            unit.row.problem("valid_until", sentence, "", count=still[pk])
    closed = {unit.code for unit in units if unit.until}
    opened = {unit.code for unit in units if not unit.until} | {held.code for held in known.open if held.pk not in ending}
    for unit in units:
        if not unit.until and unit.parent in closed - opened:
            unit.row.problem("parent", _("The unit above, %(code)s, is closed. Choose one that is in use."), unit.parent, code=unit.parent)


def note_exchanged(units: list[Unit], known: Known) -> None:
    """A code that another unit gives up is free when that was taken in (see the decisions); names that change places want a look."""
    freed = {unit.former for unit in units if unit.former and unit.former != unit.code and known.in_use(unit.former)}
    called = {(held.name, unit.name): unit for unit in units if (held := known.meant(unit)) is not None and unit.name}
    for unit in units:
        held = known.meant(unit)
        if held is None:
            continue
        if unit.former in freed and unit.code in freed and unit.former != unit.code:
            sentence = _("“%(code)s” is still the code of %(name)s. First send a file that gives %(name)s a free code, then this row.")
            unit.row.problem("code", sentence, unit.code, code=unit.code, name=held.name)
        elif unit.name != held.name and (unit.name, held.name) in called:
            sentence = _("%(name)s and %(other)s exchange their names. People stay with the code: look whether codes were meant.")
            unit.row.warn("name", sentence, unit.name, name=held.name, other=unit.name)


def note_refused_above(units: list[Unit], known: Known) -> None:
    """What lies in a refused new unit waits with it."""
    inside: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        inside[unit.parent].append(unit)
    held = {area.code for area in known.open}
    waiting = [unit for unit in units if unit.row.state == BAD and unit.code not in held]
    while waiting:
        for below in inside.pop(waiting.pop().code, []):
            if below.row.state != BAD:
                below.row.problem("parent", _("The unit above, %(code)s, is refused. Correct it first."), below.parent, code=below.parent)
                waiting.append(below)


def note_order(units: list[Unit]) -> None:
    """A long file is written in parts: what lies above must come first."""
    place = {unit.code: unit.row.number for unit in reversed(units)}
    for unit in units:
        if place.get(unit.parent, 0) > unit.row.number:
            sentence = _("In a file of more than %(most)s rows, a unit stands above those inside it. Sort the rows by level.")
            unit.row.problem("parent", sentence, unit.parent, most=CHUNK)

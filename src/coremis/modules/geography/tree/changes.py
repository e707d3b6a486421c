"""What a file would change in the tree, and writing it: new units, other names, codes and places above, last days."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.bulk import copy_into, update_from
from coremis.kernel.actions.each import of_each
from coremis.kernel.areas.models import Area, AreaLevel, AreaTree, FormerArea
from coremis.kernel.areas.services import FIRST_DAY, insert_ancestors, insert_areas
from coremis.kernel.base.text import fold
from coremis.kernel.exchange.rows import RowContext, StagedRow
from coremis.modules.geography.crosswalk import write_links
from coremis.modules.geography.models import CodeLink
from coremis.modules.geography.tree.known import Held, Known
from coremis.modules.geography.tree.units import Unit, units_of

EXAMPLES = 3
FORMER = ("area", "name", "code", "parent", "valid_from", "valid_until")
WRITTEN = ("name", "code", "search_name", "full_path", "parent", "valid_from", "valid_until")


@dataclass
class Change:
    """What becomes of one unit: ``said`` holds the new values by column of the file."""

    unit: Unit
    held: Held
    said: dict[str, Any] = field(default_factory=dict)
    day: date = FIRST_DAY

    @property
    def renames(self) -> bool:
        """Whether it is called otherwise, or lies elsewhere, from a day on."""
        return bool({"name", "code", "parent"} & set(self.said))


@dataclass
class Plan:
    """What the rows of one chunk ask for."""

    new: list[Unit]
    changes: list[Change]


def planned(rows: list[StagedRow], context: RowContext, known: Known) -> Plan:
    """The new units and the changes that good rows ask for; what is wrong is noted on the row, what changes nothing marked."""
    units = [unit for unit in units_of(rows, context) if unit.row.good]
    moves = {unit.code for unit in units}
    plan = Plan([], [])
    for unit in units:
        held = known.meant(unit)
        if held is None:
            _check_new(unit, known)
            plan.new.append(unit)
        else:
            change = _change(unit, held, known, moves)
            if change.said:
                plan.changes.append(change)
    busy = {id(unit.row) for unit in plan.new} | {id(change.unit.row) for change in plan.changes}
    for row in rows:
        if row.good and id(row) not in busy:
            row.unchanged()
    plan.new = [unit for unit in plan.new if unit.row.good]
    plan.changes = [change for change in plan.changes if change.unit.row.good]
    return plan


def _check_new(unit: Unit, known: Known) -> None:
    if not unit.name:
        unit.row.problem("name", _("A new unit needs a name."))
    if full := known.longer(unit.code):
        sentence = _("%(full)s is known; a spreadsheet program took zeros away. Make the column a text column and write them again.")
        unit.row.problem("code", sentence, unit.code, full=full)
    ended = known.closed(unit.code)
    if ended is not None and unit.until is None and (unit.since is None or unit.since <= (ended.until or unit.since)):
        sentence = _("This code belonged to a unit that was closed on %(day)s. Give a later first day, or another code.")
        unit.row.problem("code", sentence, unit.code, day=str(ended.until))
    if unit.former and known.closed(unit.former) is None:
        sentence = _("No unit has or had the code %(code)s. Correct it or leave it blank.")
        unit.row.problem("former_code", sentence, unit.former, code=unit.former)
    _check_days(unit, unit.since or FIRST_DAY)


def _check_days(unit: Unit, since: date) -> None:
    if unit.until is not None and unit.until < since:
        unit.row.problem("valid_until", _("The last day lies before the first one, %(day)s."), str(unit.until), day=str(since))
    if unit.until is not None and unit.until > timezone.localdate():
        unit.row.problem("valid_until", _("The last day lies in the future. A unit is closed when it has ended."), str(unit.until))
    if unit.since is not None and unit.since > timezone.localdate():
        unit.row.warn("valid_from", _("This unit begins in the future, but can be chosen from now on."), str(unit.since))


def _change(unit: Unit, held: Held, known: Known, in_file: set[str]) -> Change:
    """How a unit differs from what the file says; only in what the file brings."""
    change = Change(unit, held)
    unit.row.target_id = held.pk
    if held.until is not None:
        return change
    if unit.code != held.code:
        change.said["code"] = unit.code
    elif unit.former and known.in_use(unit.former) and unit.former != unit.code and not known.had(held, unit.former):
        sentence = _("Both %(code)s and %(former)s are in use. Merge the two, or leave the former code blank.")
        unit.row.problem("former_code", sentence, unit.former, code=unit.code, former=unit.former)
    if unit.name and unit.name != held.name:
        change.said["name"] = unit.name
    if unit.parent and (above := known.above(unit)) is None or unit.parent and above is not None and above.pk != held.parent_id:
        change.said["parent"] = unit.parent
    if unit.until is not None:
        change.said["valid_until"] = unit.until
    change.day = _day_of(unit, held)
    if change.renames:
        if change.day > timezone.localdate() and change.day > held.since:
            unit.row.problem("valid_from", _("A new name, code or place above cannot begin in the future."), str(change.day))
    elif unit.since is not None and unit.since != held.since:
        change.said["valid_from"] = unit.since
    _check_days(unit, change.day if change.said.get("valid_from") or change.renames else held.since)
    return change


def _day_of(unit: Unit, held: Held) -> date:
    """The first day of a change: as given where that is later than what held before, else today."""
    if unit.since is not None and unit.since > held.since:
        return unit.since
    return max(timezone.localdate(), held.since)


def check_tree(rows: list[StagedRow], context: RowContext) -> None:
    """Find what each row means, and count what would change by column, with examples, for the preview."""
    plan = planned(rows, context, Known(context.batch.area))
    for change in plan.changes:
        for column, value in change.said.items():
            told = context.tally.setdefault(column, [0, []])
            told[0] += 1
            if len(told[1]) < EXAMPLES:
                told[1].append([f"{change.held.name} ({change.held.code})", _before(change.held, column), str(value)])


def _before(held: Held, column: str) -> str:
    values = {"name": held.name, "code": held.code, "valid_from": held.since}
    return str(values.get(column, ""))


def apply_tree(rows: list[StagedRow], context: RowContext) -> None:
    """One chunk: new units level by level, then what changes; some twenty statements, whatever the number of rows."""
    Area.objects.select_for_update().get(pk=context.batch.area.pk)
    known = Known(context.batch.area)
    plan = planned(rows, context, known)
    made = add_units(plan.new, known)
    for unit in plan.new:
        unit.row.target_id = made[unit.key].pk if unit.key in made else None
    write_links(
        CodeLink(
            former_code=unit.former,
            former_name=ended.name,
            former_area_id=ended.pk,
            area=made[unit.key],
            why=CodeLink.Why.LIST,
            valid_from=unit.since or FIRST_DAY,
            source=context.batch.name[:120],
        )
        for unit in plan.new
        if unit.former and unit.key in made and (ended := known.closed(unit.former)) is not None
    )
    change_units([change for change in plan.changes if change.unit.row.good], known)


def add_units(units: list[Unit], known: Known) -> dict[str, Area]:
    """Insert units, those above before those inside; returns the areas by key."""
    levels = {level.position: level.pk for level in AreaLevel.objects.all()}
    keys = {unit.code: unit.key for unit in units}
    asked = {held.pk: None for unit in units if unit.parent not in keys and (held := known.above(unit)) is not None}
    areas = {area.pk: area for area in Area.objects.filter(pk__in=[*asked, known.area.pk]).select_related("level")}
    made: dict[str, Area] = {"": areas[known.area.pk]}
    waiting = {unit.key: unit for unit in units}
    for unit in units:
        if unit.parent and unit.parent not in keys and (held := known.above(unit)) is not None:
            made[f"held {held.pk}"] = areas[held.pk]
    while waiting:
        rows = {key: _row(unit, keys, known) for key, unit in waiting.items()}
        ready = {key: row for key, row in rows.items() if row["parent"] in made}
        if not ready:
            break
        made.update(insert_areas(ready, made, levels))
        waiting = {key: unit for key, unit in waiting.items() if key not in ready}
    for unit in waiting.values():
        unit.row.problem("parent", _("The unit above, %(code)s, is refused. Correct it first."), unit.parent, code=unit.parent)
    return made


def _row(unit: Unit, keys: dict[str, str], known: Known) -> dict[str, Any]:
    parent = keys.get(unit.parent, "") if unit.parent else ""
    if unit.parent and not parent:
        held = known.above(unit)
        parent = f"held {held.pk}" if held else "?"
    return {"name": unit.name, "code": unit.code, "parent": parent, "valid_from": unit.since or FIRST_DAY, "valid_until": unit.until}


def change_units(changes: list[Change], known: Known) -> None:
    """Write changes: what was called or lay otherwise is kept with its days, codes go into the crosswalk, paths below follow."""
    if not changes:
        return
    fresh = Known(known.area)
    areas = {area.pk: area for area in Area.objects.filter(pk__in=[change.held.pk for change in changes]).select_related("parent")}
    former: list[tuple[Any, ...]] = []
    links: list[CodeLink] = []
    for change in changes:
        area = areas[change.held.pk]
        if change.renames:
            until = max(change.day - timedelta(days=1), area.valid_from)
            former.append((area.pk, area.name, area.code, area.parent_id, area.valid_from, until))
            if "code" in change.said:
                links.append(
                    CodeLink(
                        former_code=area.code,
                        former_name=area.name,
                        former_area=area,
                        area=area,
                        why=CodeLink.Why.RENAME,
                        valid_from=change.day,
                    )
                )
            area.valid_from = change.day
        _take_over(area, change, fresh)
    copy_into(FormerArea, FORMER, former)
    write_links(links, searchable=False)
    moved = [change.held.pk for change in changes if "parent" in change.said]
    write_units(areas, moved)


def _take_over(area: Area, change: Change, fresh: Known) -> None:
    area.name, area.code = change.said.get("name", area.name), change.said.get("code", area.code)
    area.valid_from, area.valid_until = change.said.get("valid_from", area.valid_from), change.said.get("valid_until", area.valid_until)
    if "parent" in change.said and (above := fresh.find(change.unit.parent)) is not None:
        area.parent_id = above.pk


def write_units(areas: dict[int, Area], moved: Iterable[int]) -> None:
    """Save changed units, with the paths and ancestors of everything below them; nine statements."""
    inside = Area.objects.filter(ancestors_of__ancestor__in=areas).distinct()
    found = {area.pk: areas.get(area.pk, area) for area in inside.select_related("level").order_by("level__position", "pk")}
    parents = Area.objects.in_bulk({area.parent_id for area in found.values() if area.parent_id and area.parent_id not in found})
    paths: dict[int, str] = {}
    for area in found.values():
        area.search_name = fold(area.name)
        above = found.get(area.parent_id or 0) or parents.get(area.parent_id or 0)
        prefix = paths.get(above.pk, above.full_path) if above is not None and above.parent_id else ""
        paths[area.pk] = f"{prefix}/{area.search_name}".lstrip("/")
    values = {
        pk: {**{name: getattr(area, name) for name in WRITTEN if name not in ("parent", "full_path")}, "parent": area.parent_id,
             "full_path": paths[pk]}
        for pk, area in found.items()
        if pk in areas or paths[pk] != area.full_path
    }  # fmt: skip
    update_from(Area.objects.filter(pk__in=list(values)), **{name: of_each(Area, name, values) for name in WRITTEN})
    below_moved = list(AreaTree.objects.filter(ancestor_id__in=list(moved)).values_list("descendant_id", flat=True).distinct())
    if below_moved:
        AreaTree.objects.filter(descendant_id__in=below_moved).delete()
        _insert_by_level([found[pk] for pk in found if pk in set(below_moved)])


def _insert_by_level(areas: list[Area]) -> None:
    """The ancestors again, upper levels first, because each level reads those of the one above."""
    for position in sorted({area.level.position for area in areas}):
        insert_ancestors([area for area in areas if area.level.position == position])

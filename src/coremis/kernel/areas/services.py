"""Actions on areas: levels, single units, whole trees, renaming and moving with dates."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import check_created_places, copy_into, update_from
from coremis.kernel.actions.context import Actor, required
from coremis.kernel.areas.models import Area, AreaLevel, AreaTree, FormerArea
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.base.text import fold

NAME_LENGTH, CODE_LENGTH = 120, 40
FIRST_DAY = date(1900, 1, 1)  # of units that were always there


@action(_("Define the administrative levels"))
def define_levels(*, names: list[dict[str, str]], actor: Actor) -> int:
    """Name the levels from the country (first) downwards; ``names`` holds one text per language for each. Existing ones are renamed."""
    existing = {level.position: level for level in AreaLevel.objects.all()}
    for position, texts in enumerate(names):
        level = existing.get(position) or AreaLevel(position=position)
        level.names = texts
        level.save()
    return len(names)


@action(_("Add an administrative unit"))
def add_area(*, name: str, code: str, parent: Area | None = None, valid_from: date | None = None, actor: Actor) -> Area:
    """Add one unit below ``parent``; without a parent it is the country, of which there is one."""
    position = parent.level.position + 1 if parent else 0
    level = AreaLevel.objects.filter(position=position).first()
    if level is None:
        raise Refusal(_("There is no level below “%(name)s”. Define the levels first."), name=parent.name if parent else "–")
    if parent is None and Area.objects.filter(parent=None).exists():
        raise Refusal(_("There is a country already. Choose the unit in which the new one lies."))
    _check_name(name, code)
    if parent is not None:
        _check_open(parent)
    area = Area(level=level, parent=parent, name=name.strip(), code=code.strip(), valid_from=valid_from or FIRST_DAY)
    area.save()
    return area


@action(_("Rename an administrative unit"))
def rename_area(*, area: Area, name: str, code: str, on: date | None = None, actor: Actor) -> Area:
    """Give a new name or code from a date; the former ones stay searchable."""
    _check_name(name, code, of=area)
    day = _day_of_change(area, on)
    _keep_former(area, day)
    area.name, area.code, area.valid_from = name.strip(), code.strip(), day
    _save_with_paths(area)
    return area


@action(_("Move an administrative unit"))
def move_area(*, area: Area, parent: Area, on: date | None = None, actor: Actor) -> Area:
    """Put a unit, with all below it, into another one of the same level as its present parent."""
    if area.parent_id is None or parent.level.position != area.level.position - 1:
        raise Refusal(_("“%(name)s” can only move into a unit one level above it."), name=area.name)
    _check_open(parent)
    day = _day_of_change(area, on)
    _keep_former(area, day)
    inside = list(AreaTree.objects.filter(ancestor=area).values_list("descendant_id", "depth"))
    old_above = AreaTree.objects.filter(descendant=area, depth__gt=0).values("ancestor_id")
    AreaTree.objects.filter(
        descendant_id__in=[own for own, _depth in inside], ancestor_id__in=list(old_above.values_list("ancestor_id", flat=True))
    ).delete()
    above = list(AreaTree.objects.filter(descendant=parent).values_list("ancestor_id", "depth"))
    AreaTree.objects.bulk_create(
        [AreaTree(ancestor_id=up, descendant_id=own, depth=high + deep + 1) for up, high in above for own, deep in inside]
    )
    area.parent, area.valid_from = parent, day
    _save_with_paths(area)
    return area


@action(_("Close an administrative unit"))
def close_area(*, area: Area, until: date, actor: Actor) -> Area:
    """End a unit that no longer exists; what lies in it stays readable. Units inside it must be closed or moved first."""
    if Area.objects.filter(parent=area, valid_until=None).exists():
        raise Refusal(_("“%(name)s” still has units inside it. Close or move them first."), name=area.name)
    if until < area.valid_from:
        raise Refusal(_("“%(name)s” began after this date. Give a later one."), name=area.name)
    area.valid_until = until
    area.save()
    return area


@action(_("Load administrative units from a list"))
def load_areas(*, rows: list[dict[str, Any]], actor: Actor) -> int:
    """Add many units at once: each row has ``code``, ``name``, ``parent`` (the parent's code, empty for the country).

    Rows whose code exists already are left as they are. Parents may come after their children in the list.
    """
    levels = {level.position: level.pk for level in AreaLevel.objects.all()}
    known = {area.code: area for area in Area.objects.filter(valid_until=None).select_related("level")}
    waiting = {code: row for code, row in _by_code(rows).items() if code not in known}
    added = 0
    while waiting:
        ready = {code: row for code, row in waiting.items() if not row["parent"] or row["parent"] in known}
        if not ready:
            raise Refusal(_("The unit %(code)s lies in one that is not in the list. Add the missing unit."), code=next(iter(waiting)))
        if len([code for code, row in ready.items() if not row["parent"]]) > (0 if known else 1):
            raise Refusal(_("There is one country only. Say in which unit each of the others lies."))
        known.update(insert_areas(ready, known, levels))
        added += len(ready)
        waiting = {code: row for code, row in waiting.items() if code not in ready}
    return added


def _by_code(rows: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for number, row in enumerate(rows, 1):
        texts = {name: str(row.get(name) or "").strip() for name in ("code", "name", "parent")}
        if not texts["code"] or not texts["name"]:
            raise Refusal(_("Row %(number)s needs a code and a name."), number=number)
        if len(texts["name"]) > NAME_LENGTH or len(texts["code"]) > CODE_LENGTH:
            raise Refusal(_("A name has at most %(name)s letters, a code %(code)s."), name=NAME_LENGTH, code=CODE_LENGTH)
        if texts["code"] in found:
            raise Refusal(_("The code %(code)s stands twice in the list. Give each unit its own code."), code=texts["code"])
        found[texts["code"]] = texts
    return found


def insert_areas(ready: Mapping[str, Mapping[str, Any]], known: Mapping[str, Area], levels: Mapping[int, int]) -> dict[str, Area]:
    """Add the units whose parents are known, with their ancestors; returns them by code. As many queries for ten as for ten thousand.

    For use inside an action. A row has ``name`` and ``parent`` (a key of ``known``, empty for the country), and may have ``code`` (by
    default its key), ``valid_from`` and ``valid_until``.
    """
    rows = []
    for code, row in ready.items():
        parent = known.get(row["parent"])
        position = parent.level.position + 1 if parent else 0
        if position not in levels:
            raise Refusal(_("The unit %(code)s lies deeper than the defined levels. Define the levels first."), code=code)
        above = parent.full_path if parent and parent.parent_id else ""
        path = f"{above}/{fold(row['name'])}".lstrip("/")
        dates = (row.get("valid_from") or FIRST_DAY, row.get("valid_until"))
        rows.append((levels[position], parent.pk if parent else None, row["name"], row.get("code", code), fold(row["name"]), path, *dates))
    columns = ("level", "parent", "name", "code", "search_name", "full_path", "valid_from", "valid_until")
    copy_into(Area, columns, rows, check_places=False)
    bare = Area.objects.filter(created_event_id=required().event.pk, ancestors_of=None).select_related("level")
    made = {(area.code, area.valid_until): area for area in bare}
    insert_ancestors(list(made.values()))
    return {code: made[row.get("code", code), row.get("valid_until")] for code, row in ready.items()}


def insert_ancestors(areas: Sequence[Area]) -> None:
    """Write the ancestors of units that have none, themselves included; those of their parents must be there."""
    above_of: dict[int | None, list[tuple[int, int]]] = {}
    parents = {area.parent_id for area in areas}
    for ancestor, descendant, depth in AreaTree.objects.filter(descendant_id__in=parents).values_list(
        "ancestor_id", "descendant_id", "depth"
    ):
        above_of.setdefault(descendant, []).append((ancestor, depth + 1))
    rows = ((above, area.pk, depth) for area in areas for above, depth in [(area.pk, 0), *above_of.get(area.parent_id, [])])
    copy_into(AreaTree, ("ancestor", "descendant", "depth"), rows)
    check_created_places(Area, required())


def _check_name(name: str, code: str, of: Area | None = None) -> None:
    if not name.strip() or not code.strip():
        raise Invalid(_("A unit needs a name and a code."), {"name": [_("This is required.")], "code": [_("This is required.")]})
    if len(name.strip()) > NAME_LENGTH or len(code.strip()) > CODE_LENGTH:
        raise Refusal(_("A name has at most %(name)s letters, a code %(code)s."), name=NAME_LENGTH, code=CODE_LENGTH)
    if Area.objects.filter(code=code.strip(), valid_until=None).exclude(pk=of.pk if of else 0).exists():
        raise Invalid(_("The code %(code)s is in use. Give another one."), {"code": [_("This code is in use.")]}, code=code)


def _check_open(parent: Area) -> None:
    if parent.valid_until is not None:
        raise Refusal(_("“%(name)s” is closed. Choose a unit that is in use."), name=parent.name)


def _day_of_change(area: Area, on: date | None) -> date:
    today = timezone.localdate()
    day = on or max(today, area.valid_from)
    if day > max(today, area.valid_from) or day < area.valid_from:
        raise Refusal(_("The date must lie between %(first)s and today."), first=area.valid_from)
    return day


def _keep_former(area: Area, day: date) -> None:
    until = max(day - timedelta(days=1), area.valid_from)
    FormerArea(area=area, name=area.name, code=area.code, parent=area.parent, valid_from=area.valid_from, valid_until=until).save()


def _save_with_paths(area: Area) -> None:
    """Save a unit and, in one go, the paths of all units below it, which begin with its own."""
    before = area.full_path
    area.save()
    if area.parent_id and area.full_path != before:
        inside = Area.objects.filter(ancestors_of__ancestor=area).exclude(pk=area.pk)
        update_from(inside, full_path=Concat(Value(area.full_path), Substr("full_path", len(before) + 1)))

"""Actions on areas: levels, single units, whole trees, renaming and moving with dates."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import check_created_places, copy_into
from coremis.kernel.actions.context import Actor, required
from coremis.kernel.areas.models import Area, AreaLevel, AreaTree, FormerArea
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.base.text import fold


@action(_("Define the administrative levels"))
def define_levels(*, names: list[dict], actor: Actor) -> int:
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
    if not name.strip() or not code.strip():
        raise Invalid(_("A unit needs a name and a code."), {"name": [_("This is required.")], "code": [_("This is required.")]})
    if Area.objects.filter(code=code.strip(), valid_until=None).exists():
        raise Invalid(_("The code %(code)s is in use. Give another one."), {"code": [_("This code is in use.")]}, code=code)
    area = Area(level=level, parent=parent, name=name.strip(), code=code.strip(), valid_from=valid_from or date(1900, 1, 1))
    area.save()
    return area


@action(_("Rename an administrative unit"))
def rename_area(*, area: Area, name: str, code: str, on: date | None = None, actor: Actor) -> Area:
    """Give a new name or code from a date; the former ones stay searchable."""
    day = on or timezone.localdate()
    _keep_former(area, day)
    area.name, area.code, area.valid_from = name.strip(), code.strip(), day
    area.save()
    _renew_paths(area)
    return area


@action(_("Move an administrative unit"))
def move_area(*, area: Area, parent: Area, on: date | None = None, actor: Actor) -> Area:
    """Put a unit, with all below it, into another one of the same level as its present parent."""
    if area.parent_id is None or parent.level.position != area.level.position - 1:
        raise Refusal(_("“%(name)s” can only move into a unit one level above it."), name=area.name)
    day = on or timezone.localdate()
    _keep_former(area, day)
    inside = list(AreaTree.objects.filter(ancestor=area).values_list("descendant_id", "depth"))
    old_above = AreaTree.objects.filter(descendant=area, depth__gt=0).values("ancestor_id")
    AreaTree.objects.filter(descendant_id__in=[own for own, _depth in inside], ancestor_id__in=list(old_above.values_list("ancestor_id", flat=True))).delete()
    above = list(AreaTree.objects.filter(descendant=parent).values_list("ancestor_id", "depth"))
    AreaTree.objects.bulk_create(
        [AreaTree(ancestor_id=up, descendant_id=own, depth=high + deep + 1) for up, high in above for own, deep in inside]
    )
    area.parent, area.valid_from = parent, day
    area.save()
    _renew_paths(area)
    return area


@action(_("Close an administrative unit"))
def close_area(*, area: Area, until: date, actor: Actor) -> Area:
    """End a unit that no longer exists; what lies in it stays readable. Units inside it must be closed or moved first."""
    if Area.objects.filter(parent=area, valid_until=None).exists():
        raise Refusal(_("“%(name)s” still has units inside it. Close or move them first."), name=area.name)
    area.valid_until = until
    area.save()
    return area


@action(_("Load administrative units from a list"))
def load_areas(*, rows: list[dict], actor: Actor) -> int:
    """Add many units at once: each row has ``code``, ``name``, ``parent`` (the parent's code, empty for the country).

    Rows whose code exists already are left as they are. Parents may come after their children in the list.
    """
    levels = {level.position: level.pk for level in AreaLevel.objects.all()}
    known = {area.code: area for area in Area.objects.filter(valid_until=None).select_related("level")}
    waiting = {str(row["code"]).strip(): row for row in rows if str(row["code"]).strip() not in known}
    added = 0
    while waiting:
        ready = {code: row for code, row in waiting.items() if not row.get("parent") or str(row["parent"]).strip() in known}
        if not ready:
            raise Refusal(_("The unit %(code)s lies in one that is not in the list. Add the missing unit."), code=next(iter(waiting)))
        _insert_level(ready, known, levels)
        known.update({area.code: area for area in Area.objects.filter(code__in=list(ready), valid_until=None).select_related("level")})
        added += len(ready)
        waiting = {code: row for code, row in waiting.items() if code not in ready}
    return added


def _insert_level(ready: dict[str, dict[str, Any]], known: dict[str, Area], levels: dict[int, int]) -> None:
    rows = []
    for code, row in ready.items():
        parent = known[str(row["parent"]).strip()] if row.get("parent") else None
        position = parent.level.position + 1 if parent else 0
        if position not in levels:
            raise Refusal(_("The unit %(code)s lies deeper than the defined levels. Define the levels first."), code=code)
        name = str(row["name"]).strip()
        above = parent.full_path if parent and parent.parent_id else ""
        rows.append((levels[position], parent.pk if parent else None, name, code, fold(name), f"{above}/{fold(name)}".lstrip("/"), date(1900, 1, 1), None))
    columns = ("level", "parent", "name", "code", "search_name", "full_path", "valid_from", "valid_until")
    copy_into(Area, columns, rows, check_places=False)
    parents = dict(Area.objects.filter(code__in=list(ready), valid_until=None).values_list("pk", "parent_id"))
    above_of: dict[int, list[tuple[int, int]]] = {}
    for ancestor, descendant, depth in AreaTree.objects.filter(descendant_id__in=set(parents.values())).values_list("ancestor_id", "descendant_id", "depth"):
        above_of.setdefault(descendant, []).append((ancestor, depth))
    own = [AreaTree(ancestor_id=pk, descendant_id=pk, depth=0) for pk in parents]
    up = [AreaTree(ancestor_id=a, descendant_id=pk, depth=d + 1) for pk, parent in parents.items() for a, d in above_of.get(parent, [])]
    AreaTree.objects.bulk_create([*own, *up], batch_size=2000)
    check_created_places(Area, required())


def _keep_former(area: Area, day: date) -> None:
    FormerArea(
        area=area, name=area.name, code=area.code, parent=area.parent, valid_from=area.valid_from, valid_until=day - timedelta(days=1)
    ).save()


def _renew_paths(area: Area) -> None:
    for child in Area.objects.filter(parent=area).select_related("parent"):
        child.save()
        _renew_paths(child)

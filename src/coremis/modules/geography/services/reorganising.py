"""Merging and splitting units: dated, with a crosswalk, and with the people who live there."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import Assignment
from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import copy_into
from coremis.kernel.actions.context import Actor
from coremis.kernel.areas.models import Area
from coremis.kernel.areas.services import add_area, close_area, move_area
from coremis.kernel.areas.uses import AreaUse
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.module.contributions import contributions
from coremis.modules.geography.crosswalk import write_links
from coremis.modules.geography.models import CodeLink
from coremis.modules.geography.services.moving import move_people
from coremis.modules.geography.services.units import check_begun, check_ending
from coremis.modules.geography.uses import running_rights

INNER = (add_area, move_area, close_area)
MOST_PARTS = 20
ASSIGNED = ("user", "profile", "area", "valid_from", "valid_until")


@action(_("Merge units"), approvable=True, covers=(*INNER, move_people))
def merge_units(
    *, areas: list[Area], on: date, name: str = "", code: str = "", into: Area | None = None, source: str = "",
    carry_rights: bool = True, actor: Actor,
) -> Area:  # fmt: skip
    """Several units of one level become one from a day: a new one, or ``into``, one of them or another that goes on.

    What lies inside moves into it, and so do the households and people who live there, by work in the background. The others
    close on the day before, and their codes lead to it. ``carry_rights`` gives it to the users of the merged units.
    """
    ending = [area for area in areas if into is None or area.pk != into.pk]
    check_merge(areas, ending, into, on)
    target = into or add_area(name=name, code=code, parent=areas[0].parent, valid_from=on, actor=actor)
    for area in ending:
        for inside in Area.objects.filter(parent=area, valid_until=None).select_related("level", "parent"):
            move_area(area=inside, parent=target, on=max(on, inside.valid_from), actor=actor)
        close_area(area=area, until=on - timedelta(days=1), actor=actor)
        follow(area, [target], on, carry_rights, actor)
    write_links(
        CodeLink(
            former_code=area.code,
            former_name=area.name,
            former_area=area,
            area=target,
            why=CodeLink.Why.MERGE,
            valid_from=on,
            source=source,
        )
        for area in ending
    )
    move_people(from_areas=ending, to=target, actor=actor)
    return target


def check_merge(areas: Sequence[Area], ending: Sequence[Area], into: Area | None, day: date) -> None:
    """Refuse what cannot become one."""
    check_begun(day)
    if len({area.pk for area in (*areas, *([into] if into else []))}) < 2:
        raise Refusal(_("Choose at least two units to merge."))
    if len({area.level_id for area in (*areas, *([into] if into else []))}) > 1:
        raise Refusal(_("Only units of one level can be merged."))
    if into is not None and into.valid_until is not None:
        raise Refusal(_("“%(name)s” is closed. Choose a unit that is in use."), name=into.name)
    for area in ending:
        check_ending(area, day)


@action(_("Split a unit"), approvable=True, covers=(*INNER, move_people))
def split_unit(
    *, area: Area, parts: list[dict[str, Any]], on: date, goes_on: bool = False, source: str = "", carry_rights: bool = True, actor: Actor
) -> list[Area]:
    """One unit becomes several from a day. Each part has ``code``, ``name``, ``share`` (of the former unit) and ``inside``.

    ``inside`` lists the codes of the units that come to lie in the part. Where the unit ``goes_on`` it keeps its code and what no
    part takes; otherwise it closes and every unit inside must go to a part. Households that live in the very unit stay there
    until it is said where they belong: see ``move_people`` and the file of households.
    """
    check_split(area, parts, on, goes_on)
    made = []
    inside = {one.code: one for one in Area.objects.filter(parent=area, valid_until=None).select_related("level", "parent")}
    for part in parts:
        new = add_area(name=part["name"], code=part["code"], parent=area.parent, valid_from=on, actor=actor)
        for code in part["inside"]:
            move_area(area=inside[code], parent=new, on=max(on, inside[code].valid_from), actor=actor)
        made.append(new)
    if not goes_on:
        close_area(area=area, until=on - timedelta(days=1), actor=actor)
    follow(area, made, on, carry_rights, actor)
    rest = 1 - sum(float(part["share"]) for part in parts)
    targets = [*zip(made, (float(part["share"]) for part in parts), strict=True), *([(area, rest)] if goes_on and rest > 0 else [])]
    write_links(
        CodeLink(
            former_code=area.code, former_name=area.name, former_area=area, area=target, share=share, why=CodeLink.Why.SPLIT,
            valid_from=on, source=source,
        )
        for target, share in targets
    )  # fmt: skip
    return made


def check_split(area: Area, parts: Sequence[dict[str, Any]], day: date, goes_on: bool) -> None:
    """Refuse parts that do not make up the whole."""
    check_begun(day)
    check_ending(area, day)
    if not (1 if goes_on else 2) <= len(parts) <= MOST_PARTS:
        raise Refusal(_("Write at least two parts, or one where the unit goes on."))
    shares = [float(part.get("share") or 0) for part in parts]
    if any(share <= 0 for share in shares) or sum(shares) > 1.000001 or (not goes_on and sum(shares) < 0.999):
        raise Refusal(_("The shares of the parts must come to 100 %. Where the unit goes on, to less."))
    given = [code for part in parts for code in part.get("inside", [])]
    held = set(Area.objects.filter(parent=area, valid_until=None).values_list("code", flat=True))
    if len(given) != len(set(given)) or not set(given) <= held:
        raise Refusal(_("A unit inside goes to one part only. Correct the parts."))
    if not goes_on and set(given) != held:
        missing = ", ".join(sorted(held - set(given))[:10])
        raise Refusal(_("Say to which part these units belong: %(codes)s."), codes=missing)


def follow(old: Area, new: Sequence[Area], day: date, carry_rights: bool, actor: Actor) -> None:
    """Let the modules follow a place that became others, and the rights of users where that was agreed."""
    for use in contributions(AreaUse):
        if use.follow is not None:
            use.follow(old, new, day, actor)
    if carry_rights:
        give_rights(old, new)


def give_rights(old: Area, new: Sequence[Area]) -> int:
    """The users of a former place hold the same profiles in the new ones for as long; what they held before stays as it was."""
    held: dict[Any, list[tuple[date, date]]] = defaultdict(list)
    for row in running_rights([area.pk for area in new]):
        held[row.user_id, row.profile_id, row.area_id].append((row.valid_from, row.valid_until or date.max))
    rows = []
    for row in running_rights([old.pk]):
        for area in new:
            spans = held[row.user_id, row.profile_id, area.pk]
            since, until = max(row.valid_from, timezone.localdate()), row.valid_until or date.max
            if any(first <= since and until <= last for first, last in spans):
                continue
            later = [first for first, last in spans if last == date.max]
            if until == date.max and later:  # there is one open assignment at most
                until = later[0] - timedelta(days=1)
            spans.append((since, until))
            rows.append((row.user_id, row.profile_id, area.pk, since, None if until == date.max else until))
    return copy_into(Assignment, ASSIGNED, rows)

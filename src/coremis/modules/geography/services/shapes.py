"""Outlines of places from GeoJSON: matched, repaired, simplified, and kept; what cannot be used is told by name.

The file is read three times, feature by feature: once to learn how it names the places, once to find the usable outlines, and once
to simplify and keep them beside those that touch them. Each time goes on where it was stopped, and memory holds one part of the file.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import copy_into, update_from
from coremis.kernel.actions.context import Actor, required
from coremis.kernel.actions.each import of_each
from coremis.kernel.actions.long import steps_of
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.storage import path_of
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.work import Level, Work
from coremis.modules.geography.geojson import Feature, feature_at, features_from, features_of
from coremis.modules.geography.matching import Matcher, feature_words
from coremis.modules.geography.models import AreaShape, OutlinePart
from coremis.modules.geography.outlines import REPAIRS, Outline, bbox, centroid, clean, points_in, simplify, tolerance_for

SHAPE = ("area", "geometry", "bbox", "centroid", "source")
PART = ("job_id", "number", "area", "start", "end", "points", "west", "south", "east", "north")
TOLD = 200  # sentences about single features
READ_BYTES, MOST_READ = 4_000_000, 1_000  # of one chunk
DRAWN_POINTS, MOST_DRAWN = 50_000, 500
LEARN, READ, DRAW = "learn", "read", "draw"


@action(_("Load outlines of places"))
def load_outlines(*, sha256: str, name: str, source: str = "", actor: Actor) -> Job:
    """Outlines from a GeoJSON file that is kept; work in the background reads, repairs and simplifies them.

    They take the place of those that are there. The report of the work says which outline was repaired or left out, and why.
    """
    with path_of(sha256).open("rb") as file:
        next(features_of(file))  # refused at once where it is no such file; the work reads all of it before it writes
    return outline_steps.start(
        {"sha256": sha256, "source": source.strip() or name[:120]}, title_params={"name": name[:120]},
        unique_key=f"geography.outlines:{required().event.pk}",
    )  # fmt: skip


@steps_of(load_outlines, title=_("Load the outlines of %(name)s"))
def outline_steps(work: Work) -> bool:
    """One chunk of the way through the file; at most ten statements, whatever the number of outlines."""
    return bool(PHASES[work.cursor.get("phase", LEARN)](work))


@outline_steps.finish
def end_outlines(work: Work) -> None:
    """What was left out, in all, and no trace of the parts."""
    work.report["refused"], work.done = work.cursor["refused"], work.total or work.done
    parts_of(work).delete()


@outline_steps.abandon
def stop_outlines(work: Work) -> bool:
    """Outlines that were kept before the end stay; the file can be sent again."""
    parts_of(work).delete()
    return False


def parts_of(work: Work) -> Any:
    """What this work has found in its file."""
    return OutlinePart.objects.filter(job_id=work.job_id)


def learn(work: Work) -> bool:
    """Read the whole file once: whether it is one, how many outlines it holds, and what names their places."""
    matcher = matcher_of()
    with opened(work) as file:
        count = matcher.learn(features_of(file))
        file.seek(0)
        first = next(features_of(file))
    if matcher.key:
        work.log(_("The places were found by “%(name)s”."), name=matcher.key)
    work.total = 2 * count
    work.report = {"new": 0, "changed": 0, "unchanged": 0, "points": 0}
    work.cursor = {
        "phase": READ, "key": matcher.key, "level": matcher.level, "number": 0, "at": first.start, "box": None,
        "refused": 0, "repaired": {},
    }  # fmt: skip
    return True


def read(work: Work) -> bool:
    """Find the usable outlines of a part of the file; the others are told with the reason, at most ``TOLD``."""
    cursor, size = work.cursor, 0
    features: list[Feature] = []
    with opened(work) as file:
        for feature in features_from(file, cursor["at"], cursor["number"]):
            features.append(feature)
            size += feature.end - feature.start
            if size >= READ_BYTES or len(features) >= MOST_READ:
                break
        else:
            cursor["phase"] = DRAW
    usable = find_usable(features, matcher_of(cursor["key"], cursor["level"]), work)
    copy_into(OutlinePart, PART, usable)
    if features:
        cursor |= {"at": features[-1].end, "number": features[-1].number}
    work.done += len(features)
    if usable:
        boxes = [row[-4:] for row in usable] + ([cursor["box"]] if cursor["box"] else [])
        cursor["box"] = around(boxes)
    if cursor["phase"] == DRAW:
        tell_repairs(work)
        cursor["number"] = 0
    return cursor["phase"] == READ or cursor["box"] is not None


def find_usable(features: Sequence[Feature], matcher: Matcher, work: Work) -> list[tuple[Any, ...]]:
    """The rows of the outlines that can be used, in the order of ``PART``."""
    found: dict[int, tuple[Any, ...]] = {}
    repaired = Counter(work.cursor["repaired"])
    taken = set(parts_of(work).values_list("area_id", flat=True))
    for feature in features:
        try:
            area = matcher.find(feature)
            if area.pk in found or area.pk in taken:
                raise Refusal(_("Another outline of the file is for %(place)s, too."), place=area.name)
            cleaned = clean(feature.geometry)
            points = points_in(cleaned.outline)
            found[area.pk] = (work.job_id, feature.number, area.pk, feature.start, feature.end, points, *bbox(cleaned.outline))
            repaired.update(cleaned.repairs)
        except Refusal as problem:
            work.cursor["refused"] += 1
            if work.cursor["refused"] <= TOLD:
                work.log(_("%(name)s was left out: %(reason)s"), Level.WARNING, name=feature_words(feature), reason=str(problem))
    work.cursor["repaired"] = dict(repaired)
    return list(found.values())


def tell_repairs(work: Work) -> None:
    """What was repaired, and how many more were left out than were told."""
    for repair, count in work.cursor["repaired"].items():
        work.log(_("Repaired in %(count)s outlines: %(what)s."), count=count, what=REPAIRS[repair])
    if work.cursor["refused"] > TOLD:
        work.log(_("%(count)s more were left out."), Level.WARNING, count=work.cursor["refused"] - TOLD)


def draw(work: Work) -> bool:
    """Simplify and keep the next outlines, beside all that touch them: borders that two share stay the same, whoever comes first."""
    mine = next_parts(work)
    if not mine:
        return False
    with opened(work) as file:
        own = [outline_of(file, part) for part in mine]
        beside = [outline_of(file, part) for part in touching(mine, work)]
    west, south, east, north = work.cursor["box"]
    tolerance = tolerance_for([[[[(west, south), (east, north)]]]])
    simple = simplify(own, tolerance, beside)
    told = keep_shapes([part.area_id for part in mine], simple, work.params["source"])
    for name, count in {**told, "points": sum(map(points_in, simple))}.items():
        work.report[name] += count
    work.cursor["number"] = mine[-1].number
    work.done += len(mine)
    return True


def next_parts(work: Work) -> list[OutlinePart]:
    """As many outlines as memory shall hold at once; always one."""
    chosen: list[OutlinePart] = []
    points = 0
    for part in parts_of(work).filter(number__gt=work.cursor["number"]).order_by("number")[:MOST_DRAWN]:
        points += part.points
        if chosen and points > DRAWN_POINTS:
            break
        chosen.append(part)
    return chosen


def touching(mine: Sequence[OutlinePart], work: Work) -> list[OutlinePart]:
    """The other outlines whose boxes meet one of these. One statement."""
    west, south, east, north = around([box_of(part) for part in mine])
    near = parts_of(work).filter(west__lte=east, east__gte=west, south__lte=north, north__gte=south)
    others = near.exclude(pk__in=[part.pk for part in mine]).order_by("number")
    return [part for part in others if any(meet(box_of(part), box_of(own)) for own in mine)]


def box_of(part: OutlinePart) -> tuple[float, float, float, float]:
    """West, south, east, north."""
    return part.west, part.south, part.east, part.north


def meet(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether two boxes have a point in common."""
    return one[0] <= other[2] and one[2] >= other[0] and one[1] <= other[3] and one[3] >= other[1]


def around(boxes: Iterable[Sequence[float]]) -> list[float]:
    """The box that holds all of these."""
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return [min(wests), min(souths), max(easts), max(norths)]


def outline_of(file: Any, part: OutlinePart) -> Outline:
    """The repaired outline, again from the file."""
    return clean(feature_at(file, part.number, part.start, part.end).geometry).outline


def opened(work: Work) -> Any:
    """The kept file."""
    return path_of(work.params["sha256"]).open("rb")


def matcher_of(key: str = "", level: int | None = None) -> Matcher:
    """What knows the places of whoever loads them."""
    visible = required().actor.places_for(required().permission)
    return Matcher(None if visible.everywhere else visible.areas(), key, level)


def keep_shapes(areas: Sequence[int], outlines: Sequence[Outline], source: str) -> dict[str, int]:
    """New outlines are added, other ones replace what was there, equal ones are left alone; six statements."""
    held = {shape.area_id: shape for shape in AreaShape.objects.filter(area__in=areas)}
    fresh, changed = [], {}
    for area, outline in zip(areas, outlines, strict=True):
        geometry = [[[list(point) for point in ring] for ring in polygon] for polygon in outline]
        values = {"geometry": geometry, "bbox": bbox(outline), "centroid": centroid(outline), "source": source}
        if area not in held:
            fresh.append((area, *values.values()))
        elif held[area].geometry != geometry:
            changed[held[area].pk] = values
    copy_into(AreaShape, SHAPE, fresh)
    update_from(
        AreaShape.objects.filter(pk__in=list(changed)),
        **{name: of_each(AreaShape, name, changed) for name in ("geometry", "bbox", "centroid", "source")},
    )
    return {"new": len(fresh), "changed": len(changed), "unchanged": len(areas) - len(fresh) - len(changed)}


PHASES: Mapping[str, Any] = {LEARN: learn, READ: read, DRAW: draw}

"""Outlines of places from GeoJSON: matched, repaired, simplified, and kept; what cannot be used is told by name."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import copy_into, update_from
from coremis.kernel.actions.context import Actor, required
from coremis.kernel.actions.each import of_each
from coremis.kernel.actions.long import steps_of
from coremis.kernel.areas.models import Area
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.storage import path_of
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.work import Level, Work
from coremis.modules.geography.matching import Matcher, feature_words
from coremis.modules.geography.models import AreaShape
from coremis.modules.geography.outlines import (
    REPAIRS,
    Cleaned,
    Feature,
    bbox,
    centroid,
    clean,
    points_in,
    read_features,
    simplify,
    tolerance_for,
)

SHAPE = ("area", "geometry", "bbox", "centroid", "source")
TOLD = 200  # sentences about single features


@action(_("Load outlines of places"))
def load_outlines(*, sha256: str, name: str, source: str = "", actor: Actor) -> Job:
    """Outlines from a GeoJSON file that is kept; work in the background reads, repairs and simplifies them.

    They take the place of those that are there. The report of the work says which outline was repaired or left out, and why.
    """
    read_features(path_of(sha256).read_bytes())
    return outline_steps.start(
        {"sha256": sha256, "source": source.strip() or name[:120]}, title_params={"name": name[:120]},
        unique_key=f"geography.outlines:{required().event.pk}",
    )  # fmt: skip


@steps_of(load_outlines, title=_("Load the outlines of %(name)s"))
def outline_steps(work: Work) -> bool:
    """The whole file at once, because outlines that touch are simplified together; some seconds for a country's wards."""
    features = read_features(path_of(work.params["sha256"]).read_bytes())
    work.total = len(features)
    visible = required().actor.places_for(required().permission)
    matcher = Matcher(features, None if visible.everywhere else visible.areas())
    found = usable(features, matcher, work)
    if found:
        outlines = simplify([cleaned.outline for _area, cleaned in found], tolerance_for(cleaned.outline for _area, cleaned in found))
        work.report = {
            **keep_shapes([area for area, _cleaned in found], outlines, work.params["source"]),
            "points": sum(map(points_in, outlines)),
        }
    work.report["refused"] = len(features) - len(found)
    work.done = len(features)
    return False


def usable(features: Sequence[Feature], matcher: Matcher, work: Work) -> list[tuple[Area, Cleaned]]:
    """The outlines that can be used, each with its place; the others are told with the reason, at most ``TOLD``."""
    found: dict[int, tuple[Area, Cleaned]] = {}
    repaired: Counter[str] = Counter()
    refused: list[tuple[str, Refusal]] = []
    for feature in features:
        try:
            area = matcher.find(feature)
            if area.pk in found:
                raise Refusal(_("Another outline of the file is for %(place)s, too."), place=area.name)
            cleaned = clean(feature.geometry)
            found[area.pk] = (area, cleaned)
            repaired.update(cleaned.repairs)
        except Refusal as problem:
            refused.append((feature_words(feature), problem))
    if matcher.key:
        work.log(_("The places were found by “%(name)s”."), name=matcher.key)
    for repair, count in repaired.items():
        work.log(_("Repaired in %(count)s outlines: %(what)s."), count=count, what=REPAIRS[repair])
    for name, reason in refused[:TOLD]:
        work.log(_("%(name)s was left out: %(reason)s"), Level.WARNING, name=name, reason=str(reason))
    if len(refused) > TOLD:
        work.log(_("%(count)s more were left out."), Level.WARNING, count=len(refused) - TOLD)
    return list(found.values())


def keep_shapes(areas: Sequence[Area], outlines: Sequence[Any], source: str) -> dict[str, int]:
    """New outlines are added, other ones replace what was there, equal ones are left alone; six statements."""
    held = {shape.area_id: shape for shape in AreaShape.objects.filter(area__in=areas)}
    fresh, changed = [], {}
    for area, outline in zip(areas, outlines, strict=True):
        geometry = [[[list(point) for point in ring] for ring in polygon] for polygon in outline]
        values = {"geometry": geometry, "bbox": bbox(outline), "centroid": centroid(outline), "source": source}
        if area.pk not in held:
            fresh.append((area.pk, *values.values()))
        elif held[area.pk].geometry != geometry:
            changed[held[area.pk].pk] = values
    copy_into(AreaShape, SHAPE, fresh)
    update_from(
        AreaShape.objects.filter(pk__in=list(changed)),
        **{name: of_each(AreaShape, name, changed) for name in ("geometry", "bbox", "centroid", "source")},
    )
    return {"new": len(fresh), "changed": len(changed), "unchanged": len(areas) - len(fresh) - len(changed)}

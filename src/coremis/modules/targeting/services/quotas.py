"""Planning quotas: typed, brought by a file, or computed from the figures of areas (rulebook 2.3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import copy_into
from coremis.kernel.actions.context import Actor
from coremis.kernel.areas.models import Area
from coremis.kernel.areas.queries import below
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.screens.screen import whole_number
from coremis.modules.geography.queries import figures_on, inherited_figures
from coremis.modules.targeting.formulas import largest_remainder, waiting_places, weight
from coremis.modules.targeting.kinds.quota import checked_multiplier, places_to_give, planned
from coremis.modules.targeting.models import Campaign, Kind, Quota, Stage, StageRun
from coremis.modules.targeting.services.campaigns import locked, require_open
from coremis.modules.targeting.services.order import later, redo

WRONG = _("The quotas cannot be kept like this. Correct what is marked.")
MOST_PLACES = 10**9
POVERTY_RATE, HOUSEHOLDS = "poverty_rate", "households"


@dataclass(frozen=True)
class Share:
    """What an area's quota was computed from: its poverty rate in percent, its households, and the places that follow."""

    area: Area
    poverty_rate: float | None
    households: float | None
    places: int


@action(_("Set quotas"))
def set_quotas(*, stage: Stage, places: dict[str, Any], multiplier: str = "2", source: str = "", actor: Actor) -> Stage:
    """Plan ``places`` (by the id of the area) for the next time the stage is carried out; an area with none of them has no quota.

    Areas that are not named keep theirs. The sum may never be above the places of the programme (pitfall M5).
    """
    stage = _quota_stage(stage)
    wanted = _read(places)
    areas = {area.pk: area for area in Area.objects.filter(pk__in=wanted)}
    inside = set(below(stage.campaign.area_ids).filter(descendant__in=list(wanted)))
    if outside := [key for key in wanted if key not in inside]:
        named = areas.get(outside[0])
        raise Invalid(WRONG, {"places": [_("%(place)s lies outside the campaign.") % {"place": named.name if named else outside[0]}]})
    keep_quotas(stage, {key: (count, None, None) for key, count in wanted.items()}, multiplier, source or "TYPED", others_stay=True)
    return stage


@action(_("Compute quotas"))
def compute_quotas(
    *, stage: Stage, total: int, level: int | None = None, minimum: int = 0, multiplier: str = "2",
    source: str = "", actor: Actor,
) -> Stage:  # fmt: skip
    """Divide ``total`` places among the areas of one ``level`` by households times poverty rate, largest remainder, sum exact.

    Areas without both figures get no quota and are named before. ``source`` limits the figures to one source.
    """
    stage = _quota_stage(stage)
    shares = computed(stage, total, level, minimum, source)
    rows = {share.area.pk: (share.places, share.poverty_rate, share.households) for share in shares}
    keep_quotas(stage, rows, multiplier, "COMPUTED", others_stay=False)
    return stage


def computed(stage: Stage, total: int, level: int | None, minimum: int = 0, source: str = "") -> list[Share]:
    """The areas of a level in the campaign with their figures and places; those without figures have None and no place."""
    campaign = stage.campaign
    areas = areas_of(campaign, level)
    inherited: QuerySet[Any] = inherited_figures(POVERTY_RATE, campaign.reference_day, source)
    rates = dict(inherited.filter(pk__in=[area.pk for area in areas]).values_list("pk", "figure"))
    counts = dict(figures_on(HOUSEHOLDS, campaign.reference_day, source).filter(area__in=areas).values_list("area_id", "value"))
    known = {area.pk: weight(rates[area.pk], counts[area.pk]) for area in areas if rates.get(area.pk) is not None and area.pk in counts}
    if not 0 < total <= MOST_PLACES:
        raise Invalid(WRONG, {"total": [_("Give a number above zero.")]})
    try:
        places = largest_remainder(total, known, minimum)
    except ValueError:
        sentence = (
            _("The minimum asks for more places than there are.")
            if any(known.values())
            else _("No area has both figures, households and poverty rate.")
        )
        raise Invalid(WRONG, {"minimum" if any(known.values()) else "total": [sentence]}) from None
    return [Share(area, rates.get(area.pk), counts.get(area.pk), places.get(area.pk, 0)) for area in areas]


def areas_of(campaign: Campaign, level: int | None) -> Sequence[Area]:
    """The areas of one level inside a campaign; without a level the lowest ones."""
    rows: QuerySet[Area] = Area.objects.filter(pk__in=below(campaign.area_ids), valid_until=None)
    rows = rows.filter(children=None) if level is None else rows.filter(level__position=level)
    return list(rows.select_related("level", "parent").order_by("full_path"))


def _quota_stage(stage: Stage) -> Stage:
    campaign = locked(stage.campaign_id)
    require_open(campaign)
    stage = Stage.objects.get(pk=stage.pk)
    stage.campaign = campaign
    if stage.kind != Kind.QUOTA:
        raise Refusal(_("Quotas belong to a quota stage. Add one first."))
    if stage.runs.filter(state=StageRun.State.PREPARING).exists():
        raise Refusal(_("A stage is being carried out. Wait until it has ended, or cancel it."))
    return stage


def _read(places: Mapping[str, Any]) -> dict[int, int]:
    found = {}
    for key, count in places.items():
        area = whole_number(str(key))
        if area is None or isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= MOST_PLACES:
            raise Invalid(WRONG, {"places": [_("Places are whole numbers from zero upwards.")]})
        found[area] = count
    return found


Planned = Mapping[int, tuple[int, float | None, float | None]]


def keep_quotas(stage: Stage, rows: Planned, multiplier: str, source: str, *, others_stay: bool) -> None:
    """Inside an action: write the plan anew; an area that is to have none keeps its row with zero places, so that the history shows it.

    ``source`` says where they come from: a code of ``words.QUOTA_SOURCES``, or a text of one's own.
    """
    factor = checked_multiplier(multiplier) if multiplier else None
    kept = planned(stage.pk).exclude(area__in=list(rows)).aggregate(total=Sum("places"))["total"] if others_stay else 0
    total = sum(count for count, *_figures in rows.values()) + (kept or 0)
    limit = places_to_give(stage.campaign)
    if limit is not None and total > limit:
        sentence = _("The quotas give %(total)s places; the programme has %(limit)s left.") % {"total": total, "limit": limit}
        raise Invalid(WRONG, {"places": [sentence], "total": [sentence]})
    names = {"multiplier": factor, "source": source[:200]}
    stored = {quota.area_id: quota for quota in Quota.objects.filter(stage=stage.pk, run=None)}
    wanted = rows if others_stay else {**dict.fromkeys(stored, (0, None, None)), **rows}
    for quota in stored.values():
        if quota.area_id in wanted:
            quota.places, quota.poverty_rate, quota.households = wanted[quota.area_id]
            quota.multiplier, quota.source, quota.waiting_places = factor, source[:200], waiting_places(quota.places, factor)
            quota.save()
    columns = ("stage", "run", "area", "places", "waiting_places", "poverty_rate", "households", *names)
    new = (
        (stage.pk, None, area, count, waiting_places(count, factor), rate, households, *names.values())
        for area, (count, rate, households) in wanted.items() if count and area not in stored
    )  # fmt: skip
    copy_into(Quota, columns, new)
    redo([stage, *later(stage)])

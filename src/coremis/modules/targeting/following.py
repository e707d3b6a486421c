"""What becomes of targeting campaigns when a place is merged or split: they reach the new places, and planned quotas go along."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from coremis.kernel.actions.bulk import copy_into
from coremis.kernel.actions.context import Actor, required
from coremis.kernel.areas.models import Area
from coremis.kernel.areas.queries import below, common_ancestor
from coremis.modules.targeting.formulas import waiting_places
from coremis.modules.targeting.models import CURRENT, OPEN_CAMPAIGNS, UNDER_WAY, Campaign, CampaignArea, Quota, StageRun


def campaigns_in(areas: Sequence[int]) -> int:
    """The campaigns under way that reach these very places."""
    return Campaign.objects.filter(places__area__in=areas, state__in=UNDER_WAY).distinct().count()


def quotas_in(areas: Sequence[int]) -> int:
    """The quotas that are planned for these very places."""
    return Quota.objects.filter(area__in=areas, run=None, places__gt=0, stage__campaign__state__in=OPEN_CAMPAIGNS).count()


def follow_place(old: Area, new: Sequence[Area], day: date, actor: Actor) -> None:
    """Campaigns that reached the old place reach the new ones. What was ranked and decided stays with the place that it was in."""
    reaching = Campaign.objects.filter(places__area=old).exclude(state=Campaign.State.ABANDONED)
    for campaign in reaching.order_by("pk"):
        wanted = [area.pk for one in new for area in became(campaign, one)]
        reach(campaign, sorted(set(wanted) - set(below(campaign.area_ids))), actor)
        if len(new) == 1 and campaign.is_open and not StageRun.objects.filter(stage__campaign=campaign, state__in=CURRENT).exists():
            take_quotas_along(campaign, old, new[0])


def became(campaign: Campaign, new: Area) -> Iterable[Area]:
    """What the old place is now: the new one, or those inside it that the campaign reached already, where it holds others too."""
    inside = list(Area.objects.filter(parent=new, valid_until=None).order_by("pk"))
    known = set(campaign.places.filter(area__in=inside).values_list("area_id", flat=True))
    kept = [area for area in inside if area.pk in known]
    return kept if len(kept) < len(inside) else [new]


def reach(campaign: Campaign, added: Sequence[int], actor: Actor) -> None:
    """The campaign is also about these places; left as it is for an actor who may not act on all of its places."""
    held = set(campaign.places.values_list("area_id", flat=True))
    if added and actor.may(required().permission, held):
        campaign.area_ids = [*campaign.area_ids, *added]
        campaign.area = common_ancestor(campaign.area_ids) or campaign.area
        campaign.save()
    fresh = Area.objects.filter(pk__in=below(campaign.area_ids)).exclude(pk__in=held).order_by("pk").values_list("pk", flat=True)
    copy_into(CampaignArea, ("campaign", "area"), [(campaign.pk, area) for area in fresh])


def take_quotas_along(campaign: Campaign, old: Area, new: Area) -> None:
    """Nobody is listed yet, so the households will be listed in the new place: there the planned places are needed."""
    planned = Quota.objects.filter(stage__campaign=campaign, run=None)
    for quota in planned.filter(area=old, places__gt=0).order_by("pk"):
        values: dict[str, Any] = {"multiplier": quota.multiplier, "source": quota.source, "poverty_rate": quota.poverty_rate}
        there = planned.filter(stage=quota.stage_id, area=new).first() or Quota(stage=quota.stage, area=new, places=0, **values)
        there.places += quota.places
        there.waiting_places = waiting_places(there.places, there.multiplier)
        there.save()
        quota.places, quota.waiting_places = 0, waiting_places(0, quota.multiplier)
        quota.save()

"""Making campaigns, and ending them."""

import re
import secrets
from datetime import date
from typing import Any

from django.db.models import TextChoices, Value
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import insert_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.areas.models import Area, AreaTree
from coremis.kernel.areas.queries import common_ancestor
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.programmes.models import DefaultCriteria, Programme, Status
from coremis.modules.targeting.kinds import KINDS, listing
from coremis.modules.targeting.models import Campaign, CampaignArea, Kind, Stage, StageRun

State = Campaign.State
WRONG = _("The campaign cannot be kept like this. Correct what is marked.")


class Ladder(TextChoices):
    """The stages that a new campaign starts from; every one may be changed, left out or moved afterwards."""

    SCORE = "SCORE", _("score, quotas, community validation, appeals")
    ENUMERATION = "ENUMERATION", _("list, interviews, score, quotas, community validation, appeals")
    CATEGORY = "CATEGORY", _("a category, quotas, appeals")
    OPEN = "OPEN", _("everybody listed, at once (emergencies)")


CLOSING: tuple[tuple[Kind, dict[str, Any]], ...] = ((Kind.QUOTA, {}), (Kind.VALIDATION, {}), (Kind.APPEALS, {"days": 14}))
STAGES: dict[str, tuple[tuple[Kind, dict[str, Any]], ...]] = {
    Ladder.SCORE: ((Kind.LISTING, {}), (Kind.SCORING, {}), *CLOSING),
    Ladder.ENUMERATION: ((Kind.LISTING, {}), (Kind.ENUMERATION, {}), (Kind.SCORING, {}), *CLOSING),
    Ladder.CATEGORY: ((Kind.LISTING, {}), (Kind.CATEGORICAL, {}), (Kind.QUOTA, {}), (Kind.APPEALS, {"days": 14})),
    Ladder.OPEN: ((Kind.LISTING, {}), (Kind.QUOTA, {"everybody": True})),
}


@action(_("Create a targeting campaign"))
def create_campaign(
    *, programme: Programme, code: str, names: dict[str, str], areas: list[Area], day: date, ladder: Ladder = Ladder.SCORE,
    purpose: Campaign.Purpose = Campaign.Purpose.SELECTION, note: str = "", actor: Actor,
) -> Campaign:  # fmt: skip
    """Begin a round of targeting in these places, with the usual stages of its ladder. No place chosen is refused (pitfall M1)."""
    _check(code, names, areas)
    ids = sorted({area.pk for area in areas})
    campaign = Campaign(
        programme=programme, code=code, names=names, purpose=purpose, area=common_ancestor(ids), area_ids=ids, day=day, note=note[:300]
    )  # fmt: skip
    campaign.save()
    below = AreaTree.objects.filter(ancestor__in=ids).order_by("descendant").values("descendant").distinct()
    insert_from(CampaignArea, below.annotate(new_campaign=Value(campaign.pk), new_area=_area()), ["campaign", "area"])
    for position, (kind, settings) in enumerate(STAGES[ladder], start=1):
        Stage(campaign=campaign, position=position, kind=kind, settings=starting_settings(kind, campaign, settings)).save()
    return campaign


def _area() -> Any:
    return AreaTree._meta.get_field("descendant").get_col(AreaTree._meta.db_table)


def _check(code: str, names: dict[str, str], areas: list[Area]) -> None:
    errors: dict[str, list[Any]] = {}
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", code):
        errors["code"] = [_("Use up to 40 letters, figures and hyphens.")]
    elif Campaign.objects.filter(code__iexact=code).exists():
        errors["code"] = [_("This code is in use.")]
    if not any(str(text).strip() for text in names.values()):
        errors["names"] = [_("This is required.")]
    if not areas:
        errors["areas"] = [_("Choose at least one place. Nothing chosen means nobody, not everybody.")]
    if errors:
        raise Invalid(WRONG, errors)


def starting_settings(kind: str, campaign: Campaign, settings: dict[str, Any]) -> dict[str, Any]:
    """What a new stage is set to as far as that is known; the seed of its lots is drawn here and published from now on."""
    if kind == Kind.LISTING:
        if campaign.purpose == Campaign.Purpose.REVIEW:
            return {"source": listing.Source.BENEFICIARIES.value, "filter": {}, "condition": "", **settings}
        return {**usual_list(campaign.programme), **settings}
    if kind == Kind.QUOTA:
        return KINDS[Kind.QUOTA].check({"seed": secrets.randbelow(10**6), **settings}, campaign, None)
    if kind in (Kind.VALIDATION, Kind.APPEALS):
        return KINDS[kind].check(settings, campaign, None)
    return settings


def usual_list(programme: Programme) -> dict[str, Any]:
    """Who is listed at first: those of the programme's usual criteria for potential beneficiaries, else everybody."""
    usual = DefaultCriteria.objects.filter(programme=programme, status=Status.POTENTIAL).first()
    if usual is None:
        return {"source": listing.Source.ALL.value, "filter": {}, "condition": ""}
    return {"source": listing.Source.FILTER.value, "filter": usual.filter, "condition": usual.condition}


@action(_("Change a targeting campaign"))
def change_campaign(*, campaign: Campaign, names: dict[str, str], day: date, note: str = "", actor: Actor) -> Campaign:
    """Change the name, the note, and, before any stage was carried out, the reference date."""
    campaign = locked(campaign.pk)
    if not any(str(text).strip() for text in names.values()):
        raise Invalid(WRONG, {"names": [_("This is required.")]})
    if day != campaign.day and campaign.state != State.DRAFT:
        raise Invalid(WRONG, {"day": [_("Stages were carried out with the reference date. It stays.")]})
    campaign.names, campaign.day, campaign.note = names, day, note[:300]
    campaign.save()
    return campaign


@action(_("Abandon a targeting campaign"))
def abandon_campaign(*, campaign: Campaign, note: str, actor: Actor) -> Campaign:
    """End it without a result. Its lists stay and can be read."""
    campaign = locked(campaign.pk)
    if not campaign.is_open:
        raise Refusal(_("Only a campaign without an approved result can be abandoned."))
    _check_idle(campaign)
    return _end(campaign, State.ABANDONED, note)


@action(_("Close a targeting campaign"))
def close_campaign(*, campaign: Campaign, note: str = "", actor: Actor) -> Campaign:
    """Close it after its result was carried out. Free places are still filled from its waiting lists."""
    campaign = locked(campaign.pk)
    if campaign.state != State.APPROVED:
        raise Refusal(_("Only a campaign with an approved result can be closed."))
    return _end(campaign, State.CLOSED, note)


def _end(campaign: Campaign, state: str, note: str) -> Campaign:
    campaign.state, campaign.note = state, (note or campaign.note)[:300]
    campaign.save()
    return campaign


def _check_idle(campaign: Campaign) -> None:
    if StageRun.objects.filter(stage__campaign=campaign, state=StageRun.State.PREPARING).exists():
        raise Refusal(_("A stage is being carried out. Wait until it has ended, or cancel it."))


def locked(campaign_id: int) -> Campaign:
    """The campaign, held until the transaction ends: stages of one campaign are arranged and carried out one at a time."""
    return Campaign.objects.select_for_update(of=("self",), no_key=True).select_related("programme", "area").get(pk=campaign_id)


def require_open(campaign: Campaign) -> None:
    """Refuse where the result is approved, or the campaign has ended."""
    if not campaign.is_open:
        raise Refusal(_("This campaign is “%(state)s”. Its stages can no longer be changed."), state=campaign.get_state_display())

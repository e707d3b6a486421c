"""Arranging the stages of a campaign: setting, adding, moving, leaving out."""

from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.targeting.kinds import KINDS
from coremis.modules.targeting.models import Campaign, Kind, Stage
from coremis.modules.targeting.services.campaigns import locked, require_open, starting_settings
from coremis.modules.targeting.services.order import later, redo

State = Stage.State
FAR = 1000  # positions while stages change places


@action(_("Set a stage"))
def set_stage(*, stage: Stage, settings: dict[str, Any], names: dict[str, str] | None = None, actor: Actor) -> Stage:
    """Say what a stage does. One that was carried out is to be done again, and so are those after it; what it did stays."""
    stage = _arranging(stage)
    before = dict(stage.settings)
    stage.settings = KINDS[stage.kind].check(settings, stage.campaign, actor)
    if names is not None:
        stage.names = {code: text.strip() for code, text in names.items() if text.strip()}
    stage.save()
    if stage.settings != before:
        redo([stage, *later(stage)])
        stage.refresh_from_db()
    return stage


@action(_("Add a stage"))
def add_stage(*, campaign: Campaign, stage_kind: Kind, actor: Actor) -> Stage:
    """Add a stage at the end. A second list is refused: there is one already, and nothing could come of it."""
    campaign = locked(campaign.pk)
    require_open(campaign)
    if stage_kind == Kind.LISTING and campaign.stages.filter(kind=Kind.LISTING).exists():
        sentence = _("This campaign has its list already. Set that stage, or carry it out again.")
        raise Invalid(sentence, {"stage_kind": [sentence]})
    last = campaign.stages.aggregate(last=Max("position"))["last"] or 0
    stage = Stage(campaign=campaign, position=last + 1, kind=stage_kind, settings=starting_settings(stage_kind, campaign, {}))
    stage.save()
    return stage


@action(_("Move a stage"))
def move_stage(*, stage: Stage, earlier: bool = True, actor: Actor) -> Stage:
    """Let a stage change places with the one before it, or after it. Both, and all after them, are to be done again."""
    stage = _arranging(stage)
    others = Stage.objects.filter(campaign=stage.campaign_id)
    found = (
        others.filter(position__lt=stage.position).order_by("-position")
        if earlier
        else others.filter(position__gt=stage.position).order_by("position")
    )
    other = found.first()
    if other is None:
        raise Refusal(_("This stage is already the first or the last one."))
    if Kind.LISTING in (stage.kind, other.kind):
        raise Refusal(_("The list comes first: nothing can be done before there is one."))
    mine, theirs = stage.position, other.position
    for moved, position in ((stage, mine + FAR), (other, mine), (stage, theirs)):
        moved.position = position
        moved.save()
    first = stage if earlier else other
    redo([first, *later(first)])
    stage.refresh_from_db()
    return stage


@action(_("Leave a stage out"))
def skip_stage(*, stage: Stage, note: str = "", actor: Actor) -> Stage:
    """The next stage then reads the list of the one before. What the stage did earlier stays and can be read."""
    stage = _arranging(stage)
    if stage.kind == Kind.LISTING and not lists_before(stage):
        raise Refusal(_("The list cannot be left out: it says who is looked at."))
    redo([stage, *later(stage)])
    stage.refresh_from_db()
    stage.state = State.SKIPPED
    stage.save()
    return stage


def lists_before(stage: Stage) -> bool:
    """Whether a campaign has another list before this one."""
    return Stage.objects.filter(campaign=stage.campaign_id, kind=Kind.LISTING, position__lt=stage.position).exists()


@action(_("Take a stage in again"))
def bring_back_stage(*, stage: Stage, actor: Actor) -> Stage:
    """A stage that was left out is to be done after all."""
    stage = _arranging(stage)
    if stage.state != State.SKIPPED:
        raise Refusal(_("This stage was not left out."))
    redo(later(stage))
    stage.state = State.WAITING
    stage.save()
    return stage


def _arranging(stage: Stage) -> Stage:
    campaign = locked(stage.campaign_id)
    require_open(campaign)
    found = Stage.objects.get(pk=stage.pk)
    if Stage.objects.filter(campaign=campaign, state=State.RUNNING, runs__state="PREPARING").exists():
        raise Refusal(_("A stage is being carried out. Wait until it has ended, or cancel it."))
    found.campaign = campaign
    return found

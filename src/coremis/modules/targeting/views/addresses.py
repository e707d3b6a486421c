"""Where the pages of this module lie."""

from django.urls import reverse

from coremis.modules.programmes.models import GroupChange
from coremis.modules.targeting.models import Appeal, Campaign, Stage, StageEntry, StageRun


def campaign_url(campaign: Campaign) -> str:
    """The page of a campaign."""
    return reverse("targeting:campaign_detail", kwargs={"pk": campaign.pk})


def stage_url(stage: Stage) -> str:
    """The page of a stage."""
    return reverse("targeting:stage_detail", kwargs={"pk": stage.pk})


def run_url(run: StageRun) -> str:
    """The page of a stage carried out."""
    return reverse("targeting:run_detail", kwargs={"pk": run.pk})


def entry_url(entry: StageEntry) -> str:
    """The page of one outcome."""
    return reverse("targeting:entry_detail", kwargs={"pk": entry.pk})


def appeal_url(appeal: Appeal) -> str:
    """The page of an appeal."""
    return reverse("targeting:appeal_detail", kwargs={"pk": appeal.pk})


def quotas_url(stage: Stage) -> str:
    """The table of quotas of a stage."""
    return reverse("targeting:set_quotas", kwargs={"pk": stage.pk})


def change_url(group: GroupChange) -> str:
    """The page of a group change."""
    return reverse("programmes:group_change_detail", kwargs={"pk": group.pk})


def of_stage(stage: Stage) -> str:
    """The campaign of a stage."""
    return reverse("targeting:campaign_detail", kwargs={"pk": stage.campaign_id})

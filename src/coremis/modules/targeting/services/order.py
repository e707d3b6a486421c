"""The order of stages: what comes before and after one, and what is to be done again when something earlier changes."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils import timezone

from coremis.modules.targeting.models import CURRENT, Stage, StageRun

State = Stage.State


def earlier(stage: Stage) -> "QuerySet[Stage]":
    """The stages before one that are not left out, the nearest first."""
    return Stage.objects.filter(campaign=stage.campaign_id, position__lt=stage.position).exclude(state=State.SKIPPED).order_by("-position")


def later(stage: Stage) -> list[Stage]:
    """The stages after one, those left out too."""
    return list(Stage.objects.filter(campaign=stage.campaign_id, position__gt=stage.position).order_by("position"))


def current_run(stage: Stage) -> StageRun | None:
    """What a stage decided, as far as it counts now."""
    return StageRun.objects.filter(stage=stage, state__in=CURRENT).first()


def redo(stages: Sequence[Stage]) -> None:
    """What these stages did counts no longer; it stays and can be read. They are to be done again."""
    runs = StageRun.objects.filter(stage__in=[stage.pk for stage in stages], state__in=CURRENT)
    for run in runs:
        run.state, run.ended_on = StageRun.State.REPLACED, run.ended_on or timezone.now()
        run.save()
    for stage in Stage.objects.filter(pk__in=[stage.pk for stage in stages], state__in=[State.DONE, State.RUNNING]):
        stage.state = State.WAITING
        stage.save()

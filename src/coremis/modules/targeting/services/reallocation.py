"""Places that a quota stage could not fill: moved to areas where somebody waits, only once approved (rulebook 2.3)."""

from dataclasses import dataclass

from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.areas.models import Area
from coremis.kernel.base.refusal import Refusal
from coremis.modules.targeting.formulas import reallocated
from coremis.modules.targeting.models import CURRENT, Kind, Outcome, Quota, Stage, StageEntry, StageRun
from coremis.modules.targeting.services.campaigns import locked, require_open
from coremis.modules.targeting.services.quotas import keep_quotas

PATH = "area__ancestors_of__ancestor__targeting_quotas"


@dataclass(frozen=True)
class Moved:
    """One area whose places change: before, selected, waiting, and after."""

    area: Area
    before: int
    selected: int
    waiting: int
    after: int


@action(_("Move unused places"), approvable=True)
def reallocate_quotas(*, stage: Stage, note: str = "", actor: Actor) -> Stage:
    """Places that nobody took go to areas where somebody waits, in the plan for the next time; the stage is then carried out again.

    Never done by itself: unused places stay where they are until somebody asks and others agree.
    """
    campaign = locked(stage.campaign_id)
    require_open(campaign)
    stage = Stage.objects.get(pk=stage.pk)
    stage.campaign = campaign
    moves = moved(stage)
    if not moves:
        raise Refusal(_("No place is left over, or nobody waits elsewhere."))
    run = last_run(stage)
    factor = Quota.objects.filter(run=run).values_list("multiplier", flat=True).first()
    rows = {move.area.pk: (move.after, None, None) for move in moves}
    keep_quotas(stage, rows, "" if factor is None else str(factor), "MOVED", others_stay=True)
    return stage


def last_run(stage: Stage) -> StageRun | None:
    """The list that counts of a quota stage."""
    return StageRun.objects.filter(stage=stage.pk, stage__kind=Kind.QUOTA, state__in=CURRENT).first()


def moved(stage: Stage) -> list[Moved]:
    """The areas whose places would change, in the order of their names. Two statements."""
    run = last_run(stage)
    if run is None:
        return []
    quotas = {quota.area_id: quota for quota in Quota.objects.filter(run=run).select_related("area").order_by("area__full_path")}
    rows = StageEntry.objects.filter(run=run.pk, **{f"{PATH}__run": run.pk}).order_by().values(place=F(f"{PATH}__area"))
    counts = {
        row["place"]: (row["selected"], row["waiting"])
        for row in rows.annotate(
            selected=Count("pk", filter=Q(outcome=Outcome.SELECTED)), waiting=Count("pk", filter=Q(outcome=Outcome.WAITING))
        )
    }
    selected = {area: counts.get(area, (0, 0))[0] for area in quotas}
    waiting = {area: counts.get(area, (0, 0))[1] for area in quotas}
    to_rank = {area: quota.places - quota.reserved for area, quota in quotas.items()}  # the reserve is nobody's to move
    after = reallocated(to_rank, selected, waiting)
    return [
        Moved(quota.area, quota.places, selected[area], waiting[area], after[area] + quota.reserved)
        for area, quota in quotas.items() if after[area] != to_rank[area]
    ]  # fmt: skip

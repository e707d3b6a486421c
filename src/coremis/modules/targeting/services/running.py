"""Carrying out one stage: its list is made by a job, seen by nobody before it is whole, and never changed by a later run."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import update_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.guard import removing_prepared
from coremis.kernel.actions.long import steps_of
from coremis.kernel.actions.system import system
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.jobs import ranges
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.models import State as JobState
from coremis.kernel.jobs.queue import ask_cancel, retry
from coremis.kernel.jobs.work import Work
from coremis.modules.registry.models import Household
from coremis.modules.scoring.models import ScoreRun
from coremis.modules.scoring.services import score_households
from coremis.modules.targeting.kinds import KINDS, stagework
from coremis.modules.targeting.models import APPEAL, Campaign, Kind, Outcome, Quota, Stage, StageEntry, StageRun
from coremis.modules.targeting.queries import struck_off
from coremis.modules.targeting.services.campaigns import locked, require_open
from coremis.modules.targeting.services.order import current_run, earlier, later, redo

State = StageRun.State
UNTIL_SCORED = timedelta(days=365)  # a stage that needs scores waits until they are told to be there
UP_TO_THE_APPEAL = (Outcome.IN, Outcome.SELECTED, Outcome.WAITING, Outcome.NOT_SELECTED)
COUNTED = {
    Outcome.IN: "going_on", Outcome.SELECTED: "selected", Outcome.WAITING: "waiting", Outcome.NOT_SELECTED: "not_selected",
    Outcome.NOT_ELIGIBLE: "not_eligible", Outcome.NOT_ASSESSED: "not_assessed",
}  # fmt: skip


@action(_("Carry out a stage"), covers=(score_households,))
def run_stage(*, stage: Stage, note: str = "", actor: Actor) -> StageRun:
    """Make the list of a stage from that of the stage before. Carried out again, it makes a new list; the former one stays.

    All stages after it are then to be done again. Refused while an earlier stage is not done, or something is not set.
    """
    campaign = locked(stage.campaign_id)
    require_open(campaign)
    stage = Stage.objects.get(pk=stage.pk)
    stage.campaign = campaign
    source = _list_before(stage)
    attempt = (stage.runs.aggregate(last=Max("attempt"))["last"] or 0) + 1
    kind = KINDS[stage.kind]
    settings = kind.check(stage.settings, campaign, actor)
    run = StageRun(stage=stage, attempt=attempt, source=source, settings=settings, note=note[:300])
    kind.freeze(run, actor)
    run.settings = {**run.settings, "struck_off": struck_off(campaign)}
    run.save()
    _mark_running(stage, campaign)
    later_on = {"not_before": timezone.now() + UNTIL_SCORED} if run.score_run_id else {}
    title = {"stage": str(stage), "campaign": str(campaign)}
    run.job_id = carry_out.start({"run": run.pk}, title_params=title, area_ids=campaign.area_ids, **later_on).pk
    run.save()
    return run


def go_on_after_scores(score_run: ScoreRun) -> None:
    """The scores that a stage waits for are there, or will not come: its own work begins, or is given up."""
    for run in StageRun.objects.filter(score_run=score_run, state=State.PREPARING):
        job = Job.objects.filter(pk=run.job_id or 0, state=JobState.WAITING).first()
        if job is not None and score_run.state == ScoreRun.State.DONE:
            retry(job)
        elif job is not None:
            ask_cancel(job)


def to_score(run_id: int) -> "QuerySet[Household]":
    """The households of a stage's list about whom nothing is decided yet: those that the next stage scores."""
    listed = StageEntry.objects.filter(run=run_id, outcome=Outcome.IN)
    return Household.objects.filter(pk__in=listed.order_by().values("household"))


def _list_before(stage: Stage) -> StageRun | None:
    if stage.state == Stage.State.SKIPPED:
        raise Refusal(_("This stage was left out. Take it in again first."))
    if StageRun.objects.filter(stage__campaign=stage.campaign_id, state=State.PREPARING).exists():
        raise Refusal(_("A stage is being carried out. Wait until it has ended, or cancel it."))
    before = earlier(stage).first()
    if before is None:
        if stage.kind != Kind.LISTING:
            raise Refusal(_("The list comes first: nothing can be done before there is one."))
        return None
    run = current_run(before)
    if run is None or run.state != State.DONE:
        raise Refusal(_("“%(stage)s” comes first. Carry it out and close it."), stage=str(before))
    if stage.kind == Kind.LISTING:
        raise Invalid(stagework.WRONG, {"source": [_("There is a list already. Leave one of the two out.")]})
    return run


def _mark_running(stage: Stage, campaign: Campaign) -> None:
    stage.state = Stage.State.RUNNING
    stage.save()
    if campaign.state == Campaign.State.DRAFT:
        campaign.state = Campaign.State.RUNNING
        campaign.save()


@steps_of(run_stage, title=_("%(stage)s, %(campaign)s"), report={"listed": _("On the list")})
def carry_out(work: Work) -> bool:
    """The next part of the list."""
    run = _run_of(work)
    return KINDS[run.stage.kind].chunk(work, run)


@carry_out.begin
def plan_list(work: Work) -> None:
    """Count what is to be done; work that had failed is taken up again."""
    run = _run_of(work)
    if run.state == State.STOPPED:
        run.state = State.PREPARING
        run.save()
    KINDS[run.stage.kind].plan(work, run)


@carry_out.finish
def show_list(work: Work) -> None:
    """Now the list counts, at once: it takes the place of the former one, and the stages after it are to be done again."""
    run = _run_of(work)
    KINDS[run.stage.kind].finish(run)
    rows = StageEntry._base_manager.filter(run=run.pk)
    _keep_off(run, rows)
    count(run, rows)
    before = run.source.listed if run.source else run.listed
    if run.listed != before:
        raise Refusal(_("The list has %(found)s entries instead of %(before)s. Nothing was kept."), found=run.listed, before=before)
    redo([run.stage, *later(run.stage)])
    opens = KINDS[run.stage.kind].opens
    run.state, run.ended_on = (State.OPEN, None) if opens else (State.DONE, timezone.now())
    run.save()
    stage = Stage.objects.get(pk=run.stage_id)
    stage.state = Stage.State.RUNNING if opens else Stage.State.DONE
    stage.save()
    work.report = {"listed": run.listed}


def _keep_off(run: StageRun, rows: "QuerySet[StageEntry]") -> None:
    """An accepted appeal against a selection stands, however often the stages are carried out."""
    campaign = run.stage.campaign
    mine = rows.filter(**{f"{campaign.programme.unit}__in": struck_off(campaign)}, outcome__in=UP_TO_THE_APPEAL)
    update_from(mine, outcome=Outcome.NOT_ASSESSED.value, reason=APPEAL, waits_until=None)


@carry_out.abandon
def remove_list(work: Work) -> bool:
    """Take away, a part at a time, what nobody has seen; what counted before counts on."""
    run = _run_of(work)
    if _removed(StageEntry, run) or _removed(Quota, run):
        return True
    if run.state == State.PREPARING:
        run.state, run.ended_on = State.STOPPED, timezone.now()
        run.save()
    stage, kept = Stage.objects.get(pk=run.stage_id), current_run(run.stage)
    stage.state = Stage.State.WAITING if kept is None else Stage.State.DONE if kept.state == State.DONE else Stage.State.RUNNING
    stage.save()
    return False


def count(run: StageRun, rows: "QuerySet[StageEntry] | None" = None) -> None:
    """Write how many came to which outcome. The database refuses counts that do not sum to the list."""
    found = rows if rows is not None else StageEntry.objects.filter(run=run.pk)
    counts = dict(found.order_by().values_list("outcome").annotate(found=Count("pk")))
    for outcome, column in COUNTED.items():
        setattr(run, column, counts.get(outcome.value, 0))
    run.listed = sum(counts.values())


@action(_("Count a list anew"))
def recount(*, run: StageRun, actor: Actor) -> StageRun:
    """Write how many came to which outcome, after one of them changed. The system does it: the sums are about all places."""
    run = StageRun.objects.get(pk=run.pk)
    count(run)
    run.save()
    return run


def count_anew(run: StageRun) -> None:
    """Inside an action of somebody who may have a right in one village only: let the system write the sums of the whole list."""
    recount(run=run, actor=system(recount.name))


def _run_of(work: Work) -> StageRun:
    return StageRun.objects.select_related("stage__campaign__programme", "source__stage").get(pk=work.params["run"])


def _removed(model: type[StageEntry] | type[Quota], run: StageRun) -> int:
    rows: QuerySet[Any] = model._base_manager.filter(run=run.pk)
    first = rows.order_by("pk").values("pk")[: ranges.CHUNK]
    with removing_prepared():
        return int(model._base_manager.filter(pk__in=first)._raw_delete(rows.db))

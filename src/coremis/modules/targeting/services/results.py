"""Taking a campaign's result over: the selected and the waiting become potential beneficiaries, once it is approved."""

from typing import Any

from django.db.models import BooleanField, Case, CharField, DateField, F, FilteredRelation, IntegerField, Max, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import insert_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.long import steps_of
from coremis.kernel.actions.numbers import take_serials
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.jobs import ranges
from coremis.kernel.jobs.work import Work
from coremis.modules.programmes.models import Enrolment, GroupChange, Reason, Status, WaitingPlace
from coremis.modules.programmes.queries import UNITS, Choice
from coremis.modules.programmes.services import places
from coremis.modules.programmes.services.enrolling import COLUMNS, new_rows, remove_prepared
from coremis.modules.programmes.services.groups import new_group, new_values, params_of, reopen, settle
from coremis.modules.programmes.services.waiting import COLUMNS as WAITING_COLUMNS
from coremis.modules.targeting.models import Campaign, CampaignChange, Outcome, Stage, StageEntry, StageRun, Verdict
from coremis.modules.targeting.queries import current_run_of, was_validated
from coremis.modules.targeting.readiness import takeable
from coremis.modules.targeting.services.campaigns import locked

State, What = Campaign.State, CampaignChange.What


@action(_("Approve the result of a campaign"), approvable=True)
def approve_results(*, campaign: Campaign, note: str = "", actor: Actor) -> GroupChange:
    """The selected and the waiting become potential beneficiaries; the waiting stand on their lists with rank and end date.

    All others keep their outcome and its reason in the campaign's list. Nobody becomes active by this: enrolment is an action of
    its own. Run again, it takes over those whose appeal was open before. Carried out by a job, seen by nobody before its end.
    """
    campaign = locked(campaign.pk)
    places.check_running(campaign.programme)
    run = check_result(campaign)
    if campaign.purpose == Campaign.Purpose.REVIEW:
        raise Refusal(_("This campaign assesses present beneficiaries. Approve the exits that it proposes instead."))
    if not takeable(run).exists():
        raise Refusal(_("Nobody is left to be taken over: they are in the programme already, or an appeal is open."))
    choice = Choice(campaign.programme_id, campaign.programme.unit, tuple(campaign.area_ids), "", {}, timezone.localdate())
    group = new_group(
        GroupChange.What.ENROL, choice, to_status=Status.POTENTIAL, reason=reason_of(run), note=places.check_note(note)
    )  # fmt: skip
    CampaignChange(campaign=campaign, group=group, what=What.RESULT).save()
    params = params_of(group, choice, campaign=campaign.pk, run=run.pk, validated=was_validated(run))
    take_over.start(params, title_params={"campaign": str(campaign)}, area_ids=choice.area_ids)
    campaign.state = State.APPROVED
    campaign.save()
    return group


def check_result(campaign: Campaign) -> StageRun:
    """The result of a campaign, refused while a stage is not done, something runs, or somebody on the list has no outcome."""
    if campaign.state not in (State.RUNNING, State.APPROVED):
        raise Refusal(_("This campaign is “%(state)s”, so there is no result to approve."), state=campaign.get_state_display())
    undone = campaign.stages.exclude(state__in=[Stage.State.DONE, Stage.State.SKIPPED]).first()
    if undone is not None:
        raise Refusal(_("“%(stage)s” is not done. Carry it out and close it, or leave it out."), stage=str(undone))
    run = current_run_of(campaign)
    if run is None:
        raise Refusal(_("This campaign has no list yet. Carry out its stages first."))
    if run.going_on:
        raise Refusal(_("%(count)s have no outcome yet. Add a quota stage, and carry it out."), count=run.going_on)
    if CampaignChange.objects.filter(campaign=campaign, group__state=GroupChange.State.PREPARING).exists():
        raise Refusal(_("This is being carried out already."))
    return run


def reason_of(run: StageRun) -> Reason:
    """Why the selected come in."""
    return Reason.COMMUNITY_VALIDATED if was_validated(run) else Reason.SELECTED


@steps_of(approve_results, title=_("Result of %(campaign)s"))
def take_over(work: Work) -> bool:
    """The next key range of the list: its beneficiaries, and the places of those who wait."""
    due = ranges.current(work)
    if due is None:
        return False
    run, params = _run_of(work), work.params
    unit, day = params["unit"], timezone.localdate()
    units = UNITS[unit].objects.filter(pk__in=due.of(takeable(run)).values(unit)).order_by("pk")
    first = work.cursor["first"] + work.cursor["made"]
    work.cursor["made"] += insert_from(
        Enrolment, new_rows(units, unit, params["programme"], params["group"], first, day, new_values(params)), [*COLUMNS, unit]
    )  # fmt: skip
    insert_from(WaitingPlace, _waiting(due.of(StageEntry.objects.filter(run=run.pk)), work), WAITING_COLUMNS)
    return ranges.advance(work)


@take_over.begin
def plan_taking_over(work: Work) -> None:
    """Fix the key ranges, reserve the numbers, and say after which rank the waiting lists go on."""
    reopen(work)
    run = _run_of(work)
    ranges.plan(work, entries=takeable(run))
    others = WaitingPlace._base_manager.filter(programme=work.params["programme"])
    mine = GroupChange.objects.filter(campaign_change__campaign=work.params["campaign"]).exclude(undone_by__state=GroupChange.State.DONE)
    last = others.exclude(group__in=mine.values("pk")).aggregate(last=Max("rank"))["last"]
    first = take_serials(Enrolment._meta.db_table, work.total) if work.total else 0
    work.cursor = {**work.cursor, "first": first, "made": 0, "rank": last or 0}


@take_over.finish
def show_potentials(work: Work) -> None:
    """Now all of them count, at once."""
    work.done = work.cursor["made"]
    settle(work, GroupChange.State.DONE)


@take_over.abandon
def take_back(work: Work) -> bool:
    """Take away what nobody has seen; the result can be approved again."""
    if remove_prepared(work):
        return True
    campaign = locked(work.params["campaign"])
    carried = CampaignChange.objects.filter(campaign=campaign, what=What.RESULT, group__state=GroupChange.State.DONE)
    if campaign.state == State.APPROVED and not carried.exists():
        campaign.state = State.RUNNING
        campaign.save()
    return False


def _waiting(entries: "QuerySet[StageEntry]", work: Work) -> "QuerySet[Any]":
    """The waiting of a key range who became potential just now, as places on the waiting list of where they live."""
    unit, group = work.params["unit"], work.params["group"]
    mine = FilteredRelation(f"{unit}__enrolments", condition=Q(**{f"{unit}__enrolments__group": group}))
    without_community = Value(not work.params["validated"])
    confirmed = Case(When(verdict=Verdict.CONFIRMED, then=Value(True)), default=without_community, output_field=BooleanField())
    rows: QuerySet[Any] = entries.filter(outcome=Outcome.WAITING).annotate(mine=mine).filter(mine__isnull=False)
    values: dict[str, Any] = {
        "enrolment": F("mine__pk"), "programme": Value(work.params["programme"]), "area": F("mine__area"),
        "rank": F("rank") + Value(work.cursor["rank"], IntegerField()), "since": Value(timezone.localdate(), DateField()),
        "until": F("waits_until"), "note": Value("", CharField()), "is_validated": confirmed, "group": Value(group),
    }  # fmt: skip
    rows = rows.annotate(**{f"new_{name}": value for name, value in values.items()})
    return rows.order_by("pk")


def _run_of(work: Work) -> StageRun:
    return StageRun.objects.select_related("stage__campaign__programme").get(pk=work.params["run"])

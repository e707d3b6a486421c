"""Choosing who is helped: the campaigns of the three programmes, each on its own days."""

from datetime import date

from django.utils import timezone

from coremis.kernel.approvals.models import Request
from coremis.kernel.approvals.services import submit
from coremis.kernel.areas.models import Area
from coremis.modules.programmes.models import Programme
from coremis.modules.registry.models import Household
from coremis.modules.scoring.models import ScoreFormula
from coremis.modules.targeting.models import Campaign, Kind, Stage, StageRun
from coremis.modules.targeting.services import (
    approve_results,
    close_appeals,
    compute_quotas,
    create_campaign,
    enrol_selected,
    run_stage,
    set_quotas,
    set_stage,
)
from coremis.modules.targeting.services.campaigns import Ladder
from coremis.project.demo import villages
from coremis.project.demo.clock import days_ago
from coremis.project.demo.country import SETTLED
from coremis.project.demo.people import by_weight
from coremis.project.demo.quotas import places_for
from coremis.project.demo.seats import agreed, seat, work_off

HILLS = 4  # the level of the villages
MULTIPLIER = "1.5"
SEED = 2023


def communes() -> list[Area]:
    """Where families live."""
    return list(Area.objects.filter(code__in=SETTLED).order_by("code"))


def begin(programme: Programme, code: str, ladder: Ladder, day: date) -> Campaign:
    """A campaign in the three communes, under the name of its programme and year."""
    names = {language: f"{name} {day.year}" for language, name in programme.names.items()}
    return create_campaign(programme=programme, code=code, names=names, areas=communes(), day=day, ladder=ladder, actor=seat("manager"))


def choose_the_poorest(programme: Programme, formula: ScoreFormula, households: int, surveyed: date, ago: int) -> Campaign:
    """List, score, quotas by hill, the meetings of the villages, two weeks for appeals; approval, and enrolment."""
    with days_ago(ago):
        campaign = begin(programme, "filet-1", Ladder.SCORE, surveyed)
        carry_out(campaign, Kind.LISTING)
        carry_out(campaign, Kind.SCORING, formula=formula.pk)
        stage = set_up(campaign, Kind.QUOTA, seed=SEED, multiplier=MULTIPLIER)
        compute_quotas(stage=stage, total=places_for(households), level=HILLS, multiplier=MULTIPLIER, actor=seat("manager"))
        carry_out(campaign, Kind.QUOTA)
        run = carry_out(campaign, Kind.VALIDATION)
        villages.take_a_list(run, households)
    with days_ago(ago - 8):
        villages.hear_the_villages(run, households)
        carry_out(campaign, Kind.APPEALS)
    with days_ago(ago - 23):
        close_appeals(run=run_of(campaign, Kind.APPEALS), actor=seat("manager"))
        agreed(approve_results, {"campaign": fresh(campaign)}, seat("manager"), seat("approver"))
        work_off()
    with days_ago(ago - 26):
        enrol(campaign)
    return fresh(campaign)


def choose_the_flooded(programme: Programme, condition: str) -> Campaign:
    """Everybody with damage, at once."""
    campaign = begin(programme, "crues-1", Ladder.OPEN, timezone.localdate())
    carry_out(campaign, Kind.LISTING, source="FILTER", condition=condition)
    carry_out(campaign, Kind.QUOTA)
    agreed(approve_results, {"campaign": fresh(campaign)}, seat("manager"), seat("approver"))
    work_off()
    enrol(campaign)
    return fresh(campaign)


def choose_the_old(programme: Programme, condition: str, places: int, ago: int) -> Request:
    """A category and fewer places than people; the selection is asked for, and waits."""
    with days_ago(ago):
        campaign = begin(programme, "pension-1", Ladder.CATEGORY, timezone.localdate())
        carry_out(campaign, Kind.LISTING, source="FILTER", condition="age >= 60")
        carry_out(campaign, Kind.CATEGORICAL, mode="REQUIRE", code="age-70", condition=condition)
        stage = set_up(campaign, Kind.QUOTA, seed=SEED, multiplier=MULTIPLIER)
        shares = by_weight(places, [Household.objects.filter(area__code__startswith=code).count() for code in SETTLED])
        divided = {str(area.pk): share for area, share in zip(communes(), shares, strict=True)}
        set_quotas(stage=stage, places=divided, multiplier=MULTIPLIER, source="Ministry, by population", actor=seat("manager"))
        carry_out(campaign, Kind.QUOTA)
        carry_out(campaign, Kind.APPEALS, days=7)
    with days_ago(ago - 9):
        close_appeals(run=run_of(campaign, Kind.APPEALS), actor=seat("manager"))
        request = submit(approve_results, {"campaign": fresh(campaign)}, actor=seat("manager")).request
    assert request is not None
    return request


def set_up(campaign: Campaign, kind: Kind, **settings: object) -> Stage:
    """Say what a stage does; what is not named stays."""
    stage = campaign.stages.get(kind=kind)
    return set_stage(stage=stage, settings={**stage.settings, **settings}, actor=seat("manager")) if settings else stage


def carry_out(campaign: Campaign, kind: Kind, **settings: object) -> StageRun:
    """Set a stage and carry it out."""
    run_stage(stage=set_up(campaign, kind, **settings), actor=seat("manager"))
    work_off()
    return run_of(campaign, kind)


def run_of(campaign: Campaign, kind: Kind) -> StageRun:
    """The list of a stage, as it was made last."""
    found: StageRun = StageRun.objects.filter(stage__campaign=campaign, stage__kind=kind).latest("pk")
    return found


def enrol(campaign: Campaign) -> None:
    """Those with a recipient and a payment point become active."""
    agreed(enrol_selected, {"campaign": fresh(campaign), "areas": communes()}, seat("manager"), seat("approver"))
    work_off()


def fresh(campaign: Campaign) -> Campaign:
    """As it is now."""
    found: Campaign = Campaign.objects.get(pk=campaign.pk)
    return found

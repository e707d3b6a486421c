"""A campaign for the tests of this module."""

from datetime import date

from coremis.kernel.actions.action import ACTIONS
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import everywhere
from coremis.modules.programmes.tests.sample import (
    agreed,
    approved,
    make_household,
    make_person,
    make_programme,
    make_variable,
    many_households,
)
from coremis.modules.scoring.tests.sample import everywhere_the_same, make_version, stratum, term
from coremis.modules.targeting import services
from coremis.modules.targeting.models import Kind, StageEntry
from coremis.modules.targeting.services.campaigns import Ladder

DAY = date(2026, 3, 1)
__all__ = ["agreed", "approved", "make_household", "make_person", "make_programme", "many_households"]


def everything():
    """Somebody who may do everything of this module everywhere, and see it."""
    mine = [name for name in ACTIONS if name.startswith(("targeting.", "programmes."))]
    return everywhere(
        *mine,
        "targeting.view_campaign",
        "targeting.view_stageentry",
        "programmes.view_enrolment",
        "programmes.view_programme",
        "registry.view_household",
    )


def make_formula(**definition):
    """The score is the variable “poor”."""
    make_variable("poor")
    terms = [term("poor", weights=everywhere_the_same("1"))]
    return make_version({"direction": "LOWER_IS_POORER", "strata": [stratum()], "terms": terms, **definition}, code="PMT").formula


def make_campaign(programme, *areas, ladder=Ladder.CATEGORY, code="C1", **fields):
    return services.create_campaign(
        programme=programme,
        code=code,
        names={"en": f"Campaign {code}"},
        areas=list(areas),
        day=DAY,
        ladder=ladder,
        actor=everything(),
        **fields,
    )


def stage_of(campaign, kind):
    return campaign.stages.get(kind=kind)


def work():
    """Run what is due, and let what broke be seen."""
    run_until_idle()
    broken = Job.objects.exclude(traceback="").first()
    assert not broken, broken.traceback


def set_stage(campaign, kind, **settings):
    return services.set_stage(
        stage=stage_of(campaign, kind), settings={**stage_of(campaign, kind).settings, **settings}, actor=everything()
    )


def carry_out(campaign, *kinds):
    """Carry these stages out, one after another; the last run."""
    for kind in kinds:
        run = services.run_stage(stage=stage_of(campaign, kind), actor=everything())
        work()
        run.refresh_from_db()
        assert run.state in ("OPEN", "DONE"), run.state
    return run


def give_quota(campaign, places, multiplier="2"):
    """Plan so many places for each area: {area: places}."""
    services.set_quotas(
        stage=stage_of(campaign, Kind.QUOTA),
        places={str(area.pk): count for area, count in places.items()},
        multiplier=multiplier,
        actor=everything(),
    )


def outcomes(run):
    """How many of each outcome, as the entries say."""
    found = {}
    for outcome in StageEntry.objects.filter(run=run).values_list("outcome", flat=True):
        found[outcome] = found.get(outcome, 0) + 1
    return found


def ranked(run, outcome):
    """(rank, score) of an outcome in order."""
    return list(StageEntry.objects.filter(run=run, outcome=outcome).order_by("rank").values_list("rank", "value"))

"""Stages and the taking over of a result survive workers that are killed at any moment: nothing is lost, nothing is done twice."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coremis.kernel.jobs import ranges, worker
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.queue import ask_cancel
from coremis.kernel.jobs.worker import run_job, run_until_idle
from coremis.kernel.testing.cast import build_country
from coremis.modules.programmes.models import Enrolment, WaitingPlace
from coremis.modules.programmes.tests.sample import many_households
from coremis.modules.programmes.tests.test_killed_worker import CHUNK, run_killed
from coremis.modules.targeting import services
from coremis.modules.targeting.models import Kind, Quota, StageEntry, StageRun
from coremis.modules.targeting.tests.sample import (
    approved,
    carry_out,
    everything,
    give_quota,
    make_campaign,
    make_programme,
    set_stage,
    stage_of,
)

STAGES = (Kind.LISTING, Kind.CATEGORICAL, Kind.QUOTA)


def prepared(country, code, **fields):
    campaign = make_campaign(make_programme(code), country["North"], code=code)
    set_stage(campaign, Kind.CATEGORICAL, mode="EXCLUDE", code="small", condition="size < 2")
    set_stage(campaign, Kind.QUOTA, seed=7)
    services.skip_stage(stage=stage_of(campaign, Kind.APPEALS), actor=everything())
    give_quota(campaign, {country["Almond"]: 400, country["Cedar"]: 300})
    return campaign


def entries(run):
    return list(StageEntry.objects.filter(run=run).order_by("household").values_list("household", "outcome", "reason", "rank"))


@pytest.mark.django_db(transaction=True)
def test_it_works(monkeypatch):
    """The same lists and the same beneficiaries as of workers that live."""
    monkeypatch.setattr(ranges, "CHUNK", CHUNK)
    country = build_country()
    many_households(country["Almond"], 1500)
    many_households(country["Cedar"], 900)
    calm, killed = prepared(country, "CALM"), prepared(country, "KILLED")
    for kind in STAGES:
        kept = carry_out(calm, kind)
        run = services.run_stage(stage=stage_of(killed, kind), actor=everything())
        assert run_killed(len(kind)) > 1
        run.refresh_from_db()
        assert run.state == "DONE" and entries(run) == entries(kept) and run.listed == 2400
    approved(services.approve_results, campaign=calm, actor=everything())
    approved(services.approve_results, run=False, campaign=killed, actor=everything())
    assert run_killed(9) > 1
    made = Enrolment.objects.order_by("household").values_list("household", "status")
    assert list(made.filter(programme=calm.programme)) == list(made.filter(programme=killed.programme))
    assert made.filter(programme=killed.programme).count() == 1400
    ranks = WaitingPlace.objects.order_by("area", "rank").values_list("area", "rank", "enrolment__household")
    assert list(ranks.filter(programme=calm.programme)) == list(ranks.filter(programme=killed.programme))


@pytest.mark.django_db
def test_a_cancelled_stage_leaves_nothing_behind(monkeypatch):
    """What counted before counts on, and the stage can be carried out again."""
    monkeypatch.setattr(ranges, "CHUNK", 10)
    country = build_country()
    many_households(country["Almond"], 45)
    campaign = prepared(country, "C1")
    first = carry_out(campaign, *STAGES)
    run = services.run_stage(stage=stage_of(campaign, Kind.QUOTA), actor=everything())
    assert not StageEntry.objects.filter(run=run).exists()
    job = Job.objects.get(pk=run.job_id)
    ask_cancel(job)
    run_until_idle()
    run.refresh_from_db(), first.refresh_from_db()
    assert (run.state, first.state, stage_of(campaign, Kind.QUOTA).state) == ("STOPPED", "DONE", "DONE")
    assert not StageEntry._base_manager.filter(run=run).exists() and not Quota.objects.filter(run=run).exists()
    again = carry_out(campaign, Kind.QUOTA)
    assert again.attempt == 3 and entries(again) == entries(first)


@pytest.mark.django_db
def test_nobody_sees_a_list_before_it_is_whole(monkeypatch):
    """At most eight statements a chunk, and twenty for the job."""
    monkeypatch.setattr(ranges, "CHUNK", 10)
    country = build_country()
    many_households(country["Almond"], 100)
    campaign = prepared(country, "C1")
    seen = []
    monkeypatch.setattr(worker, "after_chunk", lambda: seen.append((StageEntry.objects.count(), StageEntry._base_manager.count())))
    run = services.run_stage(stage=stage_of(campaign, Kind.LISTING), actor=everything())
    with CaptureQueriesContext(connection) as queries:
        run_job(run.job_id)
    assert {counted for counted, _there in seen[:-1]} == {0} and seen[-1] == (100, 100)
    own = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    chunks = len(seen)
    assert len(own) <= chunks * (8 + 4) + 20, "\n".join(own)
    assert StageRun.objects.get(pk=run.pk).listed == 100

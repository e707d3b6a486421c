"""Every page of the module: nothing without the right, nothing from elsewhere, a constant number of queries."""

from itertools import count

import pytest
from django.test import Client

from coremis.kernel.access.seats import permissions_of
from coremis.kernel.actions.services import maintenance
from coremis.kernel.testing.cast import build_country, make_user
from coremis.kernel.testing.check_module import check_module
from coremis.modules.programmes.models import Enrolment, GroupChange, Programme, Status
from coremis.modules.programmes.tests.sample import enrol, make_household, make_programme
from coremis.modules.registry.models import Household
from coremis.modules.targeting.figures import counts_of
from coremis.modules.targeting.models import Appeal, Campaign, CampaignChange, Quota, Stage, StageEntry, StageRun
from coremis.modules.targeting.services.campaigns import Ladder
from coremis.modules.targeting.tests.sample import carry_out, make_campaign

pytestmark = pytest.mark.django_db
SERIAL = count()


def samples(area):
    """A campaign with a list, a quota, an open appeal and somebody to enrol in this place."""
    serial = next(SERIAL)
    programme = Programme.objects.filter(code="ALL").first() or make_programme("ALL")
    campaign = make_campaign(programme, area, ladder=Ladder.SCORE, code=f"C{serial}")
    stage = campaign.stages.get(kind="QUOTA")
    household = make_household(area, head_name=f"Head {area.name} {serial}")
    enrolment = enrol(programme, household, Status.POTENTIAL)
    with maintenance("test"):
        run = StageRun(stage=stage, attempt=1, state="DONE", settings={**stage.settings}, listed=1, selected=1)
        run.save()
        entry = StageEntry(run=run, household=household, area=area, outcome="SELECTED", rank=1, value=1.5)
        entry.save()
        Quota(stage=stage, run=run, area=area, places=3).save()
        Quota(stage=stage, area=area, places=2).save()
        appeal = Appeal(entry=entry, kind="WRONG_DATA", words=f"Wrong {area.name}")
        appeal.save()
        group = GroupChange(programme=programme, what="ENROL", area=area, area_ids=[area.pk], state="DONE", to_status="POTENTIAL")
        group.save()
        CampaignChange(campaign=campaign, group=group, what="RESULT").save()
        enrolment.group = group
        enrolment.save()
        campaign.state = "APPROVED"
        campaign.save()
    return {
        Campaign: campaign, Stage: stage, StageRun: run, StageEntry: entry, Appeal: appeal, Household: household, Programme: programme,
        Enrolment: enrolment,
    }  # fmt: skip


def test_it_works():
    """pitfalls S10, P1"""
    check_module("targeting", samples, leave_out={"targeting:result_list"})  # the newest campaign only: test_pipeline.py


def test_who_may_do_what():
    """The manager makes campaigns, the commune officer speaks for villages, the approver only sees and decides."""
    seats = {
        seat: {name.split(".")[1] for name in permissions_of(seat) if name.startswith("targeting.")}
        for seat in ("commune", "approver", "it", "payments")
    }
    sees = {"view_campaign", "view_stageentry", "view_quota", "view_appeal"}
    assert seats["commune"] == sees | {"record_verdict", "confirm_others", "propose_addition", "open_appeal"}
    assert seats["approver"] == sees and seats["it"] == set() == seats["payments"]
    assert {"run_stage", "approve_results", "enrol_selected"} <= {name.split(".")[1] for name in permissions_of("manager")}


def test_counts_are_those_of_the_readers_places():
    """pitfall S10: a campaign of two places shows a reader of one only the part of that place, panels and cards too."""
    country = build_country()
    programme = make_programme("P1")
    campaign = make_campaign(programme, country["North"], ladder=Ladder.OPEN, code="C1")
    make_household(country["Almond"], head_name="Ada")
    for _one in range(4):
        make_household(country["Cedar"], head_name="Lo")
    run = carry_out(campaign, "LISTING", "QUOTA")
    reader = make_user("reader", "targeting.view_campaign", "targeting.view_stageentry", area=country["Almond"])
    client = Client()
    client.force_login(reader)
    for page in (f"/targeting/{campaign.pk}/", f"/targeting/stages/{run.stage_id}/", f"/targeting/lists/{run.pk}/"):
        text = client.get(page).content.decode()
        assert ">5<" not in text and ">1<" in text, page
    assert counts_of([run], reader) == {run.pk: {"SELECTED": 1}}

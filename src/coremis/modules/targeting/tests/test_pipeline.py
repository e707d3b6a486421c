"""Listed, assessed, selected, validated, approved: steps of the pipeline, each with the list of exactly these, in one's own places."""

import pytest
from django.test import RequestFactory
from django.urls import resolve

from coremis.kernel.actions.services import maintenance
from coremis.kernel.datasets.dataset import find_dataset
from coremis.kernel.datasets.widget import Chart, Step
from coremis.kernel.module.contributions import contributions
from coremis.kernel.screens.lists import query_of
from coremis.kernel.testing.cast import build_country, everywhere, make_user
from coremis.modules.programmes.tests.sample import make_household, make_programme
from coremis.modules.targeting.models import Campaign, StageEntry, StageRun
from coremis.modules.targeting.pipeline import RESULTS, STEPS
from coremis.modules.targeting.services.campaigns import Ladder
from coremis.modules.targeting.tests.sample import make_campaign

pytestmark = pytest.mark.django_db
CODES = ("listed", "assessed", "selected", "validated", "approved")


def entries(campaign, place, *decided):
    """The last list of a campaign: (outcome, verdict) of each household."""
    stage = campaign.stages.get(kind="VALIDATION")
    with maintenance("test"):
        run = StageRun.objects.filter(stage=stage).first() or StageRun(stage=stage, attempt=1, state="OPEN")
        if not run.pk:
            run.save()
        for outcome, verdict in decided:
            reason = "rule" if outcome.startswith("NOT_ELI") else ""
            StageEntry(run=run, household=make_household(place), area=place, outcome=outcome, verdict=verdict, reason=reason).save()
    return run


@pytest.fixture
def country():
    """A campaign that was approved, and the older one before it; a second programme whose campaign is under way."""
    found = build_country()
    net = make_programme("NET")
    old, new = (make_campaign(net, found["North"], ladder=Ladder.SCORE, code=code) for code in ("OLD", "NEW"))
    entries(old, found["Almond"], *[("SELECTED", "CONFIRMED")] * 7)
    entries(new, found["Almond"], ("SELECTED", "CONFIRMED"), ("SELECTED", "CONFIRMED"), ("SELECTED", ""), ("NOT_ELIGIBLE", ""))
    with maintenance("test"):
        for campaign in Campaign.objects.filter(code="NEW"):
            campaign.state = "APPROVED"
            campaign.save()
    other = make_campaign(make_programme("OTHER"), found["South"], ladder=Ladder.SCORE, code="OTHER")
    entries(other, found["Fig"], ("SELECTED", "CONFIRMED"), ("NOT_SELECTED", ""))
    return found


def counts(user):
    """What the list behind each step shows this person."""
    dataset, shown = find_dataset(RESULTS), {}
    for code in CODES:
        asked = RequestFactory().get(dataset.link(dataset.measure(code).query))
        screen = resolve(asked.path).func
        read = screen.read(user, query_of(asked) if "clear" not in asked.GET else {}, {})
        assert not read.selection.problems, read.selection.problems
        shown[code] = screen.rows(user, read).count()
    return shown


def test_it_works(country):
    """The newest campaign of each programme counts; five steps stand between the register and the beneficiaries."""
    assert counts(everywhere("targeting.view_stageentry")) == {"listed": 6, "assessed": 5, "selected": 4, "validated": 3, "approved": 3}
    order = [str(step.title) for step in sorted(contributions(Step), key=lambda step: step.order)]
    assert order[:7] == ["On the register", "Listed", "Assessed", "Selected", "Validated", "Approved", "Potential"]
    assert len([one for one in STEPS if isinstance(one, Step)]) == 5 and Chart.STEPS


def test_what_is_counted_is_what_the_lists_show(country):
    dataset, rows = find_dataset(RESULTS), find_dataset(RESULTS).rows()
    counted = {code: rows.filter(dataset.measure(code).where).count() if dataset.measure(code).where else rows.count() for code in CODES}
    assert counted == counts(everywhere("targeting.view_stageentry"))


def test_only_in_the_own_places(country, client):
    """Pitfall S10: the list shows nobody from elsewhere, and needs its right."""
    officer = make_user("officer", "targeting.view_stageentry", area=country["South"])
    assert counts(officer) == {"listed": 2, "assessed": 2, "selected": 1, "validated": 1, "approved": 0}
    client.force_login(officer)
    assert client.get("/targeting/results/?clear=1").content.decode().count("OTHER") > 0
    client.force_login(make_user("nobody", area=country["South"]))
    assert client.get("/targeting/results/").status_code == 403

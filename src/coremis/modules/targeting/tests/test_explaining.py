"""The page of an outcome says how it came about: the working, the rule, the places, the order, and who stands beside."""

import pytest
from django.test import RequestFactory

from coremis.kernel.testing.cast import build_country, make_user
from coremis.modules.targeting.explaining import came_about
from coremis.modules.targeting.models import Kind, StageEntry
from coremis.modules.targeting.services.campaigns import Ladder
from coremis.modules.targeting.tests.sample import (
    carry_out,
    give_quota,
    make_campaign,
    make_formula,
    make_programme,
    many_households,
    set_stage,
)  # fmt: skip
from coremis.modules.targeting.tests.test_scenario_two import name_recipients

pytestmark = pytest.mark.django_db
SEES = ("targeting.view_stageentry", "scoring.view_score")


def shown(entry, *rights, area):
    request = RequestFactory().get("/")
    request.user = make_user(f"reader{len(rights)}", *rights, area=area)
    found = came_about(request, StageEntry.objects.select_related("run__stage__campaign__programme").get(pk=entry.pk))
    return {str(fact["label"]): fact for fact in found["facts"]}, found.get("table")


def test_it_works():
    """Whoever waits sees the places, the order, the own values between equals, and who has the last place, also after a new quota."""
    country = build_country()
    village = country["Almond"]
    many_households(village, 14)
    name_recipients(village)
    campaign = make_campaign(make_programme(), village, ladder=Ladder.SCORE)
    set_stage(campaign, Kind.SCORING, formula=make_formula().pk)
    give_quota(campaign, {village: 4})
    run = carry_out(campaign, Kind.LISTING, Kind.SCORING, Kind.QUOTA)
    entry = StageEntry.objects.get(run=run, rank=8)
    give_quota(campaign, {village: 9})
    facts, table = shown(entry, *SEES, area=village)
    assert facts["Places of Almond"]["text"] == "4" and facts["Places on the waiting list"]["text"] == "4"
    assert facts["Order"]["text"].startswith("the lowest score first; dependants")
    assert facts["Term by term"]["href"].endswith(f"/scores/{entry.score_id}/")
    assert [row["cells"][0].text for row in table["rows"]] == ["4", "5", "6", "7", "8", "9", "10", "11"]
    assert facts["Between equals"]["text"].startswith("dependants for each member aged 15 to 64: nobody of this age")
    assert "Term by term" not in shown(entry, SEES[0], area=village)[0]


def test_the_rule_that_kept_somebody_out_is_said():
    country = build_country()
    many_households(country["Almond"], 6)
    campaign = make_campaign(make_programme(), country["Almond"])
    set_stage(campaign, Kind.CATEGORICAL, mode="EXCLUDE", code="small", condition="size < 3")
    run = carry_out(campaign, Kind.LISTING, Kind.CATEGORICAL)
    facts, table = shown(run.entries.filter(outcome="NOT_ELIGIBLE").first(), *SEES, area=country["Almond"])
    assert "size < 3" in facts["Rule"]["text"] and table is None

"""An officer of one village proposes somebody of that village, also where the campaign reaches many."""

import pytest
from django.test import Client

from coremis.kernel.actions.models import Event
from coremis.kernel.base.refusal import OutsidePlaces, Refusal
from coremis.kernel.testing.cast import build_country, make_user
from coremis.modules.targeting import services
from coremis.modules.targeting.models import Kind, StageEntry
from coremis.modules.targeting.services.campaigns import Ladder
from coremis.modules.targeting.tests.sample import (
    carry_out,
    everything,
    give_quota,
    make_campaign,
    make_household,
    make_programme,
    many_households,
    stage_of,
)  # fmt: skip

pytestmark = pytest.mark.django_db


def opened():
    country = build_country()
    for name in ("Almond", "Fig"):
        many_households(country[name], 6)
    campaign = make_campaign(make_programme(), country["Almond"], country["Fig"], ladder=Ladder.SCORE)
    services.skip_stage(stage=stage_of(campaign, Kind.SCORING), actor=everything())
    give_quota(campaign, {country["Almond"]: 2, country["Fig"]: 2})
    return country, carry_out(campaign, Kind.LISTING, Kind.QUOTA, Kind.VALIDATION)


def test_it_works():
    """The entry is there and the sums follow, written by the system; of the other village nothing (pitfall S10)."""
    country, run = opened()
    officer = make_user("officer", "targeting.propose_addition", area=country["Almond"])
    entry = services.propose_addition(run=run, household=make_household(country["Almond"], head_name="Nia"), note="Late", actor=officer)
    run.refresh_from_db()
    assert (entry.outcome, entry.verdict, run.listed, run.not_assessed) == ("NOT_ASSESSED", "ADDITION", 13, 1)
    assert Event.objects.get(action="targeting.recount").actor_name == "system"
    with pytest.raises(OutsidePlaces):
        services.propose_addition(run=run, household=make_household(country["Fig"], head_name="Ola"), actor=officer)
    with pytest.raises(Refusal):
        services.propose_addition(run=run, actor=officer)
    assert StageEntry.objects.filter(run=run).count() == 13


def test_the_page_finds_whom_by_the_number():
    """An officer types the number of a household of the own village; that of another village is not found."""
    country, run = opened()
    officer = make_user(
        "officer", "targeting.propose_addition", "targeting.view_stageentry", "registry.view_household", area=country["Almond"]
    )
    client = Client()
    client.force_login(officer)
    page = f"/targeting/lists/{run.pk}/propose/"
    mine, other = make_household(country["Almond"], head_name="Nia"), make_household(country["Fig"], head_name="Ola")
    key = client.get(page).content.decode().split('name="key" value="')[1].split('"')[0]
    refused = client.post(page, {"key": key, "number": other.number_text})
    assert refused.status_code == 422 and "in your places" in refused.content.decode()
    assert client.post(page, {"key": key, "number": mine.number_text}).status_code == 303
    assert StageEntry.objects.get(run=run, household=mine).verdict == "ADDITION"


def test_nobody_counts_a_list_by_hand():
    """The action that writes the sums is in no profile, and needs the right in all places of the campaign."""
    country, run = opened()
    officer = make_user("officer", "targeting.recount", area=country["Almond"])
    with pytest.raises(OutsidePlaces):
        services.recount(run=run, actor=officer)

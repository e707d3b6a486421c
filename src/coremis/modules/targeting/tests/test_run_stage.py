"""Carrying out the stages of a campaign."""

from datetime import date

import pytest

from coremis.kernel.testing.cast import build_country
from coremis.modules.targeting.kinds.enumeration import collection_goal
from coremis.modules.targeting.models import Kind
from coremis.modules.targeting.services.campaigns import Ladder
from coremis.modules.targeting.tests.sample import (
    carry_out,
    give_quota,
    make_campaign,
    make_formula,
    make_household,
    make_programme,
    many_households,
    outcomes,
    ranked,
    set_stage,
)
from coremis.modules.targeting.words import reason_words

pytestmark = pytest.mark.django_db


def test_it_works():
    """Listed, kept to a category, and the first ten of the village selected; ten wait and the others are not selected."""
    country = build_country()
    many_households(country["Almond"], 60)
    campaign = make_campaign(make_programme(), country["North"])
    assert carry_out(campaign, Kind.LISTING).listed == 60
    set_stage(campaign, Kind.CATEGORICAL, mode="REQUIRE", code="large", condition="size >= 4")
    run = carry_out(campaign, Kind.CATEGORICAL)
    assert outcomes(run)["NOT_ELIGIBLE"] == run.not_eligible and set(
        run.entries.filter(outcome="NOT_ELIGIBLE").values_list("reason", flat=True)
    ) == {"large"}
    give_quota(campaign, {country["Almond"]: 10})
    run = carry_out(campaign, Kind.QUOTA)
    assert outcomes(run) == {"SELECTED": 10, "WAITING": 10, "NOT_SELECTED": run.not_selected, "NOT_ELIGIBLE": run.not_eligible}
    assert sum(outcomes(run).values()) == run.listed == 60
    assert [rank for rank, _value in ranked(run, "SELECTED")] == list(range(1, 11))
    assert [rank for rank, _value in ranked(run, "WAITING")] == list(range(11, 21))


def test_scores_rank_in_the_direction_of_the_formula():
    country = build_country()
    many_households(country["Almond"], 30)
    campaign = make_campaign(make_programme(), country["Almond"], ladder=Ladder.SCORE)
    set_stage(campaign, Kind.SCORING, formula=make_formula().pk)
    give_quota(campaign, {country["Almond"]: 10}, multiplier="")
    run = carry_out(campaign, Kind.LISTING, Kind.SCORING, Kind.QUOTA)
    assert [value for _rank, value in ranked(run, "SELECTED")] == [0.0] * 10
    assert outcomes(run) == {"SELECTED": 10, "WAITING": 20}


def test_only_who_was_interviewed_is_assessed():
    """The collection target is the quotas times their multiplier; who was not reached could not be assessed."""
    country = build_country()
    many_households(country["Almond"], 4)
    seen = make_household(country["Almond"], interviewed_on=date(2026, 2, 1), consent="given")
    silent = make_household(country["Almond"], interviewed_on=date(2026, 2, 1))
    campaign = make_campaign(make_programme(), country["Almond"], ladder=Ladder.ENUMERATION)
    give_quota(campaign, {country["Almond"]: 5}, multiplier="1.5")
    assert collection_goal(campaign) == 8
    set_stage(campaign, Kind.ENUMERATION, since="2026-01-15", consent=True)
    run = carry_out(campaign, Kind.LISTING, Kind.ENUMERATION)
    assert outcomes(run) == {"IN": 1, "NOT_ASSESSED": 5} and run.entries.get(outcome="IN").household == seen
    assert run.entries.get(household=silent).reason == "no_consent"
    assert set(run.entries.exclude(household__in=[seen, silent]).values_list("reason", flat=True)) == {"not_interviewed"}


def test_who_cannot_be_scored_is_told_apart_by_the_variable():
    """Could not be assessed names the variable; it takes no part in the ranking and never has a rank."""
    country = build_country()
    many_households(country["Almond"], 6)
    unknown = make_household(country["Almond"], data={}, registered_on=date(2026, 1, 1))
    campaign = make_campaign(make_programme(), country["Almond"], ladder=Ladder.SCORE)
    set_stage(campaign, Kind.SCORING, formula=make_formula().pk)
    give_quota(campaign, {country["Almond"]: 4})
    run = carry_out(campaign, Kind.LISTING, Kind.SCORING, Kind.QUOTA)
    entry = run.entries.get(household=unknown)
    assert (entry.outcome, entry.reason, entry.rank, entry.value) == ("NOT_ASSESSED", "poor", None, None)
    assert reason_words(entry) == "poor is not known"
    assert outcomes(run) == {"SELECTED": 4, "WAITING": 2, "NOT_ASSESSED": 1}

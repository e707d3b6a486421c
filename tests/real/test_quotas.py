"""Quotas computed from figures of real places, and unused places moved between them: sums exact, nothing lost, nothing above a limit."""

import pytest

from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.geography.tests.sample import make_figure, make_kind
from coremis.modules.programmes.tests.sample import agreed, many_households
from coremis.modules.targeting import previews, services
from coremis.modules.targeting.models import Kind, Quota
from coremis.modules.targeting.services.campaigns import Ladder
from coremis.modules.targeting.services.reallocation import moved
from coremis.modules.targeting.tests.sample import carry_out, everything, make_campaign, make_programme, outcomes, stage_of
from tests.real.costarica import MISSING, SOURCE, build_country, survey

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(not SOURCE.exists(), reason=MISSING)]
POOR = ("1", "2")


def surveyed():
    """Households and the percent of poor ones in each region of the survey, counted here; by the region's code."""
    heads = [row for row in survey(SOURCE) if row["parentesco1"] == "1"]
    found = {}
    for place in range(1, 7):
        mine = [row for row in heads if row[f"lugar{place}"] == "1"]
        found[f"lugar{place}"] = (len(mine), 100 * sum(row["Target"] in POOR for row in mine) / len(mine))
    return found


def country():
    """The regions with these two figures, and a campaign in all of them."""
    areas = build_country()
    households, poverty = make_kind("households", "households"), make_kind("poverty_rate", "%", 2)
    for code, (count, rate) in surveyed().items():
        make_figure(areas[code], households, count)
        make_figure(areas[code], poverty, rate)
    campaign = make_campaign(make_programme(max_beneficiaries=900), areas["CR"], ladder=Ladder.SCORE)
    services.skip_stage(stage=stage_of(campaign, Kind.SCORING), actor=everything())
    return areas, campaign


def planned(campaign):
    return dict(Quota.objects.filter(stage__campaign=campaign, run=None, places__gt=0).values_list("area__code", "places"))


def by_hand(total, figures):
    """Households times poverty rate, by largest remainder, with nothing of the product."""
    weights = {code: count * rate for code, (count, rate) in figures.items()}
    exact = {code: total * weight / sum(weights.values()) for code, weight in weights.items()}
    found = {code: int(share) for code, share in exact.items()}
    for code in sorted(exact, key=lambda code: found[code] - exact[code])[: total - sum(found.values())]:
        found[code] += 1
    return found


def test_it_works():
    """700 places over six regions with 2,973 heads: as by hand, the sum exact, the figures kept beside each quota."""
    _areas, campaign = country()
    figures = surveyed()
    assert sum(count for count, _rate in figures.values()) == 2973
    services.compute_quotas(stage=stage_of(campaign, Kind.QUOTA), total=700, actor=everything())
    assert planned(campaign) == by_hand(700, figures) and sum(planned(campaign).values()) == 700
    kept = {row.area.code: (row.households, round(row.poverty_rate, 6)) for row in Quota.objects.select_related("area")}
    assert kept == {code: (count, round(rate, 6)) for code, (count, rate) in figures.items()}


@pytest.mark.parametrize("total", [1, 6, 7, 699, 900])
def test_the_sum_is_exact_whatever_the_total(total):
    _areas, campaign = country()
    services.compute_quotas(stage=stage_of(campaign, Kind.QUOTA), total=total, actor=everything())
    assert planned(campaign) == {code: count for code, count in by_hand(total, surveyed()).items() if count}


def test_minimum_missing_figures_and_limits():
    """A minimum lifts the smallest; a region without a figure has no quota and is named; more than the programme has is refused."""
    areas, campaign = country()
    stage = stage_of(campaign, Kind.QUOTA)
    services.compute_quotas(stage=stage, total=100, minimum=12, actor=everything())
    assert min(planned(campaign).values()) == 12 and sum(planned(campaign).values()) == 100
    with pytest.raises(Invalid):
        services.compute_quotas(stage=stage, total=901, actor=everything())
    with pytest.raises(Invalid):
        services.compute_quotas(stage=stage, total=100, minimum=20, actor=everything())
    with maintenance("test"):
        figure = areas["lugar6"].figures.get(kind__code="households")
        figure.valid_until = campaign.reference_day.replace(year=2025)
        figure.save()
    shown = previews.computing({"stage": stage, "total": 100, "level": None}, everything())
    assert [number for _reason, number in shown.left_out] == [1]
    services.compute_quotas(stage=stage, total=100, actor=everything())
    assert "lugar6" not in planned(campaign) and sum(planned(campaign).values()) == 100


def test_unused_places_move():
    """Two regions have fewer households than places: what they leave goes where somebody waits, by how many wait, as was agreed."""
    areas, campaign = country()
    stage = stage_of(campaign, Kind.QUOTA)
    services.compute_quotas(stage=stage, total=60, actor=everything())
    before = planned(campaign)
    people = {code: before[code] - 3 if code in ("lugar1", "lugar4") else before[code] + 2 for code in before}
    for code, count in people.items():
        many_households(areas[code], count)
    with pytest.raises(Refusal):
        agreed(services.reallocate_quotas, stage=stage, actor=everything())
    run = carry_out(campaign, Kind.LISTING, Kind.QUOTA)
    assert outcomes(run) == {"SELECTED": 60 - 6, "WAITING": 8}
    shown = {one.area.code: (one.before, one.after) for one in moved(stage)}
    agreed(services.reallocate_quotas, stage=stage_of(campaign, Kind.QUOTA), actor=everything())
    after = planned(campaign)
    assert sum(after.values()) == 60 and {code: (before[code], after[code]) for code in before if before[code] != after[code]} == shown
    assert all(after[code] == people[code] for code in ("lugar1", "lugar4"))
    assert all(before[code] <= after[code] <= people[code] for code in before if code not in ("lugar1", "lugar4"))
    again = carry_out(campaign, Kind.QUOTA)
    assert outcomes(again) == {"SELECTED": 60, "WAITING": 2} and sum(again.quotas.values_list("places", flat=True)) == 60

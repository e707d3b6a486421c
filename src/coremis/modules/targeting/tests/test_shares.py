"""Quotas by category: some places for those who fit, a reserve, the others by rank; never more than there are (requirement TGT-11)."""

import random
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.refusal import Invalid
from coremis.kernel.jobs.worker import run_job
from coremis.kernel.testing.cast import build_country
from coremis.modules.programmes.tests.sample import many_households
from coremis.modules.registry.models import Household
from coremis.modules.targeting import services
from coremis.modules.targeting.formulas import by_category
from coremis.modules.targeting.models import Kind, Quota, StageEntry
from coremis.modules.targeting.services.campaigns import Ladder
from coremis.modules.targeting.tests.sample import (
    carry_out,
    everything,
    give_quota,
    make_campaign,
    make_formula,
    make_programme,
    make_variable,
    outcomes,
    set_stage,
    stage_of,
)  # fmt: skip

WOMEN = {"names": {"en": "Women", "fr": "Femmes"}, "condition": "women = 1", "share": "40"}
YOUNG = {"names": {"en": "Young heads"}, "condition": "young = 1", "share": "20"}


def listed(count=30, villages=("Almond",), seed=5):
    """A campaign by score over households with chance facts; the score is “poor”."""
    country, chance = build_country(), random.Random(seed)
    for name in villages:
        many_households(country[name], count)
    make_variable("women")
    make_variable("young")
    with maintenance("test"):
        for household in Household.objects.order_by("pk"):
            household.data = {"poor": chance.randint(1, 60), "women": int(chance.random() < 0.3), "young": int(chance.random() < 0.25)}
            household.save()
    campaign = make_campaign(make_programme(), *(country[name] for name in villages), ladder=Ladder.SCORE)
    set_stage(campaign, Kind.SCORING, formula=make_formula().pk)
    return country, campaign


def by_hand(entries, settings, quota):
    """The same division, one household after the other: {household: (outcome, category)}, and the ranks."""
    left = quota.places - quota.reserved
    order = sorted(entries, key=lambda entry: entry["order"])
    came: dict[int, str] = {}
    for share in settings["shares"]:
        seats = quota.shares[share["code"]]
        for entry in order:
            if seats and left and entry["pk"] not in came and entry["data"][share["code"]]:
                came[entry["pk"]] = share["code"]
                seats, left = seats - 1, left - 1
    for entry in order:
        if left and entry["pk"] not in came:
            came[entry["pk"]] = ""
            left -= 1
    ranked = [entry["pk"] for entry in order if entry["pk"] in came] + [entry["pk"] for entry in order if entry["pk"] not in came]
    return came, {pk: place for place, pk in enumerate(ranked, 1)}


def test_it_works():
    """40 % women, 20 % young heads, 10 % in reserve of ten places; each says by which category it came in."""
    assert by_category(10, [Fraction(40), Fraction(20)], Fraction(10)) == ([4, 2], 1)
    assert by_category(7, [Fraction(40), 2], Fraction(10)) == ([3, 2], 1)


def test_percentages_never_pass_the_places():
    chance = random.Random(3)
    for _round in range(500):
        shares = [Fraction(chance.randint(1, 3000), 100) for _one in range(chance.randint(0, 3))]
        reserve, places = Fraction(chance.randint(0, 1000), 100), chance.randint(0, 500)
        found, kept = by_category(places, shares, reserve)
        assert sum(found) + kept <= places
        exact = [places * share / 100 for share in [*shares, reserve]]
        assert all(abs(count - share) < 1 for count, share in zip([*found, kept], exact, strict=True))
    with pytest.raises(ValueError):
        by_category(10, [Fraction(60), Fraction(30)], Fraction(11))
    with pytest.raises(ValueError):
        by_category(3, [4], Fraction(0))


@pytest.mark.django_db
def test_the_statement_divides_as_by_hand():
    """Two villages, chance facts: the same outcomes, categories and ranks as one household after the other; one outcome each."""
    country, campaign = listed(40, ("Almond", "Cedar"))
    women, young = {**WOMEN, "condition": "women = 1"}, {**YOUNG, "share": "", "number": 2}
    set_stage(campaign, Kind.QUOTA, shares=[women, young], reserve="10")
    give_quota(campaign, {country["Almond"]: 13, country["Cedar"]: 9}, multiplier="1.5")
    run = carry_out(campaign, Kind.LISTING, Kind.SCORING, Kind.QUOTA)
    assert outcomes(run)["SELECTED"] == 12 + 8 and sum(outcomes(run).values()) == 80 == run.listed
    settings = {"shares": [{"code": "women"}, {"code": "young-heads"}]}
    for quota in Quota.objects.filter(run=run):
        rows = list(StageEntry.objects.filter(run=run, area=quota.area).select_related("household"))
        general = {row.pk: (row.value, *(tie_order(row))) for row in rows}
        entries = [
            {
                "pk": row.pk,
                "order": general[row.pk],
                "data": {"women": row.household.data["women"], "young-heads": row.household.data["young"]},
            }
            for row in rows
        ]
        came, ranks = by_hand(entries, settings, quota)
        assert {row.pk: row.came_by for row in rows if row.outcome == "SELECTED"} == came
        assert {row.pk: row.rank for row in rows} == ranks
        waits = quota.places - quota.reserved + quota.waiting_places
        assert all((row.outcome == "NOT_SELECTED") == (row.rank > waits) for row in rows)
        assert sum(code == "women" for code in came.values()) == quota.shares["women"]
        assert quota.shares["young-heads"] == 2 and quota.reserved == round(quota.places / 10)


def tie_order(row):
    """The published tie-break: all these households are alike but for the lot."""
    from coremis.modules.targeting.formulas import draw

    return (draw(row.run.settings["seed"], row.household.number),)


@pytest.mark.django_db
def test_over_allocation_is_refused():
    """Percentages with the reserve above 100, numbers above an area's quota, and two categories of one name."""
    country, campaign = listed(6)
    for wrong in (
        {"shares": [{**WOMEN, "share": "60"}, {**YOUNG, "share": "31"}], "reserve": "10"},
        {"shares": [WOMEN, WOMEN]}, {"shares": [{**WOMEN, "number": 3}]}, {"shares": [{**WOMEN, "condition": ""}]},
        {"shares": [{**WOMEN, "share": "0"}]}, {"shares": [{**WOMEN, "names": {}}]}, {"shares": [{**WOMEN, "state": "DONE"}]},
    ):  # fmt: skip
        with pytest.raises(Invalid):
            set_stage(campaign, Kind.QUOTA, **wrong)
    set_stage(campaign, Kind.QUOTA, shares=[{**WOMEN, "share": "", "number": 3}])
    give_quota(campaign, {country["Almond"]: 2})
    carry_out(campaign, Kind.LISTING, Kind.SCORING)
    with pytest.raises(Invalid) as refused:
        services.run_stage(stage=stage_of(campaign, Kind.QUOTA), actor=everything())
    assert "Almond has 2 places" in str(refused.value.errors)


@pytest.mark.django_db
def test_a_rejected_place_goes_to_the_next_of_its_category():
    """After a meeting the category keeps its places, as long as somebody who fits it waits and was confirmed."""
    country, campaign = listed(30)
    set_stage(campaign, Kind.QUOTA, shares=[WOMEN])
    give_quota(campaign, {country["Almond"]: 10})
    carry_out(campaign, Kind.LISTING, Kind.SCORING, Kind.QUOTA)
    run = carry_out(campaign, Kind.VALIDATION)
    gone = StageEntry.objects.filter(run=run, came_by="women").order_by("rank").first()
    services.record_verdict(entry=gone, verdict="REJECTED", reason="not_here", actor=everything())
    services.confirm_others(run=run, area=country["Almond"], actor=everything())
    services.close_validation(run=run, actor=everything())
    moved = StageEntry.objects.get(run=run, reason="moved_up")
    expected = StageEntry.objects.filter(run=run, fits__women=1, outcome="WAITING").order_by("rank").first()
    assert moved.came_by == "women" and moved.fits["women"] == 1 and (expected is None or moved.rank < expected.rank)
    assert StageEntry.objects.filter(run=run, came_by="women", outcome="SELECTED").count() == 4


@pytest.mark.django_db
def test_three_statements_for_all_villages_of_a_chunk():
    """The temporary table, the entries out of it, and its end: their number grows neither with villages nor with categories."""
    country, campaign = listed(12, ("Almond", "Beech", "Cedar"))
    set_stage(campaign, Kind.QUOTA, shares=[WOMEN, YOUNG], reserve="10")
    give_quota(campaign, {country[name]: 5 for name in ("Almond", "Beech", "Cedar")})
    carry_out(campaign, Kind.LISTING, Kind.SCORING)
    run = services.run_stage(stage=stage_of(campaign, Kind.QUOTA), actor=everything())
    with CaptureQueriesContext(connection) as queries:
        run_job(run.job_id)
    asked = [query["sql"] for query in queries if "targeting_placed" in query["sql"]]
    assert [sql.split()[0] for sql in asked] == ["CREATE", "INSERT", "DROP"]
    assert StageEntry.objects.filter(run=run).count() == 36

"""Stages in another order, left out, set anew: what was done stays readable and is to be done again."""

from datetime import date

import pytest
from django.utils.translation import override

from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.testing.cast import build_country
from coremis.modules.targeting import services
from coremis.modules.targeting.models import Kind, Stage, StageEntry, StageRun
from coremis.modules.targeting.queries import current_entries, current_run_of, outcome_of
from coremis.modules.targeting.services.campaigns import Ladder
from coremis.modules.targeting.tests.sample import (
    approved,
    carry_out,
    everything,
    give_quota,
    make_campaign,
    make_formula,
    make_programme,
    many_households,
    outcomes,
    set_stage,
    stage_of,
)  # fmt: skip

pytestmark = pytest.mark.django_db
RULE = {"mode": "EXCLUDE", "code": "small", "condition": "size < 3"}


def made(count=20, **programme):
    country = build_country()
    many_households(country["Almond"], count)
    campaign = make_campaign(make_programme(**programme), country["Almond"])
    set_stage(campaign, Kind.CATEGORICAL, **RULE)
    give_quota(campaign, {country["Almond"]: 5})
    return country, campaign


def test_it_works():
    """A rerun is a new list; the old one stays as it was, and the later stages are to be done again."""
    _country, campaign = made()
    last = carry_out(campaign, Kind.LISTING, Kind.CATEGORICAL, Kind.QUOTA)
    held = list(StageEntry.objects.filter(run=last).order_by("pk").values_list("household", "outcome", "rank"))
    again = carry_out(campaign, Kind.CATEGORICAL)
    last.refresh_from_db()
    assert again.attempt == 2 and last.state == "REPLACED" and stage_of(campaign, Kind.QUOTA).state == "WAITING"
    assert list(StageEntry.objects.filter(run=last).order_by("pk").values_list("household", "outcome", "rank")) == held
    assert current_run_of(campaign) == again and current_entries(campaign).count() == 20
    with pytest.raises(Refusal, match="is not done"):
        approved(services.approve_results, campaign=campaign, actor=everything())
    third = carry_out(campaign, Kind.QUOTA)
    assert third.attempt == 2 and list(third.entries.order_by("pk").values_list("household", "outcome", "rank")) == held


def test_a_stage_left_out_is_passed_over():
    _country, campaign = made()
    services.skip_stage(stage=stage_of(campaign, Kind.CATEGORICAL), actor=everything())
    run = carry_out(campaign, Kind.LISTING, Kind.QUOTA)
    assert run.not_eligible == 0 and run.source.stage.kind == Kind.LISTING
    services.bring_back_stage(stage=stage_of(campaign, Kind.CATEGORICAL), actor=everything())
    run.refresh_from_db()
    assert run.state == "REPLACED"
    with pytest.raises(Refusal, match="comes first"):
        services.run_stage(stage=stage_of(campaign, Kind.QUOTA), actor=everything())


def test_the_order_can_be_changed():
    """Quota before category: the rule then takes places away from those who were ranked."""
    _country, campaign = made()
    carry_out(campaign, Kind.LISTING, Kind.CATEGORICAL)
    services.move_stage(stage=stage_of(campaign, Kind.QUOTA), earlier=True, actor=everything())
    assert list(campaign.stages.order_by("position").values_list("kind", flat=True)) == ["LISTING", "QUOTA", "CATEGORICAL", "APPEALS"]
    run = carry_out(campaign, Kind.QUOTA, Kind.CATEGORICAL)
    assert run.not_eligible == 0 and outcomes(run)["SELECTED"] == 5  # who has an outcome keeps it
    with pytest.raises(Refusal, match="list comes first"):
        services.move_stage(stage=stage_of(campaign, Kind.LISTING), earlier=False, actor=everything())


def test_settings_are_checked_and_their_copy_is_kept():
    _country, campaign = made()
    with pytest.raises(Invalid):
        set_stage(campaign, Kind.CATEGORICAL, mode="PERHAPS")
    with pytest.raises(Invalid):
        set_stage(campaign, Kind.QUOTA, ties=[{"by": "height"}])
    with pytest.raises(Invalid):
        set_stage(campaign, Kind.APPEALS, state="DONE")
    run = carry_out(campaign, Kind.LISTING, Kind.CATEGORICAL)
    set_stage(campaign, Kind.CATEGORICAL, condition="size < 5")
    run.refresh_from_db()
    assert run.settings["condition"] == "size < 3" and run.state == "REPLACED"


def test_everybody_has_exactly_one_outcome_and_the_counts_sum_to_the_list():
    """The database refuses counts that do not sum to the list."""
    _country, campaign = made()
    run = carry_out(campaign, Kind.LISTING, Kind.CATEGORICAL, Kind.QUOTA)
    assert sum(outcomes(run).values()) == run.listed == 20 == run.entries.values("household").distinct().count()
    household = run.entries.filter(outcome="NOT_ELIGIBLE").first().household
    entry = outcome_of(campaign, household)
    assert (entry.outcome, entry.reason) == ("NOT_ELIGIBLE", "small")
    constraint = next(one for one in StageRun._meta.constraints if one.name == "stage_outcomes_sum_to_the_list")
    run.selected += 1
    with pytest.raises(Exception, match="violated"):
        constraint.validate(StageRun, run)


def test_quotas_never_give_more_places_than_the_programme_has():
    """pitfall M5"""
    country, campaign = made(max_beneficiaries=7)
    with pytest.raises(Invalid, match="kept like this"):
        give_quota(campaign, {country["Almond"]: 8})
    give_quota(campaign, {country["Almond"]: 7})
    with pytest.raises(Invalid):
        give_quota(campaign, {country["Ebony"]: 1})
    carry_out(campaign, Kind.LISTING, Kind.CATEGORICAL)
    campaign.programme.max_beneficiaries = 6
    with maintenance("test"):
        campaign.programme.save()
    with pytest.raises(Invalid):
        services.run_stage(stage=stage_of(campaign, Kind.QUOTA), actor=everything())


def test_nobody_listed_is_refused():
    """pitfall M1"""
    country = build_country()
    campaign = make_campaign(make_programme(), country["Almond"])
    with pytest.raises(Invalid):
        services.run_stage(stage=stage_of(campaign, Kind.LISTING), actor=everything())
    with pytest.raises(Invalid):
        make_campaign(make_programme("OTHER"), code="C2")


def test_a_campaign_has_one_list():
    """A second one could neither be carried out nor left out; where one was added before, it is left out."""
    _country, campaign = made()
    with pytest.raises(Invalid, match="has its list already"):
        services.add_stage(campaign=campaign, stage_kind=Kind.LISTING, actor=everything())
    with maintenance("test"):
        second = Stage(campaign=campaign, position=9, kind=Kind.LISTING)
        second.save()
    assert services.skip_stage(stage=second, actor=everything()).state == "SKIPPED"
    with pytest.raises(Refusal, match="cannot be left out"):
        services.skip_stage(stage=campaign.stages.get(position=1), actor=everything())


def test_a_community_may_look_at_the_list_before_the_quota():
    """Everybody still to be decided on is asked about: who is rejected gets no place, who is confirmed may move up later."""
    country = build_country()
    village = country["Almond"]
    many_households(village, 8)
    campaign = make_campaign(make_programme(), village, ladder=Ladder.SCORE)
    services.skip_stage(stage=stage_of(campaign, Kind.SCORING), actor=everything())
    services.move_stage(stage=stage_of(campaign, Kind.VALIDATION), actor=everything())
    give_quota(campaign, {village: 3})
    run = carry_out(campaign, Kind.LISTING, Kind.VALIDATION)
    first, second = run.entries.order_by("pk")[:2]
    with pytest.raises(Refusal, match="cannot|Confirm or reject"):
        services.record_verdict(entry=second, verdict="ADDITION", actor=everything())
    services.record_verdict(entry=first, verdict="REJECTED", reason="deceased", actor=everything())
    with pytest.raises(Refusal, match="7 have no answer"):
        services.close_validation(run=run, actor=everything())
    services.confirm_others(run=run, area=village, actor=everything())
    services.close_validation(run=run, actor=everything())
    run = carry_out(campaign, Kind.QUOTA)
    assert outcomes(run) == {"SELECTED": 3, "WAITING": 3, "NOT_SELECTED": 2}
    assert set(run.entries.filter(outcome="WAITING").values_list("verdict", flat=True)) == {"CONFIRMED"}
    assert run.entries.get(household=first.household).outcome == "NOT_SELECTED"


def test_a_category_that_the_formula_does_not_have_is_refused():
    """A slip of the pen would make everybody not eligible."""
    _country, campaign = made()
    stage = services.add_stage(campaign=campaign, stage_kind=Kind.SCORING, actor=everything())
    named = [{"code": code, "names": {"en": code}} for code in ("POOR", "OTHERS")]
    formula = make_formula(categories=named, cutoffs=[{"category": "POOR", "limit": "1"}])
    with pytest.raises(Invalid) as refused:
        services.set_stage(stage=stage, settings={"formula": formula.pk, "categories": ["poor"]}, actor=everything())
    assert "POOR, OTHERS" in str(refused.value.errors["categories"][0])
    services.set_stage(stage=stage, settings={"formula": formula.pk, "categories": ["POOR"]}, actor=everything())


def test_a_score_after_the_quota_says_what_to_do():
    """Nobody is left to be scored: move the stage, or leave it out."""
    country = build_country()
    many_households(country["Almond"], 6)
    campaign = make_campaign(make_programme(), country["Almond"], ladder=Ladder.SCORE)
    set_stage(campaign, Kind.SCORING, formula=make_formula().pk)
    give_quota(campaign, {country["Almond"]: 2})
    services.move_stage(stage=stage_of(campaign, Kind.QUOTA), actor=everything())
    carry_out(campaign, Kind.LISTING, Kind.QUOTA)
    with pytest.raises(Invalid) as refused:
        services.run_stage(stage=stage_of(campaign, Kind.SCORING), actor=everything())
    assert "leave it out" in str(refused.value.errors["formula"][0])


def test_the_last_day_for_appeals_is_written_as_people_write_it():
    """A French officer reads 05/12/2026, not 2026-12-05."""
    _country, campaign = made()
    run = carry_out(campaign, Kind.LISTING, Kind.CATEGORICAL, Kind.QUOTA, Kind.APPEALS)
    last = date.fromisoformat(run.settings["until"])
    with override("fr"), pytest.raises(Refusal) as refused:
        services.close_appeals(run=run, actor=everything())
    assert f"{last:%d/%m/%Y}" in str(refused.value)

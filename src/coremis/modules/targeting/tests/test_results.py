"""From the approved result to active beneficiaries, and what happens later."""

import pytest

from coremis.kernel.base.refusal import NeedsApproval, Refusal
from coremis.kernel.testing.cast import build_country, make_user
from coremis.modules.programmes.models import Enrolment, Reason, Status, WaitingPlace
from coremis.modules.programmes.services import change_status, promote_waiting
from coremis.modules.programmes.tests.sample import agreed, enrol_all, statuses, undo
from coremis.modules.registry.models import Household
from coremis.modules.targeting import previews, services
from coremis.modules.targeting.models import Campaign, Kind, StageEntry
from coremis.modules.targeting.queries import current_run_of, outcomes_of
from coremis.modules.targeting.readiness import free_places_of, obstacles, takeable
from coremis.modules.targeting.services.campaigns import Ladder
from coremis.modules.targeting.tests.sample import (
    approved,
    carry_out,
    everything,
    give_quota,
    make_campaign,
    make_programme,
    many_households,
    set_stage,
    stage_of,
)  # fmt: skip
from coremis.modules.targeting.tests.test_scenario_two import make_point, name_recipients

pytestmark = pytest.mark.django_db


def decided(count=12, places=4, community=False, **programme):
    """A campaign in one village with everybody ready, up to its last stage."""
    country = build_country()
    village = country["Almond"]
    many_households(village, count)
    campaign = make_campaign(make_programme(**programme), village, ladder=Ladder.SCORE)
    services.skip_stage(stage=stage_of(campaign, Kind.SCORING), actor=everything())
    services.skip_stage(stage=stage_of(campaign, Kind.APPEALS), actor=everything())
    give_quota(campaign, {village: places})
    carry_out(campaign, Kind.LISTING, Kind.QUOTA)
    if not community:
        services.skip_stage(stage=stage_of(campaign, Kind.VALIDATION), actor=everything())
    name_recipients(village)
    make_point(village)
    return village, campaign


def again(campaign):
    """As the next request reads it."""
    return Campaign.objects.select_related("programme").get(pk=campaign.pk)


def test_it_works():
    """Approved: potential and waiting; enrolled: active; who exits gives the place to the next in line."""
    village, campaign = decided()
    with pytest.raises(NeedsApproval):
        services.approve_results(campaign=campaign, actor=everything())
    group = approved(services.approve_results, campaign=campaign, actor=everything())
    assert statuses(campaign.programme) == {Status.POTENTIAL: 8} and WaitingPlace.objects.count() == 4
    approved(services.enrol_selected, campaign=campaign, areas=[village], actor=everything())
    assert statuses(campaign.programme) == {Status.ACTIVE: 4, Status.POTENTIAL: 4}
    assert not free_places_of(current_run_of(campaign), [village.pk]).exists()
    leaving = Enrolment.objects.filter(status=Status.ACTIVE).first()
    agreed(change_status, enrolment=leaving, status=Status.EXITED, reason=Reason.VOLUNTARY)
    assert free_places_of(current_run_of(campaign), [village.pk]).get().free == 1
    shown = previews.filling({"campaign": again(campaign), "areas": [village]}, everything())
    moved = agreed(services.fill_places, campaign=campaign, areas=[village], actor=everything())
    assert moved.count == shown.count == 1
    place = WaitingPlace.objects.get(enrolment__status=Status.ACTIVE)
    assert place.rank == 5 and Enrolment.objects.get(pk=place.enrolment_id).status_reason == Reason.FROM_WAITING_LIST
    with pytest.raises(Refusal, match="No place is free"):
        agreed(services.fill_places, campaign=campaign, areas=[village], actor=everything())
    assert group.campaign_change.campaign == campaign


def test_whom_the_community_did_not_confirm_never_moves_up():
    village, campaign = decided(community=True)
    run = carry_out(campaign, Kind.VALIDATION)
    for entry in StageEntry.objects.filter(run=run, rank__in=(1, 2, 3, 4, 6)):
        services.record_verdict(entry=entry, verdict="CONFIRMED", actor=everything())
    services.close_validation(run=run, actor=everything())
    approved(services.approve_results, campaign=campaign, actor=everything())
    assert list(WaitingPlace.objects.filter(is_validated=True).values_list("rank", flat=True)) == [6]
    approved(services.enrol_selected, campaign=campaign, areas=[village], actor=everything())
    for leaving in Enrolment.objects.filter(status=Status.ACTIVE)[:2]:
        agreed(change_status, enrolment=leaving, status=Status.EXITED, reason=Reason.VOLUNTARY)
    assert agreed(services.fill_places, campaign=campaign, areas=[village], actor=everything()).count == 1
    with pytest.raises(Refusal, match="Nobody is waiting"):
        agreed(promote_waiting, programme=campaign.programme, areas=[village], count=1)


def test_the_list_stays_and_the_others_are_known():
    """Requirement TGT-18: who was not selected is kept with the outcome."""
    _village, campaign = decided()
    approved(services.approve_results, campaign=campaign, actor=everything())
    outside = StageEntry.objects.filter(run=current_run_of(campaign), outcome="NOT_SELECTED").first().household
    assert not Enrolment.objects.filter(household=outside).exists()
    assert [entry.outcome for entry in outcomes_of(outside)] == ["NOT_SELECTED"]


def test_the_result_can_be_undone_as_every_group_change():
    _village, campaign = decided()
    group = approved(services.approve_results, campaign=campaign, actor=everything())
    undo(group)
    assert statuses(campaign.programme) == {Status.EXITED: 8}
    approved(services.approve_results, campaign=campaign, actor=everything())
    assert statuses(campaign.programme) == {Status.EXITED: 8, Status.POTENTIAL: 8}
    assert sorted(WaitingPlace.objects.filter(enrolment__status="POTENTIAL").values_list("rank", flat=True)) == [13, 14, 15, 16]


def test_who_left_since_is_not_taken_over_again():
    """A result is taken over once: who exited afterwards is neither brought back nor owed a place."""
    village, campaign = decided()
    approved(services.approve_results, campaign=campaign, actor=everything())
    approved(services.enrol_selected, campaign=campaign, areas=[village], actor=everything())
    agreed(change_status, enrolment=Enrolment.objects.filter(status="ACTIVE").first(), status=Status.EXITED, reason=Reason.VOLUNTARY)
    assert not takeable(current_run_of(campaign)).exists()
    with pytest.raises(Refusal, match="Nobody is left"):
        agreed(services.approve_results, campaign=again(campaign), actor=everything())


def test_an_open_appeal_holds_back_only_whom_it_is_about():
    village, campaign = decided()
    entry = StageEntry.objects.get(run=current_run_of(campaign), rank=2)
    appeal = services.open_appeal(entry=entry, appeal_kind="WRONGLY_IN", words="Owns a lorry", actor=everything())
    approved(services.approve_results, campaign=campaign, actor=everything())
    assert statuses(campaign.programme) == {Status.POTENTIAL: 7}
    services.decide_appeal(appeal=appeal, accepted=False, decision="It is rented", actor=everything())
    approved(services.approve_results, campaign=campaign, actor=everything())
    assert statuses(campaign.programme) == {Status.POTENTIAL: 8}
    late = services.open_appeal(entry=entry, appeal_kind="WRONGLY_IN", words="Again", actor=everything())
    assert obstacles(campaign, [village.pk]) == {"ready": 3, "appeal": 1}
    services.decide_appeal(appeal=late, accepted=True, decision="It is owned", actor=everything())
    entry.refresh_from_db()
    assert (entry.outcome, entry.reason) == ("NOT_ASSESSED", "appeal")
    approved(services.enrol_selected, campaign=campaign, areas=[village], actor=everything())
    assert statuses(campaign.programme)[Status.ACTIVE] == 3 and current_run_of(campaign).listed == 12


def test_the_preview_counts_what_the_work_does():
    """pitfall M2"""
    village, campaign = decided(max_beneficiaries=4)
    shown = previews.result({"campaign": again(campaign)}, everything())
    assert shown.count == 8 and not shown.problem
    approved(services.approve_results, campaign=campaign, actor=everything())
    shown = previews.enrolment({"campaign": again(campaign), "areas": [village]}, everything())
    assert shown.count == 4 and shown.button == "Enrol 4 households"


def test_a_review_proposes_exits_and_nothing_moves_without_approval():
    """Requirements TGT-16 and TGT-17; pitfall D10: who was set by hand stays."""
    country = build_country()
    village = country["Almond"]
    many_households(village, 14)
    programme = make_programme()
    enrol_all(programme, village)
    by_hand = Enrolment.objects.get(household=Household.objects.filter(size=1).first())
    agreed(change_status, enrolment=by_hand, status=Status.SUSPENDED, reason=Reason.ABSENT)
    campaign = make_campaign(programme, village, ladder=Ladder.CATEGORY, purpose=Campaign.Purpose.REVIEW)
    set_stage(campaign, Kind.CATEGORICAL, mode="EXCLUDE", code="small", condition="size <= 2")
    set_stage(campaign, Kind.QUOTA, everybody=True)
    services.skip_stage(stage=stage_of(campaign, Kind.APPEALS), actor=everything())
    run = carry_out(campaign, Kind.LISTING, Kind.CATEGORICAL, Kind.QUOTA)
    assert (run.listed, run.not_eligible, run.selected) == (14, 4, 10)
    assert statuses(programme)[Status.ACTIVE] == 13
    with pytest.raises(Refusal, match="present beneficiaries"):
        agreed(services.approve_results, campaign=campaign, actor=everything())
    assert previews.exits({"campaign": again(campaign)}, everything()).count == 3
    approved(services.approve_exits, campaign=campaign, actor=everything())
    assert statuses(programme) == {Status.ACTIVE: 10, Status.EXITED: 3, Status.SUSPENDED: 1}


def test_places_are_those_of_the_actor():
    """pitfall S10: nobody carries out or approves for places of others."""
    village, campaign = decided()
    elsewhere = make_user(
        "elsewhere", "targeting.approve_results", "targeting.run_stage", area=village.parent.parent.parent.children.get(name="South")
    )
    with pytest.raises(Refusal):
        agreed(services.approve_results, campaign=campaign, actor=elsewhere)
    with pytest.raises(Refusal):
        services.run_stage(stage=stage_of(campaign, Kind.QUOTA), actor=elsewhere)
    assert not Campaign.objects.visible_to(elsewhere, "targeting.run_stage").exists()

"""An appeal that is accepted after the result was approved: a free place, the waiting list, or a place beyond the quota."""

import pytest

from coremis.kernel.base.refusal import NeedsApproval, Refusal
from coremis.kernel.testing.cast import build_country, make_user
from coremis.modules.programmes.models import Enrolment, Reason, Status, WaitingPlace
from coremis.modules.programmes.services import change_status
from coremis.modules.programmes.tests.sample import agreed, statuses
from coremis.modules.targeting import previews, services
from coremis.modules.targeting.models import Kind, StageEntry
from coremis.modules.targeting.queries import current_run_of
from coremis.modules.targeting.readiness import quotas_with_free
from coremis.modules.targeting.services.campaigns import Ladder
from coremis.modules.targeting.services.reallocation import moved
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
from coremis.modules.targeting.tests.test_results import again, decided

pytestmark = pytest.mark.django_db


def taken_over(**fields):
    village, campaign = decided(**fields)
    approved(services.approve_results, campaign=campaign, actor=everything())
    return village, campaign


def accepted(campaign, rank, kind="WRONGLY_OUT"):
    entry = StageEntry.objects.get(run=current_run_of(campaign), rank=rank)
    appeal = services.open_appeal(entry=entry, appeal_kind=kind, words="Forgotten", actor=everything())
    return services.decide_appeal(appeal=appeal, accepted=True, decision="Looked at again", actor=everything())


def give(appeal, remedy):
    return agreed(services.give_place, appeal=appeal, remedy=remedy, actor=everything())


def quota_of(campaign, village):
    return quotas_with_free(current_run_of(again(campaign)), [village.pk]).get()


def test_it_works():
    """Of four places none is free: the appellant waits last, or gets a fifth place by a decision of its own; the counts follow."""
    village, campaign = taken_over()
    appeal = accepted(campaign, 12)
    assert previews.place_given({"appeal": appeal, "remedy": "PLACE"}, everything()).problem
    with pytest.raises(Refusal, match="No place is free"):
        give(appeal, "PLACE")
    with pytest.raises(NeedsApproval):
        services.give_place(appeal=appeal, remedy="BEYOND", actor=everything())
    shown = previews.place_given({"appeal": appeal, "remedy": "BEYOND"}, everything())
    assert shown.count == 1 and ("Beyond the quota afterwards", 1) in [fact[:2] for fact in shown.facts]
    give(appeal, "BEYOND")
    run = current_run_of(campaign)
    assert (run.selected, run.listed) == (5, 12) and statuses(campaign.programme)[Status.POTENTIAL] == 9
    assert Enrolment.objects.get(household=appeal.entry.household).status_reason == Reason.APPEAL_ACCEPTED
    assert quota_of(campaign, village).free == -1
    approved(services.enrol_selected, campaign=campaign, areas=[village], actor=everything())
    assert statuses(campaign.programme)[Status.ACTIVE] == 5
    with pytest.raises(Refusal, match="has led to"):
        give(appeal, "WAITING")


def test_who_leaves_after_a_place_beyond_the_quota_frees_none():
    village, campaign = taken_over()
    give(accepted(campaign, 12), "BEYOND")
    approved(services.enrol_selected, campaign=campaign, areas=[village], actor=everything())
    agreed(change_status, enrolment=Enrolment.objects.filter(status="ACTIVE").first(), status=Status.EXITED, reason=Reason.VOLUNTARY)
    with pytest.raises(Refusal, match="No place is free"):
        agreed(services.fill_places, campaign=campaign, areas=[village], actor=everything())


def test_a_place_that_became_free_goes_to_the_appellant():
    village, campaign = taken_over()
    approved(services.enrol_selected, campaign=campaign, areas=[village], actor=everything())
    agreed(change_status, enrolment=Enrolment.objects.filter(status="ACTIVE").first(), status=Status.EXITED, reason=Reason.VOLUNTARY)
    waiting, outside = accepted(campaign, 5), accepted(campaign, 11)
    with pytest.raises(Refusal, match="Free in Almond: 1"):
        give(outside, "BEYOND")
    give(waiting, "PLACE")
    assert WaitingPlace.objects.get(enrolment__household=waiting.entry.household).removed_on is not None
    assert quota_of(campaign, village).free == 0
    with pytest.raises(Refusal, match="No place is free"):
        give(outside, "PLACE")
    give(outside, "WAITING")
    place = WaitingPlace.objects.get(enrolment__household=outside.entry.household)
    entry = StageEntry.objects.get(run=current_run_of(campaign), household=outside.entry.household)
    assert place.rank == 9 == entry.rank and entry.outcome == "WAITING"


def test_the_reserve_is_kept_for_appeals_until_the_campaign_is_closed():
    """Of four places one is in reserve: three are selected, nobody moves up into it, an appellant may have it."""
    village, campaign = decided()
    set_stage(campaign, Kind.QUOTA, reserve="25")
    run = carry_out(campaign, Kind.QUOTA)
    assert (run.selected, run.waiting) == (3, 4)
    approved(services.approve_results, campaign=campaign, actor=everything())
    quota = quota_of(campaign, village)
    assert (quota.reserved, quota.kept, quota.taken, quota.free) == (1, 1, 3, 0)
    with pytest.raises(Refusal, match="No place is free"):
        agreed(services.fill_places, campaign=campaign, areas=[village], actor=everything())
    give(accepted(campaign, 12), "PLACE")
    assert (quota_of(campaign, village).kept, quota_of(campaign, village).taken, quota_of(campaign, village).free) == (0, 4, 0)


def test_a_closed_campaign_gives_its_reserve_to_the_waiting():
    village, campaign = decided()
    set_stage(campaign, Kind.QUOTA, reserve="25")
    carry_out(campaign, Kind.QUOTA)
    approved(services.approve_results, campaign=campaign, actor=everything())
    services.close_campaign(campaign=again(campaign), actor=everything())
    assert agreed(services.fill_places, campaign=again(campaign), areas=[village], actor=everything()).count == 1


def test_a_place_held_back_by_an_appeal_is_nobody_elses():
    """Somebody selected has an open appeal and is not taken over yet: the place is not filled from the waiting list meanwhile."""
    village, campaign = decided()
    entry = StageEntry.objects.get(run=current_run_of(campaign), rank=2)
    services.open_appeal(entry=entry, appeal_kind="WRONGLY_IN", words="Owns a lorry", actor=everything())
    approved(services.approve_results, campaign=campaign, actor=everything())
    assert quota_of(campaign, village).taken == 4
    with pytest.raises(Refusal, match="No place is free"):
        agreed(services.fill_places, campaign=again(campaign), areas=[village], actor=everything())


def test_whom_an_appeal_took_off_the_list_does_not_move_up():
    village, campaign = taken_over()
    accepted(campaign, 5, kind="WRONGLY_IN")
    approved(services.enrol_selected, campaign=campaign, areas=[village], actor=everything())
    agreed(change_status, enrolment=Enrolment.objects.filter(status="ACTIVE").first(), status=Status.EXITED, reason=Reason.VOLUNTARY)
    agreed(services.fill_places, campaign=campaign, areas=[village], actor=everything())
    assert WaitingPlace.objects.get(enrolment__status=Status.ACTIVE).rank == 6


def test_only_an_accepted_appeal_of_somebody_left_out():
    """Neither an open one, nor one against a selection, nor before the approval, nor from elsewhere (pitfall S10)."""
    village, campaign = decided()
    early = accepted(campaign, 12)
    with pytest.raises(Refusal, match="not approved yet"):
        give(early, "WAITING")
    approved(services.approve_results, campaign=campaign, actor=everything())
    with pytest.raises(Refusal, match="Only an accepted appeal"):
        give(accepted(campaign, 2, kind="WRONGLY_IN"), "PLACE")
    elsewhere = make_user("elsewhere", "targeting.give_place", area=village.parent.parent.parent.children.get(name="South"))
    with pytest.raises(Refusal, match="outside"):
        agreed(services.give_place, appeal=early, remedy="WAITING", actor=elsewhere)
    give(early, "WAITING")


def test_the_reserve_is_not_moved_to_other_places():
    """Unused are the places to be ranked for that nobody took; a reserve is neither left over nor keeps a place from receiving."""
    country = build_country()
    full, half = country["Almond"], country["Beech"]
    many_households(full, 20)
    many_households(half, 4)
    campaign = make_campaign(make_programme(), full, half, ladder=Ladder.SCORE)
    services.skip_stage(stage=stage_of(campaign, Kind.SCORING), actor=everything())
    give_quota(campaign, {full: 10, half: 10})
    set_stage(campaign, Kind.QUOTA, reserve="10")
    carry_out(campaign, Kind.LISTING, Kind.QUOTA)
    moves = {move.area.name: (move.before, move.selected, move.after) for move in moved(stage_of(campaign, Kind.QUOTA))}
    assert moves == {"Almond": (10, 9, 15), "Beech": (10, 4, 5)}


@pytest.mark.parametrize("kinds", [(Kind.QUOTA,), (Kind.LISTING, Kind.QUOTA)])
def test_whom_an_appeal_took_off_stays_off_when_the_stages_are_carried_out_again(kinds):
    """The place goes to the next in line at once; another appeal, accepted later, brings the household back."""
    _village, campaign = decided()
    taken_off = accepted(campaign, 2, kind="WRONGLY_IN").entry.household
    run = carry_out(campaign, *kinds)
    entry = StageEntry.objects.get(run=run, household=taken_off)
    assert (entry.outcome, entry.reason, entry.rank) == ("NOT_ASSESSED", "appeal", None)
    assert (run.listed, run.selected, run.waiting, run.not_assessed) == (12, 4, 4, 1)
    assert sorted(StageEntry.objects.filter(run=run, outcome="SELECTED").values_list("rank", flat=True)) == [1, 2, 3, 4]
    appeal = services.open_appeal(entry=entry, appeal_kind="WRONGLY_OUT", words="It is not her lorry", actor=everything())
    services.decide_appeal(appeal=appeal, accepted=True, decision="The papers were seen", actor=everything())
    run = carry_out(campaign, *kinds)
    assert StageEntry.objects.get(run=run, household=taken_off).outcome == "SELECTED" and run.not_assessed == 0

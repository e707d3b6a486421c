"""A place belongs to the quota of where somebody was ranked, whatever becomes of the village, the household or the programme later."""

from datetime import date

import pytest

from coremis.kernel.actions.services import maintenance
from coremis.kernel.testing.cast import everywhere
from coremis.modules.geography.services.reorganising import merge_units
from coremis.modules.programmes.models import Enrolment, Reason, Status
from coremis.modules.programmes.services import change_status
from coremis.modules.registry.models import Household
from coremis.modules.targeting import services
from coremis.modules.targeting.kinds.quota import planned
from coremis.modules.targeting.models import Kind
from coremis.modules.targeting.previews import carrying_out
from coremis.modules.targeting.queries import current_run_of
from coremis.modules.targeting.readiness import Obstacle, in_line, obstacles, quotas_with_free
from coremis.modules.targeting.services.campaigns import Ladder
from coremis.modules.targeting.tests.sample import (
    agreed,
    approved,
    carry_out,
    everything,
    give_quota,
    make_campaign,
    many_households,
    stage_of,
    work,
)  # fmt: skip
from coremis.modules.targeting.tests.test_results import again, decided

pytestmark = pytest.mark.django_db
MAP_MAKER = everywhere("geography.merge_units", "geography.move_people", "areas.add_area", "areas.move_area", "areas.close_area")


def enrolled(**fields):
    village, campaign = decided(**fields)
    approved(services.approve_results, campaign=campaign, actor=everything())
    approved(services.enrol_selected, campaign=campaign, areas=[village], actor=everything())
    return village, again(campaign)


def quota_of(campaign):
    return quotas_with_free(current_run_of(campaign), campaign.area_ids).get()


def leave(campaign):
    """One of those whom the campaign brought leaves."""
    mine = Enrolment.objects.filter(status=Status.ACTIVE, group__campaign_change__campaign=campaign)
    agreed(change_status, enrolment=mine.first(), status=Status.EXITED, reason=Reason.VOLUNTARY)


def test_it_works():
    """A second campaign in the same village has its own places: those of the first take none of them, and both fill theirs."""
    village, first = enrolled()
    services.close_campaign(campaign=first, actor=everything())
    many_households(village, 8)
    second = make_campaign(first.programme, village, ladder=Ladder.SCORE, code="C2")
    for kind in (Kind.SCORING, Kind.APPEALS, Kind.VALIDATION):
        services.skip_stage(stage=stage_of(second, kind), actor=everything())
    give_quota(second, {village: 3})
    carry_out(second, Kind.LISTING, Kind.QUOTA)
    approved(services.approve_results, campaign=second, actor=everything())
    assert (quota_of(again(second)).taken, quota_of(again(second)).free) == (3, 0)
    assert (quota_of(first).taken, quota_of(first).free) == (4, 0)
    leave(first)
    assert quota_of(again(first)).free == 1
    assert agreed(services.fill_places, campaign=again(first), areas=[village], actor=everything()).count == 1


def test_a_village_that_became_part_of_another_keeps_its_places():
    """Nobody left, so no place is free; whoever exits afterwards gives the place to the next of the same list."""
    village, campaign = enrolled()
    other = village.parent.children.exclude(pk=village.pk).first()
    agreed(merge_units, actor=MAP_MAKER, areas=[village, other], on=date(2026, 6, 1), into=other)
    work()
    assert Enrolment.objects.filter(area=other).count() == 8
    assert (quota_of(campaign).taken, quota_of(campaign).free) == (4, 0)
    leave(campaign)
    assert agreed(services.fill_places, campaign=campaign, areas=[village.parent], actor=everything()).count == 1


def test_who_moves_between_listing_and_approval_waits_where_the_rank_was_given():
    village, campaign = decided()
    other = village.parent.children.exclude(pk=village.pk).first()
    second_in_line = Household.objects.get(pk=current_run_of(campaign).entries.get(rank=6).household_id)
    with maintenance("test"):
        second_in_line.area = other
        second_in_line.save()
    approved(services.approve_results, campaign=campaign, actor=everything())
    quota = quota_of(again(campaign))
    assert quota.free == 0 and [row.rank for row in in_line(again(campaign), quota)] == [5, 6, 7, 8]


def test_a_campaign_follows_a_village_that_became_part_of_another():
    """Who was selected there is enrolled from the new village; the page of the campaign goes on showing them."""
    village, campaign = decided()
    approved(services.approve_results, campaign=campaign, actor=everything())
    other = village.parent.children.exclude(pk=village.pk).first()
    agreed(merge_units, actor=MAP_MAKER, areas=[village, other], on=date(2026, 6, 1), into=other)
    work()
    campaign = again(campaign)
    assert set(campaign.area_ids) == {village.pk, other.pk}
    assert obstacles(campaign, campaign.area_ids) == {Obstacle.READY: 4}
    approved(services.enrol_selected, campaign=campaign, areas=[other], actor=everything())
    assert Enrolment.objects.filter(area=other, status=Status.ACTIVE).count() == 4


def test_planned_quotas_go_along_while_nobody_is_listed():
    """The list of the new village is made after the merge, and its places are those that were planned for both."""
    village, campaign = decided()
    other = village.parent.children.exclude(pk=village.pk).first()
    second = make_campaign(campaign.programme, village.parent, ladder=Ladder.SCORE, code="C2")
    for kind in (Kind.SCORING, Kind.APPEALS, Kind.VALIDATION):
        services.skip_stage(stage=stage_of(second, kind), actor=everything())
    give_quota(second, {village: 3, other: 2})
    agreed(merge_units, actor=MAP_MAKER, areas=[village, other], on=date(2026, 6, 1), name="Orchard", code="ORC")
    work()
    assert dict(planned(stage_of(second, Kind.QUOTA).pk).values_list("area__code", "places")) == {"ORC": 5}
    assert dict(planned(stage_of(campaign, Kind.QUOTA).pk).values_list("area__code", "places")) == {village.code: 4}  # listed before
    carry_out(second, Kind.LISTING, Kind.QUOTA)
    assert current_run_of(second).entries.filter(outcome="SELECTED", area__code="ORC").count() == 5


def test_merged_upper_units_bring_no_others_into_a_campaign():
    """A campaign of one commune that goes into another one stays with its own villages."""
    village, campaign = decided()
    whole = make_campaign(campaign.programme, village.parent, ladder=Ladder.SCORE, code="C2")
    own = set(village.parent.children.values_list("pk", flat=True))
    other = village.parent.parent.children.exclude(pk=village.parent_id).get()
    agreed(merge_units, actor=MAP_MAKER, areas=[village.parent, other], on=date(2026, 6, 1), into=other)
    work()
    assert set(again(whole).area_ids) == {village.parent_id, *own}
    assert other.pk not in again(whole).places.values_list("area_id", flat=True)


def test_it_is_told_before_whose_place_has_no_quota():
    """A village that closed after it was listed, and one that nobody gave a quota: said before the stage is carried out."""
    village, campaign = decided()
    other = village.parent.children.exclude(pk=village.pk).first()
    second = make_campaign(campaign.programme, village.parent, ladder=Ladder.SCORE, code="C2")
    many_households(other, 3)
    services.skip_stage(stage=stage_of(second, Kind.SCORING), actor=everything())
    carry_out(second, Kind.LISTING)
    give_quota(second, {other: 5})
    stage = stage_of(second, Kind.QUOTA)
    (line,) = carrying_out({"stage": stage}, everything()).left_out
    assert line == ("listed in places without a quota", 12)
    agreed(merge_units, actor=MAP_MAKER, areas=[village, other], on=date(2026, 6, 1), into=other)
    work()
    (line,) = carrying_out({"stage": stage}, everything()).left_out
    assert "Carry out the list again first" in line[0] and line[1] == 12
    carry_out(again(second), Kind.LISTING)
    assert carrying_out({"stage": stage_of(second, Kind.QUOTA)}, everything()).left_out == []

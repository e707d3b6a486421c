"""What the community said, on the page of a village."""

from datetime import date

import pytest

from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.testing.cast import build_country
from coremis.modules.targeting import services as targeting
from coremis.modules.targeting.models import Kind, StageEntry
from coremis.modules.targeting.services.campaigns import Ladder
from coremis.modules.targeting.tests.sample import (
    carry_out,
    give_quota,
    make_campaign,
    make_programme,
    many_households,
    outcomes,
    set_stage,
    stage_of,
)
from coremis.modules.validation import services
from coremis.modules.validation.queries import villages_of
from coremis.modules.validation.tests.sample import ACTOR, HELD, entries, everything, open_validation, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def land():
    return build_country()


def test_it_works(land):
    """Two rejected, the others confirmed: the next two of the waiting list move up."""
    village = land["Almond"]
    run = open_validation([village])
    selected = entries(run, village, "SELECTED")
    say(
        run, village, {selected[0]: ("REJECTED", "not_here"), selected[2]: ("REJECTED", "other", "Has a shop"), selected[1]: ("CONFIRMED",)}
    )
    assert villages_of(run, ACTOR)[0].answered == 3
    targeting.confirm_others(run=run, area=village, actor=everything())
    targeting.close_validation(run=run, actor=everything())
    run.refresh_from_db()
    assert outcomes(run) == {"SELECTED": 4, "WAITING": 2, "NOT_SELECTED": 6}
    assert StageEntry.objects.get(pk=selected[2].pk).note == "Has a shop"


def test_all_or_nothing(land):
    village = land["Almond"]
    run = open_validation([village])
    first, second, *_rest = entries(run, village, "SELECTED")
    outside = entries(run, village, "NOT_SELECTED")[0]
    with pytest.raises(Invalid) as refused:
        say(run, village, {first: ("CONFIRMED",), second: ("REJECTED",), outside: ("REJECTED", "other")})
    assert set(refused.value.errors) == {str(second.pk), str(outside.pk)}
    assert not StageEntry.objects.filter(run=run).exclude(verdict="").exists()


def test_a_mistake_is_corrected_and_the_reason_comes_back(land):
    village = land["Almond"]
    run = open_validation([village])
    entry = entries(run, village, "NOT_SELECTED")[0]
    before = entry.reason
    assert before
    say(run, village, {entry: ("REJECTED", "deceased")})
    assert StageEntry.objects.get(pk=entry.pk).reason == "deceased"
    say(run, village, {entry: ("ADDITION", "", "Poorest of all")})
    entry = StageEntry.objects.get(pk=entry.pk)
    assert (entry.verdict, entry.reason, entry.note) == ("ADDITION", before, "Poorest of all")


def test_whoever_is_selected_is_no_addition(land):
    village = land["Almond"]
    run = open_validation([village])
    with pytest.raises(Invalid):
        say(run, village, {entries(run, village, "SELECTED")[0]: ("ADDITION",)})


def test_twice_changes_nothing(land):
    village = land["Almond"]
    run = open_validation([village])
    entry = entries(run, village, "SELECTED")[0]
    say(run, village, {entry: ("CONFIRMED",)})
    version = StageEntry.objects.get(pk=entry.pk).version
    say(run, village, {entry: ("CONFIRMED",)})
    assert StageEntry.objects.get(pk=entry.pk).version == version


def test_entries_of_another_village_are_left_alone(land):
    run = open_validation([land["Almond"], land["Beech"]])
    other = entries(run, land["Beech"], "SELECTED")[0]
    say(run, land["Almond"], {other: ("REJECTED", "not_here")})
    assert StageEntry.objects.get(pk=other.pk).verdict == ""


def test_a_closed_list_takes_no_answers(land):
    village = land["Almond"]
    run = open_validation([village], silence=True)
    entry = entries(run, village, "SELECTED")[0]
    targeting.close_validation(run=run, actor=everything())
    with pytest.raises(Refusal):
        say(run, village, {entry: ("CONFIRMED",)})


def test_a_village_replaces_no_more_than_the_stage_allows(land):
    village = land["Almond"]
    run = open_validation([village], silence=True, most_replaced=25)
    first, second, *_rest = entries(run, village, "SELECTED")
    say(run, village, {first: ("REJECTED", "not_here"), second: ("REJECTED", "twice")})
    with pytest.raises(Refusal, match="2 of 4"):
        targeting.close_validation(run=run, actor=everything())
    say(run, village, {second: ("CONFIRMED",)})
    targeting.close_validation(run=run, actor=everything())
    run.refresh_from_db()
    assert run.state == "DONE"


def test_a_meeting_is_kept_once_a_village(land):
    village = land["Almond"]
    run = open_validation([village])
    sent = {"held_on": HELD, "facilitator": "Ada", "women": 40, "men": 30}
    first = services.record_meeting(run=run, area=village, actor=ACTOR, **sent)
    second = services.record_meeting(run=run, area=village, actor=ACTOR, **{**sent, "women": 41, "young": 20})
    assert (first.pk, second.present, second.young) == (second.pk, 71, 20)
    for wrong, field in (({"young": 80}, "young"), ({"held_on": date(2999, 1, 1)}, "held_on")):
        with pytest.raises(Invalid) as refused:
            services.record_meeting(run=run, area=village, actor=ACTOR, **{**sent, **wrong})
        assert field in refused.value.errors
    with pytest.raises(Invalid):
        services.record_meeting(run=run, area=land["Fig"], actor=ACTOR, **sent)


def test_the_limit_holds_where_the_community_speaks_before_the_quotas(land):
    """Nobody is selected yet, and the list is everybody still to be decided on."""
    village = land["Almond"]
    many_households(village, 10)
    campaign = make_campaign(make_programme(), village, ladder=Ladder.SCORE)
    set_stage(campaign, Kind.VALIDATION, silence=True, most_replaced=20)
    for _step in range(2):
        targeting.move_stage(stage=stage_of(campaign, Kind.VALIDATION), actor=everything())
    run = carry_out(campaign, Kind.LISTING, Kind.VALIDATION)
    chosen = entries(run, village, "IN")[:3]
    say(run, village, dict.fromkeys(chosen, ("REJECTED", "twice")))
    with pytest.raises(Refusal, match="3 of 10"):
        targeting.close_validation(run=run, actor=everything())


def test_a_village_is_not_asked_twice(land):
    """The quotas change and the list is made anew: who was rejected stays so, who was confirmed too; only the others are asked.

    Closed with silence as agreement, a household that the village called dead does not come back among the selected.
    """
    village = land["Almond"]
    run = open_validation([village], silence=True)
    first, second, *_rest = entries(run, village, "SELECTED")
    say(run, village, {first: ("REJECTED", "deceased", "In May"), second: ("CONFIRMED",)})
    targeting.close_validation(run=run, actor=everything())
    campaign = run.stage.campaign
    for places in (1, 6):
        give_quota(campaign, {village: places})
        again = carry_out(campaign, Kind.QUOTA, Kind.VALIDATION)
    kept = {entry.household_id: (entry.verdict, entry.reason, entry.note) for entry in StageEntry.objects.filter(run=again)}
    assert kept[first.household_id] == ("REJECTED", "deceased", "In May")
    assert kept[second.household_id] == ("CONFIRMED", second.reason, "")
    assert [verdict for verdict, *_more in kept.values()].count("") == 12 - 8
    targeting.close_validation(run=again, actor=everything())
    assert StageEntry.objects.get(run=again, household=first.household_id).outcome == "NOT_SELECTED"

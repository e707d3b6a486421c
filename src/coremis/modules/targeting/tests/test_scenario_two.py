"""Scenario 2 of requirements 10.1: quota of 10 in a village of 30, two rejected, two move up, ten active."""

from datetime import date

import pytest

from coremis.kernel.actions.services import maintenance
from coremis.kernel.testing.cast import build_country
from coremis.modules.points.models import PaymentPoint, ServedPlace
from coremis.modules.programmes.models import Enrolment, Status, WaitingPlace
from coremis.modules.programmes.tests.sample import make_person, statuses
from coremis.modules.registry.models import Household, Recipient
from coremis.modules.targeting import services
from coremis.modules.targeting.models import Kind, StageEntry
from coremis.modules.targeting.readiness import obstacles
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
)

pytestmark = pytest.mark.django_db


def name_recipients(area):
    for household in Household.objects.filter(area=area):
        person = make_person(area, household)
        with maintenance("test"):
            Recipient(household=household, person=person, valid_from=date(2026, 1, 1)).save()


def make_point(area):
    with maintenance("test"):
        point = PaymentPoint(code="P1", name="Market", area=area)
        point.save()
        ServedPlace(point=point, area=area, valid_from=date(2026, 1, 1)).save()


def test_it_works():
    country, actor = build_country(), everything()
    village = country["Almond"]
    many_households(village, 30)
    programme = make_programme(max_beneficiaries=12)
    campaign = make_campaign(programme, village, ladder=Ladder.SCORE)
    set_stage(campaign, Kind.SCORING, formula=make_formula().pk)
    give_quota(campaign, {village: 10}, multiplier="3")
    run = carry_out(campaign, Kind.LISTING, Kind.SCORING, Kind.QUOTA)
    assert outcomes(run) == {"SELECTED": 10, "WAITING": 20}
    run = carry_out(campaign, Kind.VALIDATION)
    for entry in StageEntry.objects.filter(run=run, rank__in=(3, 7)):
        services.record_verdict(entry=entry, verdict="REJECTED", reason="not_here", actor=actor)
    services.confirm_others(run=run, area=village, actor=actor)
    services.close_validation(run=run, actor=actor)
    run.refresh_from_db()
    assert outcomes(run) == {"SELECTED": 10, "WAITING": 18, "NOT_SELECTED": 2}
    assert set(StageEntry.objects.filter(run=run, reason="moved_up").values_list("rank", flat=True)) == {11, 12}
    services.skip_stage(stage=campaign.stages.get(kind=Kind.APPEALS), actor=actor)
    group = approved(services.approve_results, campaign=campaign, actor=actor)
    assert group.state == "DONE" and statuses(programme) == {Status.POTENTIAL: 28}
    assert list(WaitingPlace.objects.order_by("rank").values_list("rank", flat=True)) == list(range(13, 31))
    assert obstacles(campaign, [village.pk]) == {"no_recipient": 10}
    name_recipients(village)
    assert obstacles(campaign, [village.pk]) == {"no_point": 10}
    make_point(village)
    approved(services.enrol_selected, campaign=campaign, areas=[village], actor=actor)
    assert statuses(programme) == {Status.ACTIVE: 10, Status.POTENTIAL: 18}
    selected = set(StageEntry.objects.filter(run=run, outcome="SELECTED").values_list("household", flat=True))
    assert set(Enrolment.objects.filter(status=Status.ACTIVE).values_list("household", flat=True)) == selected

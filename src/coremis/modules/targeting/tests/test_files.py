"""Quotas and lists that files bring, and outcomes as facts of filters."""

import io

import pytest

from coremis.kernel.approvals.services import approve_request
from coremis.kernel.exchange.applying import apply_batch, submit_batch
from coremis.kernel.exchange.checking import check_batch
from coremis.kernel.exchange.models import Batch, BatchRow
from coremis.kernel.exchange.services import send_file
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import make_profile, make_route, make_user
from coremis.modules.filters.queries import matching, words
from coremis.modules.registry.models import Household
from coremis.modules.targeting import services
from coremis.modules.targeting.imports import LISTED, QUOTAS
from coremis.modules.targeting.models import Kind, Quota
from coremis.modules.targeting.tests.sample import (
    DAY,
    carry_out,
    everything,
    give_quota,
    make_campaign,
    make_programme,
    many_households,
    set_stage,
    stage_of,
)

pytestmark = pytest.mark.django_db
OPTIONS = {"separator": ";", "encoding": "utf-8-sig", "sheet": "", "day_first": True, "decimal_comma": True}


@pytest.fixture
def people(country, settings, tmp_path):
    """Somebody who brings files for the North, and somebody who agrees."""
    settings.MEDIA_ROOT = tmp_path
    checkers = make_profile("checkers", "approvals.approve_request", "exchange.view_batch")
    make_route(apply_batch.name, country["Testland"], checkers)
    rights = [f"exchange.{right}" for right in ("create_batch", "check_batch", "apply_batch", "view_batch")]
    maker = make_user("maker", QUOTAS.permission, LISTED.permission, "approvals.submit_request", *rights, area=country["North"])
    return maker, make_user("checker", area=country["Testland"], profile=checkers)


def brought(country, people, kind, text):
    batch = send_file(io.BytesIO(text.encode()), "file.csv", kind=kind.name, area=country["North"], actor=people[0])
    batch = check_batch(batch=batch, mapping={code: code for code in kind.all_columns()}, options=OPTIONS, actor=people[0])
    run_until_idle()
    batch = Batch.objects.get(pk=batch.pk)
    if batch.good_count:
        approve_request(request=submit_batch(batch, actor=people[0]).request, actor=people[1])
        run_until_idle()
    return Batch.objects.get(pk=batch.pk)


def test_it_works(country, people):
    """Quotas by area code; what lies outside, or stands twice, is told; the same file again changes nothing."""
    campaign = make_campaign(make_programme(max_beneficiaries=50), country["North"])
    text = "campaign;area;places\nC1;N1A;10\nC1;N2A;7\nC1;S1A;3\nC9;N1B;3\nC1;N1A;4\n"
    batch = brought(country, people, QUOTAS, text)
    assert (batch.applied_count, batch.bad_count) == (2, 3), list(BatchRow.objects.values_list("problems", flat=True))
    planned = dict(Quota.objects.filter(stage=stage_of(campaign, Kind.QUOTA)).values_list("area__code", "places"))
    assert planned == {"N1A": 10, "N2A": 7}
    again = brought(country, people, QUOTAS, text.replace("C9;N1B;3\n", "\n"))
    assert (again.applied_count, again.unchanged_count) == (0, 2)


def test_a_list_of_numbers_is_the_list(country, people):
    many_households(country["Almond"], 10)
    campaign = make_campaign(make_programme(), country["North"])
    chosen = list(Household.objects.order_by("pk")[:4])
    rows = "".join(f"C1;{household.number_text}\n" for household in chosen)
    batch = brought(country, people, LISTED, f"campaign;number\n{rows}C1;H-99999-99\n")
    assert (batch.applied_count, batch.bad_count) == (4, 1)
    set_stage(campaign, Kind.LISTING, source="FILE")
    run = carry_out(campaign, Kind.LISTING)
    assert set(run.entries.values_list("household", flat=True)) == {household.pk for household in chosen}


def test_outcomes_can_be_asked_for(country):
    """Requirement: lists, exports and payrolls can be limited to an outcome."""
    many_households(country["Almond"], 10)
    campaign = make_campaign(make_programme(), country["North"])
    services.skip_stage(stage=stage_of(campaign, Kind.CATEGORICAL), actor=everything())
    give_quota(campaign, {country["Almond"]: 3})
    run = carry_out(campaign, Kind.LISTING, Kind.QUOTA)
    mine = {"fact": "targeting.stageentry.campaign", "is": "in", "value": [str(campaign.pk)]}
    selected = {"fact": "targeting.stageentry.outcome", "is": "in", "value": ["SELECTED"]}
    link = {"link": "registry.household:campaigns", "count": 1, "where": {"all": [mine, selected]}}
    tree = {"about": "household", "where": {"all": [link]}}
    found = set(matching(Household.objects.all(), tree, DAY).values_list("pk", flat=True))
    assert found == set(run.entries.filter(outcome="SELECTED").values_list("household", flat=True)) and len(found) == 3
    assert "is on the list of a campaign where" in words(tree)

import pytest

from coremis.kernel.base.refusal import NotPermitted, OutsidePlaces, Refusal
from coremis.kernel.jobs import ranges
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.queue import ask_cancel
from coremis.modules.ledger.models import Posting
from coremis.modules.payments import services
from coremis.modules.payments.tests.sample import (
    agree,
    approved,
    balances,
    calculated,
    everyone,
    make_programme,
    released,
    settled,
    states,
    village,
)  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(country):
    return everyone(country["Testland"], "calculator", "sender")


@pytest.fixture
def payroll(country, people):
    programme = make_programme()
    village(programme, country["Almond"], 4)
    return calculated(programme, [country["North"]], people[0])


def test_it_works(people, payroll):
    """owed → in transit, and every line is in payment."""
    approved(payroll, people[0])
    assert released(payroll, people[1]).state == "RELEASED"
    assert states(payroll) == {"SENT": 4} and balances(payroll.fund) == {"FUND": 880_000, "TRANSIT": 120_000}


def test_only_what_is_approved(people, payroll):
    """Pitfall M8: what nobody has approved is never sent."""
    with pytest.raises(Refusal, match="is now “calculated”"):
        agree(services.release_payroll, people[1], payroll=payroll)


def test_not_by_the_calculator(people, payroll):
    approved(payroll, people[0])
    with pytest.raises(NotPermitted, match="another step"):
        agree(services.release_payroll, people[0], payroll=payroll)
    assert settled(payroll).state == "APPROVED"


def test_only_in_all_its_places(country, people, payroll):
    south = everyone(country["South"], "south")[0]
    approved(payroll, people[0])
    with pytest.raises(OutsidePlaces):
        agree(services.release_payroll, south, payroll=payroll)


def test_cancelled_half_way(people, payroll, monkeypatch):
    """A job that is stopped leaves everything as it was: lines due, posting given up; and it can be sent again."""
    monkeypatch.setattr(ranges, "CHUNK", 2)
    approved(payroll, people[0])
    agree(services.release_payroll, people[1], payroll=payroll)
    job = Job.objects.get(pk=type(payroll).objects.get(pk=payroll.pk).job_id)
    ask_cancel(job)
    assert settled(payroll).state == "APPROVED" and states(payroll) == {"DUE": 4}
    assert balances(payroll.fund) == {"FUND": 880_000, "OWED": 120_000}
    assert released(payroll, people[1]).state == "RELEASED" and states(payroll) == {"SENT": 4}
    attempts = list(Posting.objects.filter(purpose="RELEASE").order_by("attempt").values_list("attempt", "state"))
    assert attempts == [(1, "POSTED")]

import pytest
from django.db.models import Count

from coremis.kernel.base.refusal import NotPermitted, OutsidePlaces, Refusal
from coremis.kernel.jobs import ranges, worker
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.queue import ask_cancel
from coremis.modules.ledger.models import Movement, Posting, PostingTotal
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
    """A job that is stopped after its first chunk leaves everything as it was: what was posted stays and never counts."""
    monkeypatch.setattr(ranges, "CHUNK", 2)
    approved(payroll, people[0])
    agree(services.release_payroll, people[1], payroll=payroll)
    job, met = Job.objects.get(kind="payments.post_release"), []

    def cancel():
        if not met and "SENT" in states(payroll):
            met.append((states(payroll), Movement.objects.filter(step="sent").count(), balances(payroll.fund)))
            ask_cancel(job)

    with monkeypatch.context() as patched:
        patched.setattr(worker, "after_chunk", cancel)
        assert settled(payroll).state == "APPROVED"
    assert met == [({"SENT": 2, "DUE": 2}, 2, {"FUND": 880_000, "OWED": 120_000})]
    job.refresh_from_db()
    assert job.state == "CANCELLED" and states(payroll) == {"DUE": 4}
    given_up = Posting.objects.get(purpose="RELEASE")
    assert given_up.state == "ABANDONED" and given_up.movements.count() == 2 and not PostingTotal.objects.filter(posting=given_up).exists()
    assert balances(payroll.fund) == {"FUND": 880_000, "OWED": 120_000}
    assert released(payroll, people[1]).state == "RELEASED" and states(payroll) == {"SENT": 4}
    assert balances(payroll.fund) == {"FUND": 880_000, "TRANSIT": 120_000}
    attempts = Posting.objects.filter(purpose="RELEASE").order_by("attempt").annotate(moved=Count("movements"))
    assert list(attempts.values_list("attempt", "state", "moved")) == [(1, "ABANDONED", 2), (2, "POSTED", 4)]


def test_cancelled_before_it_began(people, payroll):
    """Nothing was posted, so nothing is given up."""
    approved(payroll, people[0])
    agree(services.release_payroll, people[1], payroll=payroll)
    ask_cancel(Job.objects.get(kind="payments.post_release"))
    assert settled(payroll).state == "APPROVED" and states(payroll) == {"DUE": 4}
    assert not Posting.objects.filter(purpose="RELEASE").exists()
    assert released(payroll, people[1]).state == "RELEASED" and states(payroll) == {"SENT": 4}

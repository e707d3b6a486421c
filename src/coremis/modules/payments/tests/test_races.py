import pytest

from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import build_country
from coremis.kernel.testing.racing import at_once
from coremis.modules.payments import services
from coremis.modules.payments.models import Payroll, PayrollLine
from coremis.modules.payments.tests.sample import (
    agree,
    approved,
    balances,
    calculated,
    confirmed,
    everyone,
    make_cycle,
    make_fund,
    make_programme,
    receive,
    released,
    results,
    verified,
    village,
)  # fmt: skip

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place():
    return build_country()["North"]


@pytest.fixture
def people(place):
    return everyone(place, "calculator", "sender", "accountant")


def kinds(found):
    """How many succeeded and how many were refused."""
    refused = [one for one in found if isinstance(one, Refusal)]
    broken = [one for one in found if isinstance(one, Exception) and not isinstance(one, Refusal)]
    assert not broken, broken
    return len(found) - len(refused), len(refused)


def test_it_works(place, people):
    """Pitfall M4: the same payroll asked for twice at the same moment pays everybody once."""
    programme = make_programme()
    village(programme, place, 5)
    cycle, fund = make_cycle(programme), make_fund(programme)

    def ask():
        return services.generate_payroll(cycle=cycle, areas=[place], amount=Money(30_000, "SZF"), fund=fund, actor=people[0])

    kinds(at_once(ask, ask))
    kinds(at_once(run_until_idle, run_until_idle))
    run_until_idle()
    assert PayrollLine.objects.count() == 5 and PayrollLine.objects.values("enrolment").distinct().count() == 5
    assert sorted(Payroll.objects.filter(state="CALCULATED").values_list("line_count", flat=True)) in ([5], [1, 4], [2, 3])


def test_the_same_key_twice(place, people):
    """A double click is one payroll."""
    programme = make_programme()
    village(programme, place, 2)
    inputs = {"cycle": make_cycle(programme), "areas": [place], "amount": Money(1, "SZF"), "fund": make_fund(programme)}
    found = at_once(*[lambda: services.generate_payroll(**inputs, actor=people[0], key="one click")] * 2)
    assert kinds(found) == (2, 0) and found[0].pk == found[1].pk and Payroll.objects.count() == 1


def test_two_approvals_of_one_fund(place, people):
    """Two payrolls that the fund holds only one of: one is approved, the other is told what is missing."""
    programme = make_programme()
    fund, cycle = make_fund(programme, 0), make_cycle(programme)
    payrolls = []
    for _number in range(2):
        village(programme, place, 2)
        payrolls.append(calculated(programme, [place], people[0], fund, cycle))
    receive(fund, 90_000)
    for payroll in payrolls:
        verified(payroll)
    found = at_once(*[lambda payroll=payroll: agree(services.approve_payroll, people[0], payroll=payroll) for payroll in payrolls])
    assert kinds(found) == (1, 1)
    run_until_idle()
    assert balances(fund) == {"FUND": 30_000, "OWED": 60_000}


def test_closing_twice(place, people):
    """Pitfall M14: closed once; and a release asked for twice happens once."""
    programme = make_programme()
    village(programme, place, 1)
    payroll = approved(calculated(programme, [place], people[0]), people[0])
    found = at_once(*[lambda: agree(services.release_payroll, people[1], payroll=payroll)] * 2)
    assert kinds(found) == (1, 1)
    run_until_idle()
    payroll.refresh_from_db()
    number = PayrollLine.objects.get().number_text
    confirmed(results(payroll, [(number, "yes", 30_000, "R1")], people[0]), people[2])
    found = at_once(*[lambda: agree(services.close_payroll, people[2], payroll=payroll)] * 2)
    assert kinds(found) == (1, 1)
    payroll.refresh_from_db()
    assert payroll.state == "CLOSED" and released

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


def test_two_files_about_one_payment(place, people):
    """Pitfall M10: two checked files say something else about the same payment; one is applied, the other is refused with a sentence."""
    programme = make_programme()
    village(programme, place, 1)
    payroll = released(approved(calculated(programme, [place], people[0]), people[0]), people[1])
    number = PayrollLine.objects.get().number_text
    files = [results(payroll, [(number, said, 30_000, "R1", why)], people[0]) for said, why in (("yes", ""), ("no", "ill"))]
    found = at_once(*[lambda file=file: agree(services.confirm_results, people[2], file=file) for file in files])
    assert kinds(found) == (1, 1)
    run_until_idle()
    assert balances(payroll.fund)["FUND"] == 970_000 and PayrollLine.objects.get().state in ("PAID", "UNCOLLECTED")


def test_re_issued_twice_at_once(place, people):
    """Pitfall M16: the same unpaid line re-issued by two people at the same moment is paid again once."""
    programme = make_programme()
    village(programme, place, 2)
    payroll = released(approved(calculated(programme, [place], people[0]), people[0]), people[1])
    rows = [(line.number_text, "failed", "", "", "network") for line in PayrollLine.objects.all()]
    confirmed(results(payroll, rows, people[0]), people[2])
    found = at_once(*[lambda: services.reissue_payroll(payroll=payroll, freeze_on=payroll.freeze_on, actor=people[0])] * 2)
    assert kinds(found) == (1, 1)
    at_once(run_until_idle, run_until_idle)
    assert PayrollLine.objects.filter(attempt=2).count() == 2


def test_late_answer_against_re_issue(place, people):
    """Pitfall M16: a late answer and a re-issue of the same line at the same moment: never both."""
    programme = make_programme()
    village(programme, place, 1)
    payroll = released(approved(calculated(programme, [place], people[0]), people[0]), people[1])
    number = PayrollLine.objects.get().number_text
    confirmed(results(payroll, [(number, "failed", "", "", "network")], people[0]), people[2])
    late = results(payroll, [(number, "yes", 30_000, "L1")], people[0])

    def pay_again():
        return services.reissue_payroll(payroll=payroll, freeze_on=payroll.freeze_on, actor=people[0])

    found = at_once(pay_again, lambda: agree(services.confirm_results, people[2], file=late))
    assert kinds(found) == (1, 1)
    run_until_idle()
    assert PayrollLine.objects.filter(attempt=2).exists() != PayrollLine.objects.filter(state="PAID").exists()

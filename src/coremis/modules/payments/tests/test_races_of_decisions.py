import pytest

from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import build_country
from coremis.kernel.testing.racing import at_once
from coremis.modules.payments import services
from coremis.modules.payments.models import FlagGroup, FlagMember, Hold, PayrollLine, PayrollStep
from coremis.modules.payments.tests.sample import (
    agree,
    approved,
    balances,
    calculated,
    everyone,
    make_fund,
    make_programme,
    receive,
    released,
    settled,
    states,
    village,
)  # fmt: skip
from coremis.modules.payments.tests.test_races import kinds

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place():
    return build_country()["North"]


@pytest.fixture
def people(place):
    return everyone(place, "calculator", "verifier", "sender", "other")


@pytest.fixture
def payroll(place, people):
    programme = make_programme()
    village(programme, place, 4)
    return calculated(programme, [place], people[0])


def test_it_works(people, payroll):
    """Pitfall S2: one person never does two steps, even at the same moment; and a payroll is verified once."""
    found = at_once(*[lambda actor=actor: services.verify_payroll(payroll=payroll, actor=actor) for actor in (people[1], people[3])])
    assert kinds(found) == (1, 1)
    assert PayrollStep.objects.filter(step="VERIFY").count() == 1


def test_held_once(people, payroll):
    """Letting go and voiding the same payment at the same moment: one of the two, and the ledger agrees."""
    payroll = approved(payroll, people[0])
    line = PayrollLine.objects.order_by("pk").first()
    with maintenance("suspended"):
        line.enrolment.status = "SUSPENDED"
        line.enrolment.save()
    payroll = released(payroll, people[2])
    found = at_once(
        lambda: agree(services.pay_held, people[0], payroll=payroll, reason="x"),
        lambda: agree(services.void_lines, people[3], payroll=payroll, reason="x"),
    )
    assert kinds(found) == (1, 1) and Hold.objects.exclude(decision="").count() == 1
    paid = Hold.objects.get().decision == "PAY"
    assert states(payroll) == ({"SENT": 4} if paid else {"SENT": 3, "CANCELLED": 1})
    rest = 880_000 if paid else 910_000
    assert balances(payroll.fund) == {"FUND": rest, "TRANSIT": 1_000_000 - rest}


def test_one_fund_for_two(place, people):
    """Verified both, because the fund holds either; approved at the same moment, only one is."""
    programme = make_programme()
    fund, payrolls = make_fund(programme, 0), []
    for _number in range(2):
        village(programme, place, 2)
        payrolls.append(calculated(programme, [place], people[0], fund, payrolls[0].cycle if payrolls else None))
    receive(fund, 90_000)
    found = at_once(*[lambda one=one: services.verify_payroll(payroll=one, actor=people[1]) for one in payrolls])
    assert kinds(found) == (2, 0)
    found = at_once(*[lambda one=one: agree(services.approve_payroll, people[0], payroll=one) for one in payrolls])
    assert kinds(found) == (1, 1)
    run_until_idle()
    assert balances(fund) == {"FUND": 30_000, "OWED": 60_000}


def test_recalled_or_sent_once(people, payroll):
    """A recall asked for twice happens once; releases with a recheck at the same moment too."""
    payroll = approved(payroll, people[0])
    found = at_once(*[lambda: agree(services.release_payroll, people[2], payroll=payroll)] * 2)
    assert kinds(found) == (1, 1)
    payroll = settled(payroll)
    found = at_once(*[lambda: agree(services.recall_payroll, people[0], payroll=payroll, reason="x")] * 2)
    assert kinds(found) == (1, 1)
    assert settled(payroll).state == "CANCELLED" and balances(payroll.fund) == {"FUND": 1_000_000}


def test_two_look_through_at_once(place, people):
    """The work that looks for duplicates, run twice at the same moment, finds each group once."""
    programme = make_programme()
    village(programme, place, 7, phone="+25779000111")
    payroll = calculated(programme, [place], people[0])
    for number in (1, 2):
        services.review_payroll(payroll=payroll, actor=people[number])
    at_once(run_until_idle, run_until_idle)
    run_until_idle()
    assert FlagGroup.objects.filter(kind="PHONE").count() == 1 and FlagMember.objects.count() == 7
    with pytest.raises(Refusal):
        agree(services.approve_payroll, people[0], payroll=payroll)

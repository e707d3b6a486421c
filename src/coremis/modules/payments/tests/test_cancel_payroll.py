import pytest

from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.ledger.models import Movement
from coremis.modules.payments import services
from coremis.modules.payments.models import PayrollLine
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
    village(programme, country["Almond"], 3)
    return calculated(programme, [country["North"]], people[0])


def cancel(payroll, person):
    agree(services.cancel_payroll, person, payroll=payroll, reason="Wrong amount")
    return settled(payroll)


def test_it_works(country, people, payroll):
    """Pitfalls M13, M15: nothing is removed; the money is back by reversal, and everybody can be paid anew."""
    approved(payroll, people[0])
    assert cancel(payroll, people[0]).state == "CANCELLED"
    assert states(payroll) == {"CANCELLED": 3} and balances(payroll.fund) == {"FUND": 1_000_000}
    assert Movement.objects.exclude(reverses=None).count() == 3 and Movement.objects.filter(step="approved").count() == 6
    again = calculated(payroll.cycle.programme, [country["North"]], people[0], payroll.fund, payroll.cycle, amount=20_000)
    assert again.line_count == 3 and PayrollLine.objects.count() == 6
    with pytest.raises(Refusal, match="Nothing is ever deleted"):
        PayrollLine.objects.all().delete()


def test_before_approval(people, payroll):
    """What is only calculated has no money to give back."""
    assert cancel(payroll, people[0]).state == "CANCELLED"
    assert balances(payroll.fund) == {"FUND": 1_000_000}


def test_not_after_it_was_sent(people, payroll):
    approved(payroll, people[0])
    released(payroll, people[1])
    with pytest.raises(Refusal, match="is now “in payment”"):
        cancel(payroll, people[0])


def test_needs_a_reason(people, payroll):
    with pytest.raises(Invalid):
        agree(services.cancel_payroll, people[0], payroll=payroll, reason=" ")

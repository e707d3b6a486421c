import pytest

from coremis.kernel.base.refusal import Refusal
from coremis.modules.payments import services
from coremis.modules.payments.models import PayrollLine, ResultRow
from coremis.modules.payments.queries import figures_of
from coremis.modules.payments.tests.sample import (
    agree,
    approved,
    balances,
    calculated,
    confirmed,
    everyone,
    make_programme,
    released,
    results,
    village,
)  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(country):
    return everyone(country["Testland"], "calculator", "sender", "accountant")


@pytest.fixture
def payroll(country, people):
    programme = make_programme()
    village(programme, country["Almond"], 4)
    return released(approved(calculated(programme, [country["North"]], people[0]), people[0]), people[1])


def numbers(payroll):
    return [line.number_text for line in PayrollLine.objects.filter(payroll=payroll).order_by("pk")]


def close(payroll, person):
    return agree(services.close_payroll, person, payroll=payroll)


def test_it_works(people, payroll):
    """approved = paid + uncollected/returned + failed + in transit + cancelled, in number and value (rulebook 2.11.2)."""
    first, second, third, fourth = numbers(payroll)
    rows = [
        (first, "yes", 30_000, "R1"),
        (second, "yes", 25_000, "R2"),
        (third, "no", "", "", "ill"),
        (fourth, "failed", "", "", "network"),
    ]
    confirmed(results(payroll, rows, people[0]), people[2])
    found = figures_of(payroll)
    assert (found.paid, found.uncollected, found.failed, found.in_transit) == ((2, 55_000), (1, 35_000), (1, 30_000), (0, 0))
    assert found.explained() == found.approved == (4, 120_000)
    closed = close(payroll, people[2])
    assert closed.state == "CLOSED" and closed.closed_at


def test_not_while_a_payment_has_no_result(people, payroll):
    """Pitfall M14: with payments in transit nothing is closed, and the sentence says how many and how much."""
    confirmed(results(payroll, [(numbers(payroll)[0], "yes", 30_000, "R1")], people[0]), people[2])
    with pytest.raises(Refusal, match="3 payments over SZF\xa090,000 have no result yet"):
        close(payroll, people[2])


def test_not_what_was_never_sent(country, people):
    """Pitfall M14: a payroll that nobody approved is not closed as reconciled."""
    programme = make_programme()
    village(programme, country["Almond"], 1)
    payroll = calculated(programme, [country["North"]], people[0])
    with pytest.raises(Refusal, match="is now “calculated”"):
        close(payroll, people[2])


def test_unknown_rows_must_be_explained(people, payroll):
    """A payment to somebody who is on none of our lists blocks the closing until it is written off by approval."""
    rows = [(number, "yes", 30_000, f"R{number}") for number in numbers(payroll)]
    confirmed(results(payroll, [*rows, ("T-70000-31", "yes", 30_000, "R9")], people[0]), people[2])
    with pytest.raises(Refusal, match="1 row names a payment"):
        close(payroll, people[2])
    agree(services.write_off, people[2], row=ResultRow.objects.get(line=None), reason="Paid by mistake of the provider")
    assert close(payroll, people[2]).state == "CLOSED"


def test_an_open_file_blocks(people, payroll):
    rows = [(number, "yes", 30_000, f"R{number}") for number in numbers(payroll)]
    confirmed(results(payroll, rows, people[0]), people[2])
    extra = results(payroll, [(rows[0][0], "yes", 1, "R")], people[0], name="late.csv")
    with pytest.raises(Refusal, match="1 file of results is not decided"):
        close(payroll, people[2])
    services.discard_results(file=extra, reason="Sent by mistake", actor=people[0])
    assert close(payroll, people[2]).state == "CLOSED"


def test_an_overpayment_is_recovered_or_written_off(people, payroll):
    rows = [(number, "yes", 30_000, "R") for number in numbers(payroll)]
    rows[0] = (rows[0][0], "yes", 31_000, "R")
    confirmed(results(payroll, rows, people[0]), people[2])
    assert close(payroll, people[2]).state == "CLOSED"
    agree(services.write_off, people[2], row=ResultRow.objects.get(outcome="OVERPAID"), reason="Too little to recover")
    assert balances(payroll.fund) == {"FUND": 879_000, "PAID": 120_000, "WRITTEN_OFF": 1_000}

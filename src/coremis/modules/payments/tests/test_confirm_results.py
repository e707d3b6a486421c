import pytest

from coremis.kernel.base.refusal import NotPermitted, Refusal
from coremis.modules.ledger.models import Movement
from coremis.modules.payments import services
from coremis.modules.payments.models import PayrollLine, ResultRow
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
    states,
    village,
)  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(country):
    return everyone(country["Testland"], "calculator", "sender", "accountant")


@pytest.fixture
def payroll(country, people):
    programme = make_programme()
    village(programme, country["Almond"], 8)
    return released(approved(calculated(programme, [country["North"]], people[0]), people[0]), people[1])


def numbers(payroll):
    return [line.number_text for line in PayrollLine.objects.filter(payroll=payroll).order_by("pk")]


def outcomes(file):
    return list(ResultRow.objects.filter(file=file).order_by("position").values_list("outcome", "problem"))


def test_it_works(people, payroll):
    """Pitfalls M10, M11: every outcome of the rulebook, amounts compared, and the report says exactly what the rows did."""
    first, second, third, fourth, fifth, sixth, seventh, eighth = numbers(payroll)
    file = results(
        payroll,
        [
            (first, "yes", "30000", "R1", ""), (second, "oui", "20 000", "R2", ""), (third, "sim", "35,000", "R3", ""),
            (fourth, "no", "0", "", "moved"), (fifth, "returned", "", "", "account closed"), (sixth, "failed", "", "", "network"),
            (seventh, "yes", "30000", "", ""),
        ],
        people[0],
    )  # fmt: skip
    assert [outcome for outcome, _problem in outcomes(file)] == [
        "PAID", "PARTIAL", "OVERPAID", "UNCOLLECTED", "RETURNED", "FAILED", "UNCOLLECTED",
    ]  # fmt: skip
    assert (file.good_count, file.bad_count, file.missing_count) == (7, 0, 1)
    file = confirmed(file, people[2])
    assert states(payroll) == {"PAID": 1, "PARTIAL": 1, "OVERPAID": 1, "UNCOLLECTED": 2, "RETURNED": 1, "FAILED": 1, "SENT": 1}
    assert balances(payroll.fund) == {"FUND": 755_000, "PAID": 80_000, "OWED": 130_000, "TO_RECOVER": 5_000, "TRANSIT": 30_000}
    assert sum(1 for row in ResultRow.objects.filter(file=file).exclude(outcome="")) == PayrollLine.objects.filter(result_file=file).count()
    paid = PayrollLine.objects.get(state="PARTIAL")
    assert (paid.paid_minor, paid.receipt) == (20_000, "R2")
    assert PayrollLine.objects.get(state="RETURNED").unpaid_reason == "account_closed"


def test_blank_is_blank(people, payroll):
    """Pitfall M9: a blank receipt, also one written as “nan”, is no proof; without proof nobody is paid."""
    first, second, *_rest = numbers(payroll)
    file = confirmed(results(payroll, [(first, "yes", 30_000, "nan", ""), (second, "yes", 30_000, " ", "")], people[0]), people[2])
    lines = PayrollLine.objects.filter(result_file=file)
    assert {(line.state, line.receipt, line.unpaid_reason, line.paid_minor) for line in lines} == {("UNCOLLECTED", "", "no_proof", 0)}


def test_a_wrong_row_stops_only_itself(people, payroll):
    """Pitfall M10: an unknown number in the middle of the file; the rows before and after it are applied, and the report says so."""
    first, second, third, *_rest = numbers(payroll)
    file = results(
        payroll,
        [
            (first, "yes", 30_000, "R1"), ("T-99999-99", "yes", 30_000, "R2"), (second, "yes", 30_000, "R3"), ("", "yes", 1, "R"),
            (third, "maybe", 30_000, "R4"), (third, "yes", "3O000", "R4"),
        ],
        people[0],
    )  # fmt: skip
    assert [problem for _outcome, problem in outcomes(file)] == ["", "NO_REFERENCE", "", "NO_REFERENCE", "BAD_RESULT", "BAD_AMOUNT"]
    confirmed(file, people[2])
    assert states(payroll) == {"PAID": 2, "SENT": 6} and file.good_count == 2


def test_every_kind_of_problem(country, people, payroll):
    """A payment of another payroll, one with a result, one that stands twice, a reason that is not in the list, no amount."""
    first, second, third, fourth, *_rest = numbers(payroll)
    village(payroll.cycle.programme, country["Fig"], 1)
    other = calculated(payroll.cycle.programme, [country["South"]], people[0], payroll.fund, payroll.cycle)
    confirmed(results(payroll, [(first, "yes", 30_000, "R1")], people[0]), people[2])
    file = results(
        payroll,
        [
            (first, "yes", 30_000, "R1"), (numbers(other)[0], "yes", 30_000, "R2"),
            (second, "yes", 30_000, "R3"), (second, "no", "", "", "ill"),
            (third, "no", "", "", "went fishing"), (fourth, "yes", "", "R4"),
        ],
        people[0], name="second.csv",
    )  # fmt: skip
    problems = [problem for _outcome, problem in outcomes(file)]
    assert problems == ["ALREADY", "OTHER_PAYROLL", "REPEATED", "REPEATED", "NO_REASON", "BAD_AMOUNT"]
    with pytest.raises(Refusal, match="No row of this file can be applied"):
        confirmed(file, people[2])


def test_missing_counts_as_unpaid_only_when_asked(people, payroll):
    first, *rest = numbers(payroll)
    file = results(payroll, [(first, "yes", 30_000, "R1")], people[0])
    confirmed(file, people[2], missing_as_unpaid=True)
    assert states(payroll) == {"PAID": 1, "NOT_IN_FILE": 7}
    assert PayrollLine.objects.filter(unpaid_reason="not_in_file").count() == len(rest) == 7


def test_the_same_file_is_refused(people, payroll):
    rows = [(numbers(payroll)[0], "yes", 30_000, "R1")]
    results(payroll, rows, people[0])
    with pytest.raises(Refusal, match="already brought"):
        results(payroll, rows, people[0], name="other name.csv")


def test_only_for_what_was_sent(country, people):
    """Pitfall M8: nobody reconciles a payroll that was never sent."""
    programme = make_programme()
    village(programme, country["Almond"], 1)
    payroll = calculated(programme, [country["North"]], people[0])
    with pytest.raises(Refusal, match="is now “calculated”"):
        results(payroll, [(numbers(payroll)[0], "yes", 30_000, "R1")], people[0])


def test_by_a_second_person(people, payroll):
    """Whoever brought the file, calculated or sent does not confirm it; nor does anybody confirm it twice."""
    file = results(payroll, [(numbers(payroll)[0], "yes", 30_000, "R1")], people[2])
    with pytest.raises(NotPermitted, match="You brought this file"):
        confirmed(file, people[2])
    with pytest.raises(NotPermitted, match="another step"):
        confirmed(file, people[1])
    fourth = everyone(payroll.places.first().area.parent, "fourth")[0]
    confirmed(file, fourth)
    with pytest.raises(Refusal, match="is now “applied”"):
        agree(services.confirm_results, fourth, file=file)
    assert Movement.objects.filter(step="result").count() == 1


def test_cents(country, people):
    """Pitfall M7: amounts with decimals are exact, whatever their size."""
    programme = make_programme(currency="USD")
    village(programme, country["Almond"], 2)
    payroll = calculated(programme, [country["North"]], people[0], amount=1_234)
    payroll = released(approved(payroll, people[0]), people[1])
    first, second = numbers(payroll)
    file = confirmed(results(payroll, [(first, "yes", "12.34", "R1"), (second, "yes", "12,33", "R2")], people[0]), people[2])
    assert states(payroll) == {"PAID": 1, "PARTIAL": 1} and balances(file.payroll.fund)["OWED"] == 1

import pytest

from coremis.kernel.access.models import Assignment
from coremis.kernel.actions.services import maintenance
from coremis.kernel.approvals.services import approve_request, submit
from coremis.kernel.base.refusal import NeedsApproval, NotPermitted, Refusal
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import make_profile, make_route
from coremis.modules.ledger.models import Movement, Posting
from coremis.modules.payments import services
from coremis.modules.payments.models import PayrollLine
from coremis.modules.payments.tests.sample import (
    agree,
    approved,
    balances,
    calculated,
    everyone,
    make_cycle,
    make_fund,
    make_programme,
    receive,
    settled,
    verified,
    village,
)  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(country):
    return everyone(country["Testland"], "calculator", "verifier", "approver")


@pytest.fixture
def payroll(country, people):
    programme = make_programme()
    village(programme, country["Almond"], 4)
    return verified(calculated(programme, [country["North"]], people[0]))


def give(profile, person, area):
    with maintenance("test profiles"):
        Assignment(user=person, profile=profile, area=area, valid_from="2020-01-01").save()


def test_it_works(people, payroll):
    """fund → owed, one movement a line, and the posting counts only at the end."""
    assert approved(payroll, people[0]).state == "APPROVED"
    assert balances(payroll.fund) == {"FUND": 880_000, "OWED": 120_000}
    assert Movement.objects.filter(step="approved").count() == 4
    assert set(Movement.objects.filter(step="approved").values_list("line_id", flat=True)) == set(
        PayrollLine.objects.values_list("pk", flat=True)
    )


def test_two_levels_by_other_people(country, people, payroll):
    """Above an amount two levels agree; nobody who calculated is among them."""
    calculator, verifier, approver = people
    levels = [make_profile(name, "approvals.approve_request") for name in ("verifiers", "approvers")]
    make_route("payments.approve_payroll", country["Testland"], *levels, min_amount=100_000)
    for profile, person in zip(levels, (verifier, approver), strict=True):
        give(profile, person, country["Testland"])
    give(levels[1], calculator, country["Testland"])
    request = submit(services.approve_payroll, {"payroll": payroll}, actor=calculator).request
    assert request.amount_minor == 120_000
    with pytest.raises(NotPermitted):
        approve_request(request=request, actor=type(calculator).objects.get(pk=calculator.pk))
    approve_request(request=request, actor=type(verifier).objects.get(pk=verifier.pk))
    approve_request(request=request, actor=type(approver).objects.get(pk=approver.pk))
    assert settled(payroll).state == "APPROVED"
    assert {step.person: step.step for step in payroll.steps.select_related("person")} == {
        calculator: "CALCULATE", verifier: "APPROVE", approver: "APPROVE",
    }  # fmt: skip
    with pytest.raises(NotPermitted, match="another step"):
        agree(services.release_payroll, approver, payroll=payroll)


def test_the_calculator_never_decides(country, people, payroll):
    """Somebody else submits, and the calculator holds the approver's profile: still refused, and nothing is decided."""
    calculator, verifier, _approver = people
    profile = make_profile("approvers", "approvals.approve_request")
    make_route("payments.approve_payroll", country["Testland"], profile)
    give(profile, calculator, country["Testland"])
    request = submit(services.approve_payroll, {"payroll": payroll}, actor=verifier).request
    with pytest.raises(NotPermitted, match="another step"):
        approve_request(request=request, actor=type(calculator).objects.get(pk=calculator.pk))
    request.refresh_from_db()
    assert request.state == "PENDING" and settled(payroll).state == "VERIFIED"


def test_only_with_approval(people, payroll):
    with pytest.raises(NeedsApproval):
        services.approve_payroll(payroll=payroll, actor=people[0])


def test_an_empty_fund(country, people):
    """What the fund does not hold is not approved; what another approval under way takes is not there either."""
    programme = make_programme()
    village(programme, country["Almond"], 2)
    fund = make_fund(programme, 0)
    first = calculated(programme, [country["North"]], people[0], fund)
    with pytest.raises(Refusal, match="has SZF\xa00 free, and SZF\xa060,000 is needed"):
        verified(first)
    receive(fund, 100_000)
    village(programme, country["Fig"], 2)
    second = calculated(programme, [country["South"]], people[0], fund, first.cycle)
    verified(first), verified(second)
    agree(services.approve_payroll, people[0], payroll=first)
    with pytest.raises(Refusal, match="has SZF\xa040,000 free"):
        agree(services.approve_payroll, people[0], payroll=second)
    assert settled(first).state == "APPROVED" and settled(second).state == "VERIFIED"


def test_only_what_was_calculated(people, payroll):
    """Pitfall M6: no state arrives from outside; a line that was changed behind the product's back stops the approval."""
    with maintenance("somebody at the database"):
        line = PayrollLine.objects.first()
        line.payee_name = "Somebody else"
        line.save()
    agree(services.approve_payroll, people[0], payroll=payroll)
    run_until_idle()
    payroll.refresh_from_db()
    assert payroll.state == "VERIFIED" and balances(payroll.fund) == {"FUND": 1_000_000}
    assert Posting.objects.get(purpose="APPROVAL").state == "ABANDONED"


def test_approved_once(people, payroll):
    approved(payroll, people[0])
    with pytest.raises(Refusal, match="is now “approved”"):
        agree(services.approve_payroll, people[0], payroll=payroll)


def test_the_totals_must_still_hold(country, people, payroll):
    """Envelope control: other totals than those that were calculated are refused before anything is posted."""
    make_cycle(payroll.cycle.programme, 2)
    with maintenance("somebody at the database"):
        payroll.total_minor = 1
        payroll.save()
    with pytest.raises(Refusal, match="no longer add up"):
        agree(services.approve_payroll, people[0], payroll=payroll)

"""What was overpaid: kept back from later payments, brought back or written off; each franc once."""

import pytest

from coremis.kernel.actions.system import system
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.jobs.queue import enqueue
from coremis.kernel.jobs.worker import run_until_idle
from coremis.modules.benefits.tests.sample import make_rule, part
from coremis.modules.ledger.jobs import prove_balances
from coremis.modules.ledger.queries import last_proof
from coremis.modules.payments import services
from coremis.modules.payments.jobs import book_what_was_kept_back
from coremis.modules.payments.models import Incident, Payroll, PayrollLine
from coremis.modules.payments.queries import figures_of, ledger_differences
from coremis.modules.payments.states import IncidentEnd
from coremis.modules.payments.tests.sample import (
    agree,
    approved,
    balances,
    confirmed,
    enrol,
    everyone,
    make_programme,
    released,
    results,
    settled,
)
from coremis.modules.payments.tests.test_amounts import amounts, by_rule
from coremis.modules.registry.tests.factories import make_household

pytestmark = pytest.mark.django_db


def begun(country, households=1):
    """The people, a rule that keeps half of a payment back, and its first payroll on its way."""
    people = everyone(country["Testland"], "calculator", "sender", "accountant", "closer")
    programme = make_programme()
    rule = make_rule(programme, part("base", amount=1_000), recovery_share=5_000)
    for _number in range(households):
        enrol(programme, make_household(country["Almond"]))
    return people, rule, released(approved(by_rule(rule, [country["North"]], people[0]), people[0]), people[1])


def test_it_works(country):
    """What was overpaid comes back from the next payments, at most the share of each; the ledger moves to recover → fund, and balances."""
    (calculator, sender, accountant, closer), rule, first = begun(country)
    reconciled(first, 1_700, calculator, accountant, closer)
    assert balances(first.fund)["TO_RECOVER"] == 700
    left = 700
    for month, kept in ((2, 500), (3, 200)):
        payroll = released(approved(by_rule(rule, [country["North"]], calculator, month), calculator), sender)
        line = PayrollLine.objects.get(payroll=payroll)
        assert line.parts == [["base", 1_000, 1], ["recovery", -kept, 1]] and line.amount_minor == 1_000 - kept
        reconciled(payroll, line.amount_minor, calculator, accountant, closer)
        enqueue(book_what_was_kept_back, {})
        settled(payroll)
        left -= kept
        assert balances(payroll.fund).get("TO_RECOVER", 0) == left
    with pytest.raises(Refusal):
        services.book_recoveries(payroll=payroll, actor=system(services.book_recoveries.name))
    assert amounts(by_rule(rule, [country["North"]], calculator, 4)) == [1_000]


@pytest.mark.parametrize("end", ["RECOVERED", "WRITTEN_OFF"])
def test_what_was_kept_back_is_not_asked_back_again(country, end):
    """Pitfall M4: where payments kept a part back, the incident brings in or writes off only the rest; what the neighbour owes stays,
    and something overpaid later is kept back in full."""
    (calculator, sender, accountant, closer), rule, first = begun(country, households=2)
    reconciled(first, 1_700, calculator, accountant, closer)
    second = released(approved(by_rule(rule, [country["North"]], calculator, 2), calculator), sender)
    reconciled(second, 500, calculator, accountant, closer)
    enqueue(book_what_was_kept_back, {})
    settled(second)
    assert balances(first.fund)["TO_RECOVER"] == 400
    incident = Incident.objects.get(line=first.lines.order_by("pk").first())
    agree(services.settle_incident, accountant, incident=incident, end=IncidentEnd(end), explanation="The rest was brought")
    assert balances(first.fund)["TO_RECOVER"] == 200
    assert ledger_differences(first, figures_of(first)) == [] and settled(incident).state == "SETTLED"
    third = released(approved(by_rule(rule, [country["North"]], calculator, 3), calculator), sender)
    assert amounts(third) == [1_000, 800]
    reconciled(third, 1_300, calculator, accountant, closer)
    assert amounts(by_rule(rule, [country["North"]], calculator, 4)) == [700, 500]


def reconciled(payroll, paid, calculator, accountant, closer):
    rows = [(line.number_text, "yes", paid, "R1") for line in PayrollLine.objects.filter(payroll=payroll)]
    confirmed(results(payroll, rows, calculator, name=f"{payroll.number_text}.csv"), accountant)
    agree(services.close_payroll, accountant, payroll=Payroll.objects.get(pk=payroll.pk))
    settled(payroll)


def written_off(incident, accountant):
    agree(services.settle_incident, accountant, incident=incident, end=IncidentEnd.WRITTEN_OFF, explanation="Too little to ask for")


def brought(incident, accountant):
    agree(services.settle_incident, accountant, incident=incident, end=IncidentEnd.RECOVERED, explanation="The rest was brought")


@pytest.mark.parametrize(("decided", "due"), [(None, 500), (brought, 700), (written_off, 500)])
@pytest.mark.parametrize("booked", [True, False])
def test_what_was_kept_back_for_a_payment_taken_back_is_given_back(country, decided, due, booked):
    """Poor families do not bear it: the bank takes a whole payment back after later ones kept a part of what was too much.

    Whatever was decided meanwhile, and whether or not it was booked: the next payment gives back what had been kept or brought, the
    fund holds what the bank holds, nothing stays to be recovered, and the ledger proves itself.
    """
    (calculator, sender, accountant, closer), rule, first = begun(country)
    funds = sum(balances(first.fund).values())
    reconciled(first, 1_700, calculator, accountant, closer)
    second = released(approved(by_rule(rule, [country["North"]], calculator, 2), calculator), sender)
    reconciled(second, 500, calculator, accountant, closer)
    if booked:
        book()
        held = balances(first.fund)
        assert (held["FUND"], held["PAID"], held["TO_RECOVER"]) == (funds - 1_700 - 500, 2_000, 200)
    incident = Incident.objects.get(kind_of="OVERPAID")
    if decided:
        decided(incident, accountant)
    cash = funds - 1_700 - 500 + (200 if decided is brought else 0)
    back = results(first, [(first.lines.get().number_text, "reversed", "", "", "account closed")], calculator, name="back.csv")
    assert confirmed(back, accountant).state == "APPLIED"
    held = balances(first.fund)
    assert held["FUND"] + held["OWED"] == cash + 1_700 and settled(incident).state == "SETTLED"
    assert ledger_differences(first, figures_of(first)) == []
    plain = make_rule(first.cycle.programme, part("base", amount=1_000), code="plain")
    third = by_rule(plain, [country["North"]], calculator, 3)
    line = PayrollLine.objects.get(payroll=third)
    assert line.parts == [["base", 1_000, 1], ["given_back", due, 1]] and line.amount_minor == 1_000 + due
    reconciled(released(approved(third, calculator), sender), 1_000 + due, calculator, accountant, closer)
    book()
    held = balances(first.fund)
    assert held.get("TO_RECOVER", 0) == 0 and "WRITTEN_OFF" not in held
    assert held["FUND"] + held["OWED"] == cash + 1_700 - 1_000 - due
    assert amounts(by_rule(rule, [country["North"]], calculator, 4)) == [1_000]
    assert proved().holds


def test_a_disputed_payment_that_was_too_much(country):
    """Who never received it does not lose what later payments kept back for it; while it is looked into, nothing changes."""
    (calculator, sender, accountant, closer), rule, first = begun(country)
    reconciled(first, 1_700, calculator, accountant, closer)
    second = released(approved(by_rule(rule, [country["North"]], calculator, 2), calculator), sender)
    reconciled(second, 500, calculator, accountant, closer)
    book()
    dispute = services.dispute_payment(line=first.lines.get(), explanation="Says nothing came", actor=accountant)
    third = by_rule(rule, [country["North"]], calculator, 3)
    assert amounts(third) == [800]
    agree(services.settle_incident, accountant, incident=dispute, end=IncidentEnd.NOT_RECEIVED, explanation="The thumb is not hers")
    assert ledger_differences(first, figures_of(first)) == [] and not Incident.objects.exclude(state="SETTLED")
    assert amounts(by_rule(rule, [country["North"]], calculator, 4)) == [1_700]


def book():
    enqueue(book_what_was_kept_back, {})
    run_until_idle()


def proved():
    enqueue(prove_balances, {})
    run_until_idle()
    return last_proof()

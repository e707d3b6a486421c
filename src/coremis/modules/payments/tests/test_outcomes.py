"""The twelve outcomes of rulebook 2.11.2: what each does to the payment and to the ledger."""

from datetime import date

import pytest

from coremis.kernel.actions.services import maintenance
from coremis.modules.ledger.models import Account, Movement
from coremis.modules.payments import services
from coremis.modules.payments.models import EarlierResult, Incident, PayrollLine, ResultRow
from coremis.modules.payments.queries import figures_of, ledger_differences, what_blocks_closing
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
from coremis.modules.registry.models import AlternateUse, Recipient
from coremis.modules.registry.tests.factories import make_person

pytestmark = pytest.mark.django_db
DUE = 30_000


@pytest.fixture
def people(country):
    return everyone(country["Testland"], "calculator", "sender", "accountant")


@pytest.fixture
def payroll(country, people):
    programme = make_programme()
    village(programme, country["Almond"], 4)
    return released(approved(calculated(programme, [country["North"]], people[0]), people[0]), people[1])


def bring(payroll, people, *rows, name="r.csv", **inputs):
    """Bring rows, confirm them, and prove that lines and ledger agree."""
    file = results(payroll, rows, people[0], name=name)
    confirmed(file, people[2], **inputs)
    payroll.refresh_from_db()
    assert ledger_differences(payroll, figures_of(payroll)) == []
    return file


def first(payroll):
    return PayrollLine.objects.filter(payroll=payroll).order_by("pk").first()


@pytest.mark.parametrize(
    ("said", "amount", "receipt", "reason", "state", "paid"),
    [
        ("yes", DUE, "R1", "", "PAID", DUE), ("yes", 20_000, "R1", "", "PARTIAL", 20_000), ("yes", 35_000, "R1", "", "OVERPAID", 35_000),
        ("no", "", "", "moved", "UNCOLLECTED", 0), ("returned", "", "", "account closed", "RETURNED", 0),
        ("unapplied", "", "", "dormant", "UNAPPLIED", 0), ("failed", "", "", "network", "FAILED", 0),
        ("rejected", "", "", "wrong number", "REJECTED", 0), ("reversed", "", "", "other", "REVERSED", 0),
        ("disputed", DUE, "R1", "", "DISPUTED", DUE), ("yes", DUE, "", "", "UNCOLLECTED", 0),
    ],
)  # fmt: skip
def test_it_works(people, payroll, said, amount, receipt, reason, state, paid):
    """Pitfalls M9, M11: each outcome as a first result; what arrived is paid, the rest is owed again, no proof is not paid."""
    line = first(payroll)
    bring(payroll, people, (line.number_text, said, amount, receipt, reason))
    line.refresh_from_db()
    assert (line.state, line.paid_minor, line.receipt) == (state, paid, receipt)
    held = balances(payroll.fund)
    assert held.get("PAID", 0) == min(paid, DUE) and held["OWED"] if paid < DUE else True
    assert held.get("OWED", 0) == DUE - min(paid, DUE) and held.get("TO_RECOVER", 0) == max(0, paid - DUE)
    assert held["TRANSIT"] == 3 * DUE and line.proof == ("receipt" if receipt else "")


def test_not_in_the_file(people, payroll):
    """A payment that the file leaves out counts as unpaid when that is said, and cannot be re-issued yet (pitfall M16)."""
    line = first(payroll)
    bring(payroll, people, (line.number_text, "yes", DUE, "R1"), missing_as_unpaid=True)
    assert states(payroll) == {"PAID": 1, "NOT_IN_FILE": 3}


def test_unknown_in_the_file(people, payroll):
    """A payment that nobody knows is an incident, and closing waits for its explanation."""
    bring(payroll, people, (first(payroll).number_text, "yes", DUE, "R1"), ("T-99999", "yes", 500, "R9"))
    incident = Incident.objects.get()
    assert (incident.kind_of, incident.state, incident.row.problem) == ("UNKNOWN", "OPEN", "NO_REFERENCE")


def test_paid_late(people, payroll):
    """A late answer for a line that was not in the file: owed becomes paid, and what was known before is kept."""
    line, other, *_rest = PayrollLine.objects.filter(payroll=payroll).order_by("pk")
    bring(payroll, people, (other.number_text, "yes", DUE, "R2"), missing_as_unpaid=True)
    bring(payroll, people, (line.number_text, "yes", DUE, "R1"), name="late.csv")
    line.refresh_from_db()
    assert line.state == "PAID" and line.unpaid_reason == "" and EarlierResult.objects.get(line=line).state == "NOT_IN_FILE"
    assert Movement.objects.get(line_id=line.pk, step="late").to_account.station == Account.Station.PAID


def test_several_payments_settle_one_line(people, payroll):
    """PAY-22: the rest of a partly paid line, with a receipt of its own, completes it."""
    line = first(payroll)
    bring(payroll, people, (line.number_text, "yes", 10_000, "R1"))
    bring(payroll, people, (line.number_text, "yes", 15_000, "R2"), name="second.csv")
    line.refresh_from_db()
    assert (line.state, line.paid_minor) == ("PARTIAL", 25_000)
    bring(payroll, people, (line.number_text, "yes", 5_000, "R3"), name="third.csv")
    line.refresh_from_db()
    assert (line.state, line.paid_minor, line.receipt) == ("PAID", DUE, "R3")


@pytest.mark.parametrize("paid", [DUE, 20_000, 35_000])
def test_paid_then_reversed(people, payroll, paid):
    """Pitfall M13: movements are reversed and never changed; the line is owed again and can be paid late once more."""
    line = first(payroll)
    bring(payroll, people, (line.number_text, "yes", paid, "R1"))
    before = set(Movement.objects.values_list("pk", "amount_minor", "to_account"))
    bring(payroll, people, (line.number_text, "reversed", "", "", "other"), name="back.csv")
    line.refresh_from_db()
    assert (line.state, line.paid_minor, line.receipt) == ("REVERSED", 0, "")
    assert before <= set(Movement.objects.values_list("pk", "amount_minor", "to_account"))
    assert Movement.objects.exclude(reverses=None).count() == (2 if paid > DUE else 1)
    held = balances(payroll.fund)
    assert held["OWED"] == DUE and "PAID" not in held and "TO_RECOVER" not in held
    bring(payroll, people, (line.number_text, "yes", DUE, "R2"), name="again.csv")
    bring(payroll, people, (line.number_text, "reversed", "", "", "duplicate"), name="back2.csv")
    assert balances(payroll.fund)["OWED"] == DUE


def test_paid_again_with_another_receipt(people, payroll):
    """A second receipt for a paid line changes nothing silently: an incident, with the row that says so."""
    line = first(payroll)
    bring(payroll, people, (line.number_text, "yes", DUE, "R1"))
    bring(payroll, people, (line.number_text, "yes", DUE, "R7"), name="twice.csv")
    line.refresh_from_db()
    incident = Incident.objects.get()
    assert line.receipt == "R1" and (incident.kind_of, incident.amount_minor, incident.line) == ("PAID_TWICE", DUE, line)


def test_the_same_answer_again_does_nothing(people, payroll):
    line = first(payroll)
    bring(payroll, people, (line.number_text, "yes", DUE, "R1"))
    file = results(payroll, [(line.number_text, "yes", DUE, "R1"), (line.number_text + " ", "no", "", "", "ill")], people[0], name="b.csv")
    problems = list(ResultRow.objects.filter(file=file).values_list("problem", flat=True))
    assert problems == ["ALREADY", "CONTRADICTS"] and file.good_count == 0


def test_repeated_rows_block_closing(people, payroll):
    """Pitfall M10: two rows about one payment are both kept, none is applied, and closing waits."""
    line, other, *_rest = PayrollLine.objects.filter(payroll=payroll).order_by("pk")
    rows = [(line.number_text, "yes", DUE, "R1"), (line.number_text, "no", "", "", "ill"), (other.number_text, "yes", DUE, "R2")]
    file = bring(payroll, people, *rows)
    assert ResultRow.objects.filter(file=file, problem="REPEATED").count() == 2
    assert any("Explain" in sentence for sentence in what_blocks_closing(payroll))


def test_money_dispute(people, payroll):
    """Disputed: the money stays paid; received → as before, not received → reversed and owed again."""
    line, other, *_rest = PayrollLine.objects.filter(payroll=payroll).order_by("pk")
    bring(payroll, people, (line.number_text, "yes", DUE, "R1"), (other.number_text, "yes", 35_000, "R2"))
    for one in (line, other):
        services.dispute_payment(line=one, explanation="Says nothing came", actor=people[1])
    assert states(payroll) == {"DISPUTED": 2, "SENT": 2} and balances(payroll.fund)["PAID"] == 2 * DUE
    mine, theirs = Incident.objects.filter(kind_of="DISPUTED").order_by("pk")
    agree(services.settle_incident, people[2], incident=mine, end="NOT_RECEIVED", explanation="Thumb is not his")
    agree(services.settle_incident, people[2], incident=theirs, end="RECEIVED", explanation="Daughter had it")
    line.refresh_from_db(), other.refresh_from_db()
    assert (line.state, other.state) == ("REVERSED", "OVERPAID")
    assert ledger_differences(payroll, figures_of(payroll)) == []


def test_a_line_changed_behind_the_back(people, payroll):
    """A line that is no longer what was frozen is found by its fingerprint when its result comes, and blocks closing."""
    line = first(payroll)
    with maintenance("test tampering"):
        line.payee_phone = "+999"
        line.save()
    bring(payroll, people, (line.number_text, "yes", DUE, "R1"))
    assert Incident.objects.get().kind_of == "CHANGED" and any("incident is open" in one for one in what_blocks_closing(payroll))


def test_who_collected_is_logged(people, payroll):
    """A payment taken by the alternate is logged in the register; the primary recipient's next one ends the count."""
    line = first(payroll)
    household = line.enrolment.household
    with maintenance("test alternates"):
        other = make_person(line.area, household)
        Recipient(household=household, person=other, rank=1, valid_from=date(2025, 1, 1)).save()
        line.alternate_number, line.alternate_name = other.number, str(other)
        line.hash = ""
        line.save()
    file = results(
        payroll, [(line.number_text, "yes", DUE, "R1", "", "alternate")], people[0],
        header="Payment number;Paid;Amount;Receipt;Reason;Collected by",
    )  # fmt: skip
    confirmed(file, people[2])
    use = AlternateUse.objects.get()
    assert (use.household, use.reference, use.recipient.person) == (household, line.number_text, other)

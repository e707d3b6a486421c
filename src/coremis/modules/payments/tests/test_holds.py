from datetime import date

import pytest

from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.jobs.queue import enqueue
from coremis.modules.ledger.jobs import prove_balances
from coremis.modules.ledger.queries import last_proof
from coremis.modules.payments import services
from coremis.modules.payments.models import Hold, PayrollLine
from coremis.modules.payments.queries import figures_of, what_blocks_closing
from coremis.modules.payments.states import HoldReason
from coremis.modules.payments.tests.sample import (
    agree,
    approved,
    balances,
    calculated,
    confirmed,
    enrol,
    everyone,
    make_programme,
    released,
    results,
    settled,
    states,
    village,
)  # fmt: skip
from coremis.modules.registry.models import Recipient
from coremis.modules.registry.tests.factories import make_person

pytestmark = pytest.mark.django_db
TODAY = date(2026, 2, 2)


@pytest.fixture
def people(country):
    return everyone(country["Testland"], "calculator", "sender", "accountant")


@pytest.fixture
def payroll(country, people):
    """Six approved payments; then one payee dies, one leaves, one is suspended, one is replaced."""
    programme = make_programme()
    village(programme, country["Almond"], 6)
    payroll = approved(calculated(programme, [country["North"]], people[0]), people[0])
    dead, left, suspended, replaced = PayrollLine.objects.order_by("pk")[:4]
    with maintenance("what happens"):
        dead.payee.death_date = TODAY
        dead.payee.save()
        for line, status in ((left, "EXITED"), (suspended, "SUSPENDED")):
            line.enrolment.status = status
            line.enrolment.save()
        now = Recipient.objects.get(household=replaced.enrolment.household, rank=0)
        now.valid_until = date(2026, 2, 1)
        now.save()
        Recipient(household=now.household, person=make_person(country["Almond"]), rank=0, valid_from=TODAY).save()
    return payroll


def test_it_works(people, payroll):
    """PAY-17: at release, who died, left, was suspended or replaced is held; the rest goes, and what is held stays owed."""
    payroll = released(payroll, people[1])
    assert payroll.state == "RELEASED" and states(payroll) == {"HELD": 4, "SENT": 2}
    reasons = list(PayrollLine.objects.filter(state="HELD").order_by("pk").values_list("hold_reason", flat=True))
    assert reasons == ["DIED", "LEFT", "SUSPENDED", "RECIPIENT_CHANGED"] and Hold.objects.filter(was_owed=True).count() == 4
    assert balances(payroll.fund) == {"FUND": 820_000, "OWED": 120_000, "TRANSIT": 60_000}
    assert (payroll.line_count, payroll.held_count) == (6, 4)
    assert "4 payments are held" in " ".join(what_blocks_closing(payroll))


def test_each_is_decided(people, payroll):
    """Suspended and gone may be sent after all; the dead and the replaced are voided; then everything can be closed and proved."""
    payroll = released(payroll, people[1])
    with pytest.raises(Refusal, match="died or were replaced"):
        agree(services.pay_held, people[0], payroll=payroll, reason="All of them")
    agree(services.pay_held, people[0], payroll=payroll, because=HoldReason.SUSPENDED, reason="Lifted")
    agree(services.pay_held, people[0], payroll=settled(payroll), because=HoldReason.LEFT, reason="Was still owed")
    agree(services.void_lines, people[0], payroll=settled(payroll), reason="Nobody to pay")
    payroll = settled(payroll)
    assert states(payroll) == {"SENT": 4, "CANCELLED": 2} and (payroll.line_count, payroll.total_minor, payroll.held_count) == (
        4,
        120_000,
        0,
    )
    assert balances(payroll.fund) == {"FUND": 880_000, "TRANSIT": 120_000}
    rows = [(line.number_text, "yes", 30_000, f"R{line.pk}") for line in PayrollLine.objects.filter(state="SENT")]
    confirmed(results(payroll, rows, people[0]), people[2])
    found = figures_of(payroll)
    assert (found.approved, found.paid, found.cancelled) == ((6, 180_000), (4, 120_000), (2, 60_000))
    agree(services.close_payroll, people[2], payroll=settled(payroll))
    assert settled(payroll).state == "CLOSED" and set(Hold.objects.values_list("decision", flat=True)) == {"PAY", "VOID"}


def test_a_voided_payment_is_paid_anew(country, people, payroll):
    """Pitfalls M3, M4: what is held keeps its key; once it is voided because its payee died or was replaced, whoever collects now is
    paid anew in the same cycle, as of its data freeze in all else; and nothing holds that payment again."""
    payroll = released(payroll, people[1])
    cycle, fund = payroll.cycle, payroll.fund
    with pytest.raises(Refusal, match="Nobody would be paid"):
        calculated(cycle.programme, [country["North"]], people[0], fund, cycle)
    agree(services.void_lines, people[0], payroll=payroll, because=HoldReason.RECIPIENT_CHANGED, reason="The other recipient is paid")
    agree(services.void_lines, people[0], payroll=settled(payroll), because=HoldReason.DIED, reason="The widow is paid")
    dead, replaced = PayrollLine.objects.filter(state="CANCELLED").order_by("pk")
    with maintenance("the alternate of the widowed household collects from today"):
        old = Recipient.objects.get(household=dead.enrolment.household)
        old.valid_until = TODAY
        old.save()
        widow = make_person(country["Almond"])
        Recipient(household=old.household, person=widow, rank=1, valid_from=date(2025, 1, 1), valid_until=TODAY).save()
        Recipient(household=old.household, person=widow, rank=0, valid_from=date(2026, 2, 3)).save()
    again = approved(calculated(cycle.programme, [country["North"]], people[0], fund, cycle), people[0])
    heir = Recipient.objects.get(household=replaced.enrolment.household, valid_until=None).person
    assert {line.enrolment_id: line.payee_id for line in again.lines.all()} == {dead.enrolment_id: widow.pk, replaced.enrolment_id: heir.pk}
    assert set(again.lines.values_list("alternate_name", flat=True)) == {""}
    again = released(again, people[1])
    assert states(again) == {"SENT": 2}


def test_one_line_before_anything_is_owed(country, people):
    """A single payment is voided before and after the approval; totals, fund and figures follow exactly."""
    programme = make_programme()
    village(programme, country["Almond"], 4)
    payroll = calculated(programme, [country["North"]], people[0])
    first, second = PayrollLine.objects.order_by("pk")[:2]
    agree(services.void_lines, people[0], payroll=payroll, line=first, reason="Wrong household")
    payroll = approved(settled(payroll), people[0])
    assert (payroll.line_count, balances(payroll.fund)) == (3, {"FUND": 910_000, "OWED": 90_000})
    agree(services.void_lines, people[0], payroll=payroll, line=second, reason="Wrong household")
    payroll = settled(payroll)
    assert (payroll.line_count, balances(payroll.fund)) == (2, {"FUND": 940_000, "OWED": 60_000})
    found = figures_of(payroll)
    assert (found.approved[0], found.cancelled[0]) == (3, 1)
    with pytest.raises(Refusal, match="None of these payments"):
        agree(services.void_lines, people[0], payroll=payroll, line=second, reason="Again")
    agree(services.cancel_payroll, people[0], payroll=payroll, reason="All wrong")
    assert settled(payroll).state == "CANCELLED" and balances(payroll.fund) == {"FUND": 1_000_000}
    assert states(payroll) == {"CANCELLED": 4}
    enqueue(prove_balances)
    settled(payroll)
    assert last_proof().holds


def test_recalled(country, people):
    """Nobody was paid yet: transit → owed → fund, all keys free; once a result is in, it is refused."""
    programme = make_programme()
    village(programme, country["Almond"], 3)
    payroll = released(approved(calculated(programme, [country["North"]], people[0]), people[0]), people[1])
    agree(services.recall_payroll, people[0], payroll=payroll, reason="Wrong provider")
    assert settled(payroll).state == "CANCELLED" and balances(payroll.fund) == {"FUND": 1_000_000}
    again = calculated(programme, [country["North"]], people[0], payroll.fund, payroll.cycle)
    again = released(approved(again, people[0]), people[1])
    number = again.lines.first().number_text
    results(again, [(number, "yes", 30_000, "R1")], people[0])
    with pytest.raises(Refusal, match="Results have come back"):
        agree(services.recall_payroll, people[0], payroll=again, reason="Too late")


def test_persons_are_their_own_recipients(country, people):
    """In a programme for persons nobody is held for want of a household's recipient."""
    programme = make_programme(unit="person")
    enrol(programme, make_person(country["Almond"]))
    payroll = released(approved(calculated(programme, [country["North"]], people[0]), people[0]), people[1])
    assert states(payroll) == {"SENT": 1}

from datetime import date, timedelta

import pytest
from django.utils import timezone

from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.ledger.models import Movement, Posting
from coremis.modules.ledger.queries import postings_about
from coremis.modules.payments import services
from coremis.modules.payments.models import Incident, LeftOut, Payroll, PayrollLine
from coremis.modules.payments.queries import figures_of, ledger_differences
from coremis.modules.payments.selection import changed_lines
from coremis.modules.payments.tests.sample import (
    agree,
    approved,
    balances,
    calculated,
    confirmed,
    everyone,
    make_fund,
    make_programme,
    released,
    results,
    settled,
    states,
    village,
)  # fmt: skip
from coremis.modules.points.models import PaymentPoint, ServedPlace
from coremis.modules.registry.models import Person, Recipient
from coremis.modules.registry.tests.factories import make_document, make_person

pytestmark = pytest.mark.django_db
DUE = 30_000


@pytest.fixture
def people(country):
    return everyone(country["Testland"], "calculator", "sender", "accountant", "second", "third", "fourth")


@pytest.fixture
def payroll(country, people):
    """Six payments: paid, failed, uncollected, returned, unapplied, not in the file. The fund is empty after it."""
    programme = make_programme()
    village(programme, country["Almond"], 6)
    fund = make_fund(programme, 6 * DUE)
    payroll = released(approved(calculated(programme, [country["North"]], people[0], fund), people[0]), people[1])
    paid, failed, nobody, back, nowhere, _missing = lines(payroll)
    rows = [
        (paid.number_text, "yes", DUE, "R1", ""), (failed.number_text, "failed", "", "", "network"),
        (nobody.number_text, "no", "", "", "ill"), (back.number_text, "returned", "", "", "account closed"),
        (nowhere.number_text, "unapplied", "", "", "dormant"),
    ]  # fmt: skip
    confirmed(results(payroll, rows, people[0]), people[2], missing_as_unpaid=True)
    return payroll


def lines(payroll):
    return list(PayrollLine.objects.filter(payroll=payroll).order_by("reissue_of_id", "pk"))


def reissue(payroll, actor, freeze_on=date(2026, 3, 1)):
    return settled(services.reissue_payroll(payroll=payroll, freeze_on=freeze_on, actor=actor))


def sent_again(payroll, people):
    """The re-issue, approved and sent by others."""
    return released(approved(reissue(payroll, people[0]), people[0]), people[1])


def bring(payroll, people, *rows, name="again.csv"):
    confirmed(results(payroll, rows, people[0], name=name), people[2])
    assert all(ledger_differences(one, figures_of(one)) == [] for one in Payroll.objects.all())


def test_it_works(people, payroll):
    """Pitfall M16, acceptance 6: only final unpaid lines, each once, linked to the first; the fund is not asked again."""
    _paid, failed, nobody, back, _nowhere, _missing = lines(payroll)
    assert balances(payroll.fund) == {"OWED": 5 * DUE, "PAID": DUE}
    again = sent_again(payroll, people)
    assert [line.reissue_of for line in lines(again)] == [failed, nobody, back]
    assert {(line.attempt, line.amount_minor, line.state) for line in lines(again)} == {(2, DUE, "SENT")}
    assert balances(payroll.fund) == {"OWED": 2 * DUE, "TRANSIT": 3 * DUE, "PAID": DUE}
    assert not Movement.objects.filter(posting__in=postings_about(again), posting__purpose=Posting.Purpose.APPROVAL).exists()
    assert not changed_lines(PayrollLine.objects.filter(payroll=again)).exists()
    with pytest.raises(Refusal, match="No line of this payroll can be re-issued"):
        reissue(payroll, people[0])
    bring(again, people, *((line.number_text, "yes", DUE, f"S{line.pk}") for line in lines(again)))
    assert balances(payroll.fund) == {"OWED": 2 * DUE, "PAID": 4 * DUE}


def test_the_payee_of_the_new_day(people, payroll):
    """The payee is that of the new data freeze; a person without a valid recipient is left out with the reason."""
    _paid, failed, nobody, back, _nowhere, _missing = lines(payroll)
    with maintenance("test recipients"):
        heir = make_person(failed.area, failed.enrolment.household)
        Recipient.objects.filter(household=failed.enrolment.household).get()
        old = Recipient.objects.get(household=failed.enrolment.household, rank=0)
        old.valid_until = date(2026, 2, 1)
        old.save()
        Recipient(household=failed.enrolment.household, person=heir, rank=0, valid_from=date(2026, 2, 2)).save()
        make_document(heir, "1990-0001-77")
        dead = Person.objects.get(pk=nobody.payee_id)
        dead.death_date = date(2026, 2, 1)
        dead.save()
    again = reissue(payroll, people[0])
    assert {line.reissue_of: line.payee_id for line in lines(again)} == {failed: heir.pk, back: back.payee_id}
    assert {line.payee_id: line.document_end for line in lines(again)} == {heir.pk: heir.documents.get().number_end, back.payee_id: ""}
    assert LeftOut.objects.get(payroll=again).reason == "RECIPIENT_DIED"


def test_paid_again_where_the_household_collects_now(people, payroll):
    """The old point was closed and a new one serves the place; who has none now keeps the one of before."""
    with maintenance("points"):
        old, new = (PaymentPoint(code=code, name=code.title(), area=lines(payroll)[0].area.parent) for code in ("old", "new"))
        for point in (old, new):
            point.save()
        for line in lines(payroll):
            line.point, line.point_name = old, "Old"
            line.hash = ""
            line.save()
    again = reissue(payroll, people[0])
    assert {line.point_name for line in lines(again)} == {"Old"}
    agree(services.cancel_payroll, people[3], payroll=again, reason="The point is closed")
    settled(again)
    with maintenance("another point serves the place"):
        ServedPlace(point=new, area=lines(payroll)[0].area, valid_from=date(2020, 1, 1)).save()
    third = reissue(again, people[0])
    assert {(line.point, line.point_name) for line in lines(third)} == {(new, "New")}


def test_a_day_that_does_not_fit(people, payroll):
    for day in (timezone.localdate() + timedelta(days=1), date(2025, 1, 1)):
        with pytest.raises(Invalid):
            reissue(payroll, people[0], day)


def test_cancelled_and_re_issued_anew(people, payroll):
    """A re-issue that was cancelled leaves the debt: its lines can be paid again from there, with the next attempt."""
    again = approved(reissue(payroll, people[0]), people[0])
    agree(services.cancel_payroll, people[3], payroll=again, reason="Wrong day")
    settled(again)
    assert balances(payroll.fund)["OWED"] == 5 * DUE
    third = reissue(again, people[0])
    assert {line.attempt for line in lines(third)} == {3} and third.line_count == 3


def test_paid_late_after_the_re_issue(people, payroll):
    """Late paid on a line that was re-issued: nothing is posted silently, an incident names both lines; to recover, then recovered."""
    failed = lines(payroll)[1]
    again = sent_again(payroll, people)
    bring(again, people, *((line.number_text, "yes", DUE, f"S{line.pk}") for line in lines(again)))
    bring(payroll, people, (failed.number_text, "yes", DUE, "LATE1"), name="late.csv")
    incident = Incident.objects.get()
    failed.refresh_from_db()
    assert failed.state == "FAILED" and (incident.kind_of, incident.line, incident.other) == ("PAID_TWICE", failed, lines(again)[0])
    before = balances(payroll.fund)
    with pytest.raises(Refusal, match="needed"):
        agree(services.settle_incident, people[2], incident=incident, end="CLAIM", explanation="Provider paid both")
    from coremis.modules.payments.tests.sample import receive

    receive(payroll.fund, DUE)
    agree(services.settle_incident, people[2], incident=incident, end="CLAIM", explanation="Provider paid both")
    assert balances(payroll.fund) == {**before, "TO_RECOVER": DUE} and ledger_differences(payroll, figures_of(payroll)) == []
    incident.refresh_from_db()
    agree(services.settle_incident, people[2], incident=incident, end="RECOVERED", explanation="Credit advice 9")
    assert balances(payroll.fund) == {**before, "FUND": DUE} and ledger_differences(payroll, figures_of(payroll)) == []


def test_late_answer_in_a_closed_payroll(country, people):
    """A late answer is taken after closing too: not collected becomes paid, with its posting."""
    programme = make_programme()
    village(programme, country["Almond"], 1)
    payroll = released(approved(calculated(programme, [country["North"]], people[0]), people[0]), people[1])
    (line,) = lines(payroll)
    confirmed(results(payroll, [(line.number_text, "no", "", "", "ill")], people[0]), people[2])
    agree(services.close_payroll, people[2], payroll=payroll)
    bring(payroll, people, (line.number_text, "yes", DUE, "R1"), name="late.csv")
    payroll.refresh_from_db()
    assert payroll.state == "CLOSED" and states(payroll) == {"PAID": 1} and balances(payroll.fund)["PAID"] == DUE


def test_the_rest_of_a_part_payment(country, people):
    """Rulebook 2.11.2: the rest of what was partly paid can be re-issued; afterwards the first line takes nothing more."""
    programme = make_programme()
    village(programme, country["Almond"], 1)
    payroll = released(approved(calculated(programme, [country["North"]], people[0]), people[0]), people[1])
    (line,) = lines(payroll)
    confirmed(results(payroll, [(line.number_text, "yes", 10_000, "R1")], people[0]), people[2])
    again = sent_again(payroll, people)
    (rest,) = lines(again)
    assert (rest.amount_minor, rest.parts, rest.reissue_of) == (20_000, [["reissue", 20_000, 1]], line)
    bring(payroll, people, (line.number_text, "yes", 20_000, "R2"), name="late.csv")
    assert Incident.objects.get().kind_of == "PAID_TWICE"


def test_unclaimed_money_goes_back(people, payroll):
    """After the days of grace the uncollected amount goes back to the fund; paid later all the same, it is an incident."""
    nobody = lines(payroll)[2]
    services.save_unclaimed_policy(programme=payroll.cycle.programme, grace_days=3000, actor=people[2])
    with pytest.raises(Refusal, match="can be claimed until"):
        agree(services.forfeit_unclaimed, people[2], payroll=payroll)
    services.save_unclaimed_policy(programme=payroll.cycle.programme, grace_days=30, actor=people[2])
    agree(services.forfeit_unclaimed, people[2], payroll=payroll)
    settled(payroll)
    nobody.refresh_from_db()
    assert nobody.forfeited_on and balances(payroll.fund) == {"FUND": DUE, "OWED": 4 * DUE, "PAID": DUE}
    assert ledger_differences(payroll, figures_of(payroll)) == [] and reissue(payroll, people[0]).line_count == 2
    bring(payroll, people, (nobody.number_text, "yes", DUE, "L1"), name="late.csv")
    assert Incident.objects.get().kind_of == "PAID_LATE"


def test_a_line_of_a_re_issue_taken_out(people, payroll):
    """Voiding one approved line of a re-issue gives nothing to the fund: the first payroll still owes it, and it can be paid again."""
    again = approved(reissue(payroll, people[0]), people[0])
    out = lines(again)[0]
    agree(services.void_lines, people[3], payroll=again, reason="Another name", line=out)
    settled(again)
    assert balances(payroll.fund) == {"OWED": 5 * DUE, "PAID": DUE}
    assert all(ledger_differences(one, figures_of(one)) == [] for one in Payroll.objects.all())
    again = released(Payroll.objects.get(pk=again.pk), people[1])
    assert balances(payroll.fund) == {"OWED": 3 * DUE, "TRANSIT": 2 * DUE, "PAID": DUE} and again.line_count == 2
    assert all(ledger_differences(one, figures_of(one)) == [] for one in Payroll.objects.all())


def test_a_re_issue_called_back(people, payroll):
    """A re-issue that was sent can be recalled: in transit → owed, and the fund gets nothing that it never gave."""
    again = sent_again(payroll, people)
    agree(services.recall_payroll, people[3], payroll=again, reason="Wrong provider")
    assert settled(again).state == "CANCELLED" and balances(payroll.fund) == {"OWED": 5 * DUE, "PAID": DUE}
    assert all(ledger_differences(one, figures_of(one)) == [] for one in Payroll.objects.all())

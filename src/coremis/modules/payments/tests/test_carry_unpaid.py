"""What was not paid is re-issued once, or paid with the next payment; never both (pitfall M16)."""

from datetime import date

import pytest
from django.urls import reverse

from coremis.kernel.access.models import Assignment
from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.testing.cast import make_profile, make_user
from coremis.modules.benefits.tests.sample import make_rule, part
from coremis.modules.ledger.queries import postings_about
from coremis.modules.payments import services
from coremis.modules.payments.models import Incident, PayrollLine
from coremis.modules.payments.queries import figures_of, ledger_differences
from coremis.modules.payments.tests.sample import (
    RIGHTS,
    agree,
    approved,
    balances,
    calculated,
    confirmed,
    everyone,
    make_cycle,
    make_fund,
    make_programme,
    released,
    results,
    settled,
    village,
)
from coremis.modules.programmes.models import Enrolment

pytestmark = pytest.mark.django_db
DUE = 30_000


@pytest.fixture
def people(country):
    return everyone(country["Testland"], "calculator", "sender", "accountant", "second", "closer")


@pytest.fixture
def programme(country):
    made = make_programme()
    village(made, country["Almond"], 3)
    return made


@pytest.fixture
def closed(programme, country, people):
    """Three payments of 30,000: one paid, one failed, one nobody collected; closed."""
    fund = make_fund(programme)
    payroll = calculated(programme, [country["North"]], people[0], fund)
    payroll = released(approved(payroll, people[0]), people[1])
    paid, failed, nobody = PayrollLine.objects.filter(payroll=payroll).order_by("pk")
    rows = [
        (paid.number_text, "yes", DUE, "R1", ""),
        (failed.number_text, "failed", "", "", "network"),
        (nobody.number_text, "no", "", "", "ill"),
    ]
    confirmed(results(payroll, rows, people[3]), people[2])
    agree(services.close_payroll, people[4], payroll=payroll)
    return settled(payroll)


def rule_of(programme, **options):
    return make_rule(programme, part("base", amount=DUE), **options)


def next_payroll(rule, country, actor, month=2):
    fund = rule.programme.funds.get()
    return settled(
        services.generate_payroll(cycle=make_cycle(rule.programme, month), areas=[country["North"]], rule=rule, fund=fund, actor=actor)
    )


def amounts(payroll):
    return list(PayrollLine.objects.filter(payroll=payroll).order_by("enrolment_id").values_list("amount_minor", "backlog_minor"))


def test_it_works(closed, programme, country, people):
    """Carried on: in the fund again, paid with the next payment once, and no longer to be re-issued."""
    rule = rule_of(programme, takes_backlog=True)
    before = balances(closed.fund)
    agree(services.carry_unpaid, people[3], payroll=closed)
    settled(closed)
    after = balances(closed.fund)
    assert after["FUND"] - before["FUND"] == 2 * DUE == before["OWED"] and "OWED" not in after
    with pytest.raises(Refusal, match="No line of this payroll can be re-issued"):
        services.reissue_payroll(payroll=closed, freeze_on=closed.freeze_on, actor=people[0])
    second = approved(next_payroll(rule, country, people[0]), people[0])
    assert amounts(second) == [(DUE, 0), (2 * DUE, DUE), (2 * DUE, DUE)]
    third = next_payroll(rule, country, people[0], month=3)
    assert amounts(third) == [(DUE, 0)] * 3
    assert not any(ledger_differences(row, figures_of(row)) for row in (closed, second))
    assert [row.get_purpose_display() for row in postings_about(closed).order_by("-pk")[:1]] == [
        "unpaid amounts carried on to the next payment"
    ]


def test_what_was_reissued_is_not_carried_on(closed, programme, country, people):
    rule = rule_of(programme, takes_backlog=True)
    again = settled(services.reissue_payroll(payroll=closed, freeze_on=closed.freeze_on, actor=people[0]))
    assert amounts(again) == [(DUE, 0), (DUE, 0)]
    with pytest.raises(Refusal, match="Nothing of this payroll can be carried on"):
        agree(services.carry_unpaid, people[3], payroll=closed)
    assert amounts(next_payroll(rule, country, people[0])) == [(DUE, 0)] * 3


def test_without_carrying_nothing_is_added(closed, programme, country, people):
    """A rule that takes up what was left takes nothing that still is owed: that waits for a re-issue."""
    rule = rule_of(programme, takes_backlog=True)
    assert amounts(next_payroll(rule, country, people[0])) == [(DUE, 0)] * 3


def test_a_rule_must_pay_it_later(closed, programme, people):
    rule_of(programme)
    with pytest.raises(Refusal, match="No benefit rule of this programme"):
        agree(services.carry_unpaid, people[3], payroll=closed)


def test_a_cancelled_payroll_gives_it_back(closed, programme, country, people):
    rule = rule_of(programme, takes_backlog=True)
    agree(services.carry_unpaid, people[3], payroll=closed)
    settled(closed)
    second = next_payroll(rule, country, people[0])
    agree(services.cancel_payroll, people[0], payroll=second, reason="Wrong")
    settled(second)
    fresh = services.generate_payroll(cycle=second.cycle, areas=[country["North"]], rule=rule, fund=closed.fund, actor=people[0])
    assert amounts(settled(fresh)) == [(DUE, 0), (2 * DUE, DUE), (2 * DUE, DUE)]


def test_who_left_is_not_carried_on(closed, programme, country, people):
    """Somebody without a next payment keeps the right to a re-issue."""
    rule_of(programme, takes_backlog=True)
    gone = PayrollLine.objects.filter(payroll=closed, state="FAILED").get()
    with maintenance("test exit"):
        enrolment = Enrolment.objects.get(pk=gone.enrolment_id)
        enrolment.status = "EXITED"
        enrolment.save()
    agree(services.carry_unpaid, people[3], payroll=closed)
    settled(closed)
    assert list(PayrollLine.objects.filter(payroll=closed, rolled_minor__gt=0).values_list("state", flat=True)) == ["UNCOLLECTED"]


def test_paid_late_all_the_same_is_an_incident(closed, programme, people):
    rule_of(programme, takes_backlog=True)
    agree(services.carry_unpaid, people[3], payroll=closed)
    settled(closed)
    late = PayrollLine.objects.get(payroll=closed, state="UNCOLLECTED")
    confirmed(results(closed, [(late.number_text, "yes", DUE, "R9", "")], people[3], name="late.csv"), people[2])
    assert Incident.objects.get().line_id == late.pk
    late.refresh_from_db()
    assert (late.state, late.rolled_minor) == ("UNCOLLECTED", DUE)


def test_both_ways_say_what_will_happen(closed, programme, country, client):
    """The page of each names number and amount before anything is done."""
    rule_of(programme, takes_backlog=True)
    client.force_login(make_user("reader", *RIGHTS, area=country["Testland"]))
    for name, words, typed in (
        ("reissue_payroll", "Re-issue 2 payments", {"freeze_on": "2026-03-01"}),
        ("carry_unpaid", "Carry on 2 payments", {}),
    ):
        page = client.post(reverse(f"payments:{name}", args=[closed.pk]), {"key": name, "step": "preview", **typed})
        assert page.status_code == 200 and words in page.content.decode(), name


def test_who_left_and_is_owed_something_is_told(closed, programme, country, people, client):
    """The page of the beneficiary says what waits for the next payment; after an exit, that none comes and what to do."""
    rule_of(programme, takes_backlog=True)
    agree(services.carry_unpaid, people[3], payroll=closed)
    settled(closed)
    failed = PayrollLine.objects.filter(payroll=closed).order_by("pk")[1]
    client.force_login(make_user("reader", *RIGHTS, "programmes.view_enrolment", area=country["Testland"]))
    page = reverse("programmes:enrolment_detail", args=[failed.enrolment_id])
    text = client.get(page).content.decode()
    assert "Left by earlier payments" in text and failed.number_text in text and "still owes" not in text
    with maintenance("test"):
        left = Enrolment.objects.get(pk=failed.enrolment_id)
        left.status = "EXITED"
        left.save()
    text = client.get(page).content.decode()
    assert "The programme still owes this beneficiary SZF\u00a030,000" in text
    paid = reverse("programmes:enrolment_detail", args=[PayrollLine.objects.filter(payroll=closed).order_by("pk").first().enrolment_id])
    assert "Left by earlier payments" not in client.get(paid).content.decode()
    elsewhere = make_user("elsewhere", "programmes.view_enrolment", area=country["Testland"])
    with maintenance("test"):
        seen = make_profile("payments-of-the-south", "payments.view_payrollline")
        Assignment(user=elsewhere, profile=seen, area=country["South"], valid_from=date(2020, 1, 1)).save()
    client.force_login(elsewhere)
    text = client.get(page).content.decode()
    assert failed.number_text not in text and "still owes" not in text, "who sees payments of other places only"

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.refusal import NotPermitted, Refusal
from coremis.modules.payments import services
from coremis.modules.payments.findings_previews import approval
from coremis.modules.payments.models import Difference, PayrollLine, Review
from coremis.modules.payments.tests.sample import (
    agree,
    approved,
    calculated,
    enrol,
    everyone,
    make_cycle,
    make_fund,
    make_programme,
    receive,
    settled,
    verified,
    village,
)  # fmt: skip
from coremis.modules.payments.tests.test_pages import browser
from coremis.modules.registry.models import Recipient
from coremis.modules.registry.tests.factories import make_household, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(country):
    return everyone(country["Testland"], "calculator", "verifier", "sender")


@pytest.fixture
def second(country, people):
    """A second cycle in which one is new, one is gone, one has another recipient, and everybody gets more."""
    programme = make_programme()
    enrolments = village(programme, country["Almond"], 5) + village(programme, country["Fig"], 2)
    first = approved(calculated(programme, [country["Testland"]], people[0]), people[0])
    enrol(programme, make_household(country["Fig"]))
    with maintenance("what happens between the cycles"):
        enrolments[0].status, enrolments[0].status_since = "SUSPENDED", date(2026, 2, 1)
        enrolments[0].save()
        old = Recipient.objects.get(household=enrolments[1].household)
        old.valid_until = date(2026, 2, 1)
        old.save()
        Recipient(household=old.household, person=make_person(country["Almond"]), rank=0, valid_from=date(2026, 2, 2)).save()
    return calculated(programme, [country["Testland"]], people[0], first.fund, make_cycle(programme, 2), amount=40_000)


def test_it_works(second):
    """PAY-26, rulebook 2.11.1: number and value against the cycle before, in all and by place, and every difference with its line."""
    kinds = sorted(Difference.objects.values_list("kind", "change_minor", "reason"))
    assert kinds == [("AMOUNT", 10_000, "")] * 6 + [("GONE", -30_000, "SUSPENDED"), ("NEW", 40_000, ""), ("RECIPIENT", 0, "")]
    figures = Review.objects.get(payroll=second).figures
    assert (figures["now"], figures["before"]) == ([7, 280_000], [7, 210_000])
    assert sorted(row[1:] for row in figures["areas"]) == [["North", 4, 160_000, 5, 150_000], ["South", 3, 120_000, 2, 60_000]]


def test_the_page_leads_to_every_list(second, people):
    """Each number of the approval page is a link, and the list behind it has as many rows."""
    shown = approval({"payroll": verified(second)}, people[0]).ready()
    links = {fact["label"]: (fact["text"], fact["href"]) for fact in shown["facts"] if fact["href"]}
    assert links["New in this cycle"][0].startswith("1") and links["No longer paid"][0].startswith("1")
    reader = browser(people[1])
    for words, url in links.values():
        page = reader.get(url)
        assert page.status_code == 200, (url, words)
    found = reader.get(links["Another amount"][1])
    assert found.context["count"]["number"] == 6
    page = reader.get(reverse("payments:payroll_detail", args=[second.pk]), {"tab": "findings"})
    assert "North" in page.content.decode() and page.status_code == 200


def test_as_many_queries_for_many(country, people, second):
    """Pitfall P1: the approval page asks as much for eight payments as for thirty."""

    def asked(payroll):
        with CaptureQueriesContext(connection) as found:
            approval({"payroll": payroll}, people[0])
        return len(found)

    few = asked(second)
    programme = make_programme()
    fund = make_fund(programme, 10_000_000)
    village(programme, country["Almond"], 30)
    calculated(programme, [country["Testland"]], people[0], fund)
    large = calculated(programme, [country["Testland"]], people[0], fund, make_cycle(programme, 2))
    assert asked(large) <= few <= 20


def test_verified_by_another_person(people, second):
    """Five rights: the calculator does not verify, the verifier does not send; the fund must hold what is needed."""
    receive(second.fund, 1_000)
    with pytest.raises(NotPermitted, match="another step"):
        verified(second, people[0])
    payroll = approved(verified(second, people[1]), people[0])
    with pytest.raises(NotPermitted, match="another step"):
        agree(services.release_payroll, people[1], payroll=payroll)
    with pytest.raises(Refusal, match="is now “approved”"):
        services.verify_payroll(payroll=payroll, actor=people[2])
    assert {step.step for step in payroll.steps.all()} == {"CALCULATE", "VERIFY"}


def test_only_what_was_compared_is_verified(country, people):
    programme = make_programme()
    village(programme, country["Almond"], 1)
    payroll = calculated(programme, [country["North"]], people[0], make_fund(programme, 10))
    with pytest.raises(Refusal, match="Enter the funds received first"):
        verified(payroll)
    receive(payroll.fund, 50_000)
    with maintenance("not compared yet"):
        payroll.note = "x"
        payroll.save()
    assert verified(settled(payroll)).state == "VERIFIED" and PayrollLine.objects.count() == 1

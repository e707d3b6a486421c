"""The home page of every seat: what stands on it, that each number leads to as many rows, and that it asks little."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coremis.kernel.access.models import Assignment, Profile
from coremis.kernel.access.seats import SEATS
from coremis.kernel.actions.services import maintenance
from coremis.kernel.areas.models import Area
from coremis.kernel.testing.cast import again, make_user
from coremis.modules.administration.tests.house import set_up, signed_in
from coremis.modules.payments import cards, money_cards
from coremis.modules.payments.models import PayrollLine
from coremis.modules.payments.tests.sample import (
    approved,
    calculated,
    confirmed,
    enrol,
    everyone,
    make_cycle,
    make_fund,
    make_programme,
    released,
    results,
    village,
)
from coremis.modules.points.models import PaymentPoint
from coremis.modules.points.tests.sample import make_point
from coremis.modules.registry.tests.factories import make_household

PAGE = 50  # rows of a list on one page
CARDS = {
    "manager": ["To decide", "Programmes", "Funds", "Payment calendar", "What is stuck, and with whom", "Women among the recipients", "My places"],
    "commune": ["My places", "Lists to print", "My imports", "Unpaid in the last cycle", "Find a household or a person"],
    "data": ["My imports"],
    "payments": ["Payment calendar", "Payrolls under way", "Left out, to be worked off", "Points without lists", "To be paid again"],
    "verifier": ["To decide"],
    "approver": ["To decide"],
    "accountant": ["To decide", "Funds", "In transit", "Files of results", "Unknown payments", "Open incidents", "What blocks closing", "Proof of the balances"],
    "auditor": [
        "Proof of the history", "To decide", "Proof of the balances", "Changed in thirty days", "Called different people", "Flags that were set aside",
        "Twenty payments to follow today",
    ],
    "it": ["This installation", "To decide"],
}  # fmt: skip


@pytest.fixture(scope="module")
def filled(kept):
    """A payroll with every kind of outcome in one village, another one approved in another, and a person on every seat."""
    people = set_up()
    north, south = Area.objects.get(code="N1A"), Area.objects.get(code="S1A")
    with maintenance("test places"):
        Assignment.objects.filter(user=people["commune"])
        held = Assignment.objects.get(user=people["commune"])
        held.area = Area.objects.get(code="N1")
        held.save()
    fill(north, south)
    return people


@pytest.fixture
def country(filled, db):
    """People by seat, in what was made once for all tests of this file."""
    return {name: again(user) for name, user in filled.items()}


def fill(north, south, households=6):
    if not PaymentPoint.objects.exists():
        make_point(north, "Office", north)
        make_point(south, "School", south)
    root = north.parent.parent.parent
    one, two, three = everyone(root, *(f"{name}{PayrollLine.objects.count()}" for name in ("one", "two", "three")))
    programme = make_programme()
    fund, cycle = make_fund(programme, 10_000_000), make_cycle(programme)
    village(programme, north, households)
    enrol(programme, make_household(north), "SUSPENDED")
    enrol(programme, make_household(north), "POTENTIAL")
    village(programme, south, 2)
    paying = approved(calculated(programme, [north], one, fund, cycle), two)
    released(paying, three)
    lines = list(PayrollLine.objects.filter(payroll=paying).order_by("pk"))
    said = [(lines[0].number_text, "yes", 30_000, "R1", ""), (lines[1].number_text, "no", "", "", "ill"), ("T-77", "yes", 30_000, "R2", "")]
    confirmed(results(paying, said, one, name=f"{paying.pk}.csv"), two)
    results(paying, [(lines[2].number_text, "yes", 30_000, f"R{paying.pk}", "")], one, name=f"{paying.pk}b.csv")
    approved(calculated(programme, [south], one, fund, make_cycle(programme, 2)), two)
    return paying


def home(user):
    page = signed_in(user).get("/")
    assert page.status_code == 200
    return page.content.decode().split('class="page-head"')[1].split("</main>")[0]


def titles(page):
    return [unescape(title) for title in re.findall(r"<h2>(.*?)</h2>", page)]


@pytest.mark.parametrize("seat", sorted(SEATS))
def test_it_works(country, seat):
    """Pitfalls P1, S10: every link of every home page opens, and each number is the number of rows of the list behind it."""
    page = home(country[seat])
    known = {title for named in CARDS.values() for title in named}
    assert [title for title in titles(page) if title in known] == CARDS[seat]  # other modules' cards have tests of their own
    client = signed_in(country[seat])
    for address, text in re.findall(r'href="([^"]+)"[^>]*>(?:<span class="card-figure">)?([^<]*)<', page):
        answer = client.get(unescape(address))
        assert answer.status_code == 200, (address, text)
        number = re.sub(r"[\s,.\u202f\xa0]", "", unescape(text))
        if number.isdigit() and "count" in (answer.context or {}):
            assert not answer.context["problems"], (address, answer.context["problems"])
            assert listed(answer) == min(int(number), PAGE), (address, text, answer.context["count"])
            assert int(number) <= PAGE or answer.context["count"]["number"] == int(number), (address, text, answer.context["count"])


def listed(answer):
    return sum(1 for _row in answer.context["rows"])


def test_the_figures_of_a_commune(country):
    """Only what lies in my places, village by village."""
    page = home(country["commune"])
    assert "Almond" in page and "Date palm" not in page
    row = re.search(r"<tr>(?:(?!</tr>).)*Almond.*?</tr>", page, re.S)[0]
    found = re.findall(r">(\d+)</a>", row)  # other modules' figures stand after the first
    assert [found[0], *found[-4:]] == ["8", "1", "0", "6", "1"]
    assert "Ill" in page, page[-6000:]
    assert "Payee list" in page, page[-6000:]


def test_only_ones_own_right(country):
    """A card is not there without its right, and a profile of one's own sees every card that its rights open."""
    only = make_user("only-lines", "payments.view_payrollline", area=Area.objects.get(code="S1"))
    page = home(only)
    assert "Lists to print" in titles(page) and "Funds" not in titles(page)
    assert "Office" not in page
    assert "Twenty payments" not in home(country["payments"])


def test_as_many_questions_for_many_rows(country):
    """Pitfall S10: thirty rows ask as much as three, on every seat."""
    north, south = Area.objects.get(code="N1A"), Area.objects.get(code="S1A")
    for _time in range(2):  # the card about closing looks at three payrolls
        fill(north, south, 3)
    few = {seat: questions(country[seat]) for seat in sorted(SEATS)}
    fill(north, south, 30)
    assert {seat: asked for seat in few if (asked := questions(country[seat])) > few[seat]} == {}


def questions(user):
    client = signed_in(user)
    client.get("/")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get("/")
    return len(asked)


def test_the_sample_is_the_same_all_day(country):
    """The same twenty for everybody; another day others."""
    page = home(country["auditor"])
    assert home(country["auditor"]) == page
    assert len(re.findall(r"/payments/lines/\d+/", page)) == PayrollLine.objects.filter(payroll__state="RELEASED").count()
    assert money_cards.digest("2026-01-01", 1) != money_cards.digest("2026-01-02", 1)


def test_what_is_without_a_point_or_a_list(country):
    page = home(country["payments"])
    assert "School" in page and "Office" in page and "2 payee lists are not taken yet" in page
    assert "Ask for approval" not in page and "Send for payment" in page
    assert Profile.objects.filter(code="payments").exists() and cards.MOST

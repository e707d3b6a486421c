"""Amounts in words, notes and coins, the cash sheet and the request for funds."""

import pytest

from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Invalid, OutsidePlaces
from coremis.kernel.files.pdf import write_papers
from coremis.kernel.files.storage import path_of
from coremis.kernel.files.tests.reading_pdf import pages_of
from coremis.modules.payments import services
from coremis.modules.payments.models import TakenPaper
from coremis.modules.payments.paper.cash import denominations
from coremis.modules.payments.paper.notes import fewest_notes, notes_needed
from coremis.modules.payments.paper.words import amount_in_words
from coremis.modules.payments.services import papers
from coremis.modules.payments.tests.at_points import change, put
from coremis.modules.payments.tests.sample import calculated, everyone, make_programme, village
from coremis.modules.points.tests.sample import make_point

SAID = [
    (35_000, "BIF", "en", "thirty-five thousand Burundian francs"),
    (1, "BIF", "en", "one Burundian franc"),
    (80_000, "BIF", "fr", "quatre-vingt mille francs burundais"),
    (2_000_000, "BIF", "fr", "deux millions de francs burundais"),
    (2_500_000, "BIF", "fr", "deux millions cinq cent mille francs burundais"),
    (164_374_000, "SZF", "fr", "cent soixante-quatre millions trois cent soixante-quatorze mille francs sanzirais"),
    (1_000_000, "BIF", "pt", "um milhão de francos burundianos"),
    (1_234, "MZN", "pt", "doze meticais moçambicanos e 34/100"),
    (220_000, "STN", "pt", "duas mil e duzentas dobras de São Tomé e Príncipe"),
    (100, "STN", "pt", "uma dobra de São Tomé e Príncipe"),
    (10**12, "BIF", "pt", "um bilião de francos burundianos"),
    (700, "QQQ", "fr", "sept QQQ"),
    (1_234, "USD", "fr", "douze dollars des États-Unis et 34/100"),
]


@pytest.mark.django_db
def test_it_works():
    assert [amount_in_words(Money(minor, currency), language) for minor, currency, language, _said in SAID] == [row[3] for row in SAID]


@pytest.mark.parametrize(
    ("amount", "values", "pieces", "rest"),
    [
        (35_000, (10_000, 5_000, 1_000), {10_000: 3, 5_000: 1}, 0),
        (6, (4, 3, 1), {3: 2}, 0),  # the largest first would need three
        (30, (25, 10), {10: 3}, 0),
        (1_000_030, (25, 10), None, 0),
        (35_070, (10_000, 5_000, 1_000), {10_000: 3, 5_000: 1}, 70),
        (70, (1_000,), {}, 70),
        (1_000, (), {}, 1_000),
        (10**12, (10_000, 5), {10_000: 10**8}, 0),
    ],
)
def test_fewest_notes(amount, values, pieces, rest):
    found, missing = fewest_notes(amount, values)
    assert missing == rest and sum(value * count for value, count in found.items()) == amount - rest
    assert pieces is None or found == pieces


def test_notes_for_many_payments():
    """Each payment must be payable: two of 15,000 need two notes of 5,000, although 30,000 would need none."""
    assert notes_needed([(15_000, 2), (10_000, 1)], (10_000, 5_000)) == ({10_000: 3, 5_000: 2}, 0)


@pytest.fixture
def officer(country):
    return everyone(country["Testland"], "officer")[0]


@pytest.fixture
def payroll(country, officer, monkeypatch):
    monkeypatch.setattr(papers, "write_papers", lambda *args, **more: write_papers(*args, **more, compressed=False))
    programme = make_programme()
    village(programme, country["Almond"], 3)
    village(programme, country["Fig"], 2)
    payroll = calculated(programme, [country["Testland"]], officer, amount=35_000)
    put(payroll, make_point(country["North"], "Market"), country["North"])
    return payroll


@pytest.mark.django_db
def test_cash_sheet(officer, payroll):
    """Expected totals are printed; three payments of 35,000 need nine notes of 10,000 and three of 5,000."""
    point = payroll.lines.exclude(point=None).first().point
    attachment = services.take_cash_sheet(point=point, payroll_number=payroll.number, actor=officer)
    (page,) = pages_of(path_of(attachment.sha256).read_bytes())
    assert page[page.index("10,000") + 1 :][:2] == ["9", "90,000"] and page[page.index("5,000") + 1 :][:2] == ["3", "15,000"]
    assert page[page.index("To be paid") + 1 :][:2] == ["3", "105,000"]
    assert {"Cash received", "Paid", "Not paid", "Cash returned", "Difference", "Cash handed over by"} <= set(page)


@pytest.mark.django_db
def test_request_for_funds(officer, payroll):
    """By point, without what is held, in figures and words, with the bank details as they were typed."""
    change(payroll.lines.filter(point=None).first(), state="HELD", hold_reason="DIED")
    attachment = services.take_funds_request(payroll=payroll, bank_details="Account 12 at the State Bank", actor=officer)
    (page,) = pages_of(path_of(attachment.sha256).read_bytes())
    assert page[page.index("Market") + 1 :][:2] == ["3", "SZF 105,000"] and page[page.index("Without a payment point") + 1] == "1"
    assert "SZF 140,000" in page and "one hundred and forty thousand francs" in page and "Account 12 at the State Bank" in page
    assert TakenPaper.objects.get().paper == "FUNDS"


@pytest.mark.django_db
def test_request_only_by_who_sees_the_whole_payroll(country, payroll):
    """Pitfall S10."""
    with pytest.raises(OutsidePlaces):
        services.take_funds_request(payroll=payroll, actor=everyone(country["North"], "north")[0])


@pytest.mark.django_db
def test_notes_and_coins_of_a_currency(officer):
    services.save_notes_and_coins(currency="usd", values="0.25 20 1", names={"en": ["buck", "bucks"], "fr": ["", ""]}, actor=officer)
    assert denominations("USD") == [2_000, 100, 25] and denominations("SZF")[0] == 10_000
    assert amount_in_words(Money(300, "USD"), "en") == "three bucks"
    for values in ("", "abc", "0"):
        with pytest.raises(Exception, match="(?i)amount|note|coin"):
            services.save_notes_and_coins(currency="USD", values=values, names={}, actor=officer)
    with pytest.raises(Invalid, match="three letters"):
        services.save_notes_and_coins(currency="DOLLAR", values="1", names={}, actor=officer)

"""One payroll, several providers: each has its own payments, its own files and its own balance (PAY-13)."""

import io

import pytest
from django.urls import reverse

from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.files.storage import keep
from coremis.kernel.testing.cast import everywhere, make_user
from coremis.modules.payments import services
from coremis.modules.payments.models import PayrollLine
from coremis.modules.payments.providers import balances as by_provider
from coremis.modules.payments.tests.sample import (
    RIGHTS,
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
)
from coremis.modules.points.models import Provider
from coremis.modules.points.services import add_provider, change_point, change_provider
from coremis.modules.points.tests.sample import make_point, send_household

pytestmark = pytest.mark.django_db
KEEPS = everywhere(add_provider.name, change_provider.name, change_point.name)


def provider(code, way=Provider.Way.DIGITAL):
    return add_provider(code=code, name=f"Provider {code}", way=way, actor=KEEPS)


@pytest.fixture
def paid(country):
    """Two payees of a bank, two of an operator (one of them by the choice of the household), one without a provider."""
    people = everyone(country["Testland"], "calculator", "sender", "accountant", "bringer")
    bank, phone = provider("bank"), provider("phone")
    make_point(country["Almond"], "Market", country["Almond"], provider=bank)
    kiosk = make_point(country["Fig"], "Kiosk", country["Fig"], provider=phone)
    programme = make_programme()
    fund = make_fund(programme)
    rows = village(programme, country["Almond"], 3)
    village(programme, country["Fig"], 1)
    village(programme, country["Cedar"], 1)
    send_household(rows[2].household, kiosk)
    payroll = calculated(programme, [country["Testland"]], people[0], fund=fund)
    return {"payroll": payroll, "people": people, "bank": bank, "phone": phone, "fund": fund, "kiosk": kiosk}


def sent(paid):
    return released(approved(paid["payroll"], paid["people"][0]), paid["people"][1])


def bring(paid, whose, rows):
    text = "\r\n".join(["Payment number;Paid;Amount;Receipt;Reason", *(f"{line.number_text};yes;30000;{line.pk};" for line in rows)])
    content = keep(io.BytesIO(text.encode()))
    file = services.upload_results(
        payroll=paid["payroll"], name="r.csv", sha256=content.sha256, size=content.size, provider=whose, actor=paid["people"][3]
    )
    services.check_results(file=file, mapping=file.mapping, actor=paid["people"][3])
    return settled(file)


def lines_of(paid, whose):
    return list(PayrollLine.objects.filter(payroll=paid["payroll"], provider=whose).order_by("pk"))


def test_it_works(paid):
    """The point says through whom, the household's own choice first; each file settles only its own provider's payments."""
    assert [len(lines_of(paid, whose)) for whose in (paid["bank"], paid["phone"], None)] == [2, 2, 1]
    payroll = sent(paid)
    first, _second = lines_of(paid, paid["bank"])
    file = bring(paid, paid["bank"], [first])
    assert (file.good_count, file.missing_count) == (1, 1)
    confirmed(file, paid["people"][2], missing_as_unpaid=True)
    assert states(payroll) == {"PAID": 1, "NOT_IN_FILE": 1, "SENT": 3}
    found = {row[0]: row[2:] for row in by_provider(PayrollLine.objects.filter(payroll=payroll))}
    assert found == {
        paid["bank"].pk: (2, 60_000, 0, 30_000, 30_000), paid["phone"].pk: (2, 60_000, 60_000, 0, 0), None: (1, 30_000, 30_000, 0, 0),
    }  # fmt: skip
    assert balances(paid["fund"])["TRANSIT"] == sum(row[2] for row in found.values())


def test_payments_of_another_provider_are_not_touched(paid):
    payroll = sent(paid)
    other = lines_of(paid, paid["phone"])
    file = bring(paid, paid["bank"], other)
    assert (file.good_count, file.bad_count, set(file.counts)) == (0, 2, {"OTHER_WAY"})
    assert states(payroll) == {"SENT": 5}


def test_a_file_must_say_whose_it_is(paid, country):
    payroll = sent(paid)
    with pytest.raises(Invalid, match="Several providers"):
        results(payroll, [(lines_of(paid, None)[0].number_text, "yes", 30_000, "A1", "")], paid["people"][3])
    with pytest.raises(Invalid, match="No payment of this payroll"):
        bring(paid, provider("third"), lines_of(paid, None))


def test_a_calculated_payment_keeps_its_provider(paid):
    point = paid["kiosk"]
    change_point(point=point, area=point.area, name=point.name, provider=paid["bank"], actor=KEEPS)
    assert len(lines_of(paid, paid["phone"])) == 2


def test_a_provider_in_use_stays(paid):
    bank = paid["bank"]
    with pytest.raises(Refusal, match="Payment points still pay through it"):
        change_provider(provider=bank, name=bank.name, way=bank.way, is_active=False, actor=KEEPS)
    idle = provider("idle")
    change_provider(provider=idle, name="Idle", way=idle.way, is_active=False, actor=KEEPS)
    point = paid["kiosk"]
    with pytest.raises(Invalid, match="no longer in use"):
        change_point(point=point, area=point.area, name=point.name, provider=idle, actor=KEEPS)


def test_the_page_of_the_payroll_and_the_file_of_one_provider(paid, country, client):
    payroll = sent(paid)
    user = make_user("reader", *RIGHTS, "points.view_provider", "screens.export_list", area=country["Testland"])
    client.force_login(user)
    page = client.get(reverse("payments:payroll_detail", args=[payroll.pk]) + "?tab=results").content.decode()
    assert "Provider bank" in page and "the programme itself" in page
    address = reverse("payments:payroll_lines", args=[payroll.pk]) + f"?provider={paid['bank'].pk}"
    file = client.post(address, {"do": "export", "format": "csv"})
    assert len(file.content.decode("utf-8-sig").strip().splitlines()) == 3
    form = client.get(reverse("payments:upload_results", args=[payroll.pk])).context["form"]
    assert [str(row) for row in form.fields["provider"].queryset] == ["Provider bank", "Provider phone"]

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from coremis.kernel.approvals.models import Request
from coremis.kernel.testing.cast import make_profile, make_route
from coremis.modules.payments.models import Payroll, PayrollLine, ResultFile
from coremis.modules.payments.services import take_payee_list
from coremis.modules.payments.tests.sample import (
    approved,
    calculated,
    confirmed,
    everyone,
    make_cycle,
    make_fund,
    make_programme,
    released,
    settled,
    verified,
    village,
)  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(country):
    return everyone(country["Testland"], "calculator", "sender", "accountant")


def browser(person):
    client = Client()
    client.force_login(person)
    return client


def confirm(client, url, data):
    """Look at the preview, then confirm exactly that."""
    page = client.post(url, {**data, "key": "k1", "step": "preview"})
    assert page.status_code == 200 and page.context["preview"], page.content.decode()[:2000]
    done = client.post(url, {**data, "key": "k1", "step": "confirm", "seen": page.context["seen"], "version": page.context["version"]})
    assert done.status_code == 303, done.content.decode()[:3000]
    return page


def test_it_works(country, people):
    """From the form over the preview to the calculated payroll; the preview's numbers are the payroll's (pitfall M2)."""
    programme = make_programme()
    village(programme, country["Almond"], 3)
    cycle, fund = make_cycle(programme), make_fund(programme)
    url = reverse("payments:generate_payroll")
    data = {"cycle": cycle.pk, "fund": fund.pk, "areas": country["North"].pk, "amount": "30 000"}
    page = confirm(browser(people[0]), url, data)
    assert page.context["preview"]["count"] == "3" and "90,000" in page.context["confirm"]
    payroll = settled(Payroll.objects.get())
    assert (
        payroll.line_count == 3 and browser(people[0]).get(reverse("payments:payroll_detail", kwargs={"pk": payroll.pk})).status_code == 200
    )


def test_an_empty_selection(country, people):
    """Pitfall M1: without a place the form says so; with an empty place the preview says so. Nothing is made."""
    programme = make_programme()
    village(programme, country["Almond"], 3)
    data = {"cycle": make_cycle(programme).pk, "fund": make_fund(programme).pk, "amount": "30000", "key": "k", "step": "preview"}
    client, url = browser(people[0]), reverse("payments:generate_payroll")
    assert client.post(url, data).status_code == 422
    page = client.post(url, {**data, "areas": country["Fig"].pk})
    assert "Nobody is concerned" in page.content.decode() and not Payroll.objects.exists()


def test_the_way_to_the_end(country, people):
    """Ask for approval, bring a file, match its columns, confirm, take the rows to correct and the payee list."""
    programme = make_programme()
    village(programme, country["Almond"], 3)
    payroll = verified(calculated(programme, [country["North"]], people[0]))
    make_route("payments.approve_payroll", country["Testland"], make_profile("approvers"))
    calculator = browser(people[0])
    page = confirm(calculator, reverse("payments:approve_payroll", kwargs={"pk": payroll.pk}), {"note": "Cycle 1"})
    assert "3 payments" in page.context["confirm"] and Request.objects.get().amount_minor == 90_000
    released(approved(payroll, people[0]), people[1])
    numbers = list(PayrollLine.objects.order_by("pk"))
    text = f"Code;Versé;Somme\r\n{numbers[0].number_text};oui;30000\r\nT-1;oui;1\r\n"
    upload = {"file": SimpleUploadedFile("résultats.csv", text.encode()), "key": "u", "step": "confirm"}
    calculator.post(reverse("payments:upload_results", kwargs={"pk": payroll.pk}), upload)
    file = ResultFile.objects.get()
    url = reverse("payments:check_results", kwargs={"pk": file.pk})
    assert calculator.get(url).status_code == 200
    done = calculator.post(url, {"reference": "Code", "result": "Versé", "amount": "Somme", "key": "c", "step": "confirm"})
    assert done.status_code == 303 and settled(file).state == "CHECKED" and (file.good_count, file.bad_count) == (1, 1)
    make_route("payments.confirm_results", country["Testland"])
    confirm(browser(people[2]), reverse("payments:confirm_results", kwargs={"pk": file.pk}), {"missing_as_unpaid": "on"})
    assert settled(file).state == "APPLIED"
    for tab in ("overview", "lines", "left_out", "results"):
        assert calculator.get(reverse("payments:payroll_detail", kwargs={"pk": payroll.pk}), {"tab": tab}).status_code == 200
    answer = calculator.post(
        reverse("payments:take_payee_list", kwargs={"pk": payroll.pk}),
        {"key": "p", "step": "confirm", "file_format": "PDF", "language": "en"},
    )
    assert answer.status_code == 303 and take_payee_list.name in people[0].permissions()
    content = b"".join(calculator.get(answer["Location"]).streaming_content)
    assert io.BytesIO(content).read(2) == b"%P" and confirmed

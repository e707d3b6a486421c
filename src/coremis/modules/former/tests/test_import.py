"""Payments of a former system: history beside the balances."""

import io

import pytest
from django.urls import reverse

from coremis.kernel.approvals.services import approve_request
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.exchange.applying import apply_batch, submit_batch
from coremis.kernel.exchange.checking import check_batch
from coremis.kernel.exchange.models import Batch
from coremis.kernel.exchange.services import send_file
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import everywhere, make_profile, make_route, make_user
from coremis.modules.former.models import FormerPayment
from coremis.modules.former.services import add_former_payment
from coremis.modules.ledger.models import Movement
from coremis.modules.registry.tests.factories import make_household, make_person

pytestmark = pytest.mark.django_db
TITLES = "Number;Source;Reference;Programme;Period;Paid_on;Amount\n"
RIGHTS = ("exchange.create_batch", "exchange.check_batch", "exchange.apply_batch", "exchange.view_batch", "approvals.submit_request")


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def people(country):
    checkers = make_profile("checkers", "approvals.approve_request", "exchange.view_batch")
    make_route(apply_batch.name, country["Testland"], checkers)
    maker = make_user("maker", *RIGHTS, add_former_payment.name, "former.view_formerpayment", area=country["North"])
    return maker, make_user("checker", area=country["Testland"], profile=checkers)


def imported(people, area, *rows, name="former.csv"):
    content = TITLES + "".join(";".join(row) + "\n" for row in rows)
    batch = send_file(io.BytesIO(content.encode()), name, kind="former.payments", area=area, actor=people[0])
    check_batch(batch=batch, mapping=batch.mapping, options=batch.options, actor=people[0])
    run_until_idle()
    batch = Batch.objects.get(pk=batch.pk)
    if batch.good_count:
        approve_request(request=submit_batch(batch, actor=people[0]).request, actor=people[1])
        run_until_idle()
    assert not (broken := Job.objects.exclude(traceback="").first()), broken.traceback
    return Batch.objects.get(pk=batch.pk)


def test_it_works(country, people):
    """Good rows become history, bad ones come back, and the ledger knows nothing of it."""
    home, person = make_household(country["Almond"]), make_person(country["Almond"])
    far = make_household(country["Fig"])
    rows = [
        (home.number_text, "Excel 2019", "A-1", "Filet", "2019-1", "2019-03-01", "30000"),
        (person.number_text, "Excel 2019", "A-2", "Filet", "2019-1", "2019-03-01", "15000"),
        (far.number_text, "Excel 2019", "A-3", "", "", "2019-03-01", "1"),
        ("H-99999-99", "Excel 2019", "A-4", "", "", "2019-03-01", "1"),
        (home.number_text, "Excel 2019", "A-5", "", "", "2019-03-01", "0"),
    ]
    batch = imported(people, country["North"], *rows)
    assert (batch.applied_count, batch.bad_count) == (2, 3)
    assert list(FormerPayment.objects.order_by("pk").values_list("reference", "household", "person", "amount_minor")) == [
        ("A-1", home.pk, None, 30_000), ("A-2", None, person.pk, 15_000)
    ]  # fmt: skip
    assert not Movement.objects.exists()


def test_again_changes_nothing(country, people):
    """pitfall D2: the same payments in another file are known already."""
    home = make_household(country["Almond"])
    row = (home.number_text, "Excel 2019", "A-1", "Filet", "2019-1", "2019-03-01", "30000")
    imported(people, country["North"], row)
    again = imported(people, country["North"], row, (home.number_text, "Excel 2019", "A-9", "", "", "2019-04-01", "5"), name="again.csv")
    assert (again.applied_count, again.unchanged_count) == (1, 1) and FormerPayment.objects.count() == 2


def test_one_by_hand(country):
    clerk = everywhere(add_former_payment.name)
    given = {"household": make_household(country["Almond"]), "source": "Paper", "reference": "7", "actor": clerk}
    day = FormerPayment._meta.get_field("paid_on").to_python("2019-01-01")
    add_former_payment(amount=Money(5, "XOF"), paid_on=day, **given)
    for amount, reference in ((5, "7"), (0, "8"), (5, " ")):
        with pytest.raises(Refusal):
            add_former_payment(amount=Money(amount, "XOF"), paid_on=day, **{**given, "reference": reference})
    assert FormerPayment.objects.count() == 1


def test_the_page_shows_them_to_those_who_may(country, people, client):
    """pitfall S10"""
    home = make_household(country["Almond"])
    imported(people, country["North"], (home.number_text, "Excel 2019", "A-77", "Filet", "2019-1", "2019-03-01", "30000"))
    page = reverse("registry:household", kwargs={"pk": home.pk}) + "?tab=payments"
    for name, rights, shown in (("one", ("former.view_formerpayment",), True), ("two", (), False)):
        reader = make_user(name, "registry.view_household", "payments.view_payrollline", *rights, area=country["North"])
        client.force_login(reader)
        answer = client.get(page)
        assert answer.status_code == 200 and ("A-77" in answer.content.decode()) is shown

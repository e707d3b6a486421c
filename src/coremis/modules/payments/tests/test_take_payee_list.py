import pytest

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.models import Attachment
from coremis.kernel.files.reading import open_table
from coremis.kernel.files.storage import path_of
from coremis.kernel.jobs.worker import run_until_idle
from coremis.modules.payments import services
from coremis.modules.payments.services import payees
from coremis.modules.payments.tests.sample import calculated, enrol, everyone, make_programme, village
from coremis.modules.registry.tests.factories import make_household

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(country):
    return everyone(country["Testland"], "officer")[0]


@pytest.fixture
def payroll(country, officer):
    programme = make_programme(currency="USD")
    enrol(programme, make_household(country["Almond"], head={"given_names": "=cmd()", "surname": "N'Diaye"}))
    enrol(programme, make_household(country["Almond"], head={"given_names": "Aimée", "surname": ""}))
    village(programme, country["Fig"], 1)
    return calculated(programme, [country["Testland"]], officer, amount=1_234)


def rows(attachment):
    table = open_table(path_of(attachment.sha256))
    return table.headers, [cells for _number, cells in table.rows()]


def test_it_works(country, officer, payroll):
    """Numbered by place and name, the amount as a number, nothing that a spreadsheet would run, and the total below."""
    headers, found = rows(services.take_payee_list(payroll=payroll, area=country["North"], actor=officer))
    assert headers == ["No.", "Payment number", "Name", "Household", "Place", "Amount (USD)", "Signature or thumbprint"]
    assert [cells[0] for cells in found] == [1, 2, None] and [cells[2] for cells in found][:2] == ["Aimée", "=cmd() N'Diaye"]
    assert str(found[0][5]) == "12.34" and str(found[2][5]) == "24.68" and found[2][2] == "Total of 2 payments"


def test_whole_payroll_as_a_job(officer, payroll, monkeypatch):
    """Pitfall P3: a long list is written by a job; only who asked may open it."""
    monkeypatch.setattr(payees, "AT_ONCE", 1)
    assert services.take_payee_list(payroll=payroll, actor=officer) is None
    run_until_idle()
    attachment = Attachment.objects.get()
    assert len(rows(attachment)[1]) == 4 and attachment.user_id == officer.pk


def test_nobody_in_the_place(country, officer, payroll):
    with pytest.raises(Refusal, match="Nobody is paid in this place"):
        services.take_payee_list(payroll=payroll, area=country["Cedar"], actor=officer)

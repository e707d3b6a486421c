import io

import pytest

from coremis.kernel.base.refusal import NotPermitted
from coremis.kernel.files.storage import keep
from coremis.modules.payments import services
from coremis.modules.payments.forms import CheckResultsForm
from coremis.modules.payments.models import PayrollLine
from coremis.modules.payments.tests.sample import (
    agree,
    approved,
    calculated,
    confirmed,
    everyone,
    make_programme,
    released,
    settled,
    states,
    village,
)  # fmt: skip

pytestmark = pytest.mark.django_db
HEADER = "Opération;Issue;Versement;Quittance banque;Cause"
MAPPING = {
    "reference": ["Opération"],
    "result": ["Issue"],
    "amount": ["Versement"],
    "provider_reference": ["Quittance banque"],
    "reason": ["Cause"],
}


@pytest.fixture
def people(country):
    return everyone(country["Testland"], "calculator", "sender", "accountant", "bringer")


def bank_file(payroll, rows, bringer, name):
    text = "\r\n".join([HEADER, *(";".join(row) for row in rows)])
    content = keep(io.BytesIO(text.encode()))
    return services.upload_results(payroll=payroll, name=name, sha256=content.sha256, size=content.size, actor=bringer)


def test_it_works(country, people):
    """Acceptance 6: other titles through a kept matching; a missing receipt stays unpaid; who brought it does not close; re-issued once."""
    programme = make_programme()
    village(programme, country["Almond"], 3)
    payroll = released(approved(calculated(programme, [country["North"]], people[0]), people[0]), people[1])
    paid, unproved, failed = (line.number_text for line in PayrollLine.objects.order_by("pk"))
    first = bank_file(payroll, [(paid, "payé", "30 000", "TX-1", ""), (unproved, "payé", "30 000", "nan", "")], people[3], "a.csv")
    settled(services.check_results(file=first, mapping=MAPPING, save_as="Banque du Lac", actor=people[3]))
    confirmed(first, people[2])
    assert states(payroll) == {"PAID": 1, "UNCOLLECTED": 1, "SENT": 1}
    assert (
        PayrollLine.objects.get(state="PAID").proof == "provider"
        and PayrollLine.objects.get(state="UNCOLLECTED").unpaid_reason == "no_proof"
    )
    second = bank_file(payroll, [(failed, "échoué", "", "", "network")], people[3], "b.csv")
    form = CheckResultsForm(actor=people[3], permission="payments.check_results", target=second)
    kept = {code: [form.fields[code].initial] for code in MAPPING}
    assert kept == MAPPING and form.fields["save_as"].initial == "Banque du Lac"
    settled(services.check_results(file=second, mapping=kept, actor=people[3]))
    confirmed(second, people[2])
    with pytest.raises(NotPermitted, match="You brought results"):
        agree(services.close_payroll, people[3], payroll=payroll)
    agree(services.close_payroll, people[2], payroll=payroll)
    payroll.refresh_from_db()
    again = settled(services.reissue_payroll(payroll=payroll, freeze_on=payroll.freeze_on, actor=people[0]))
    assert (payroll.state, again.line_count, again.source) == ("CLOSED", 2, "REISSUE")


def test_rubbish_changes_nothing(country, people):
    """Rows of rubbish are kept as rows with their problem; nothing is applied, and the confirmation is refused with a sentence."""
    programme = make_programme()
    village(programme, country["Almond"], 1)
    payroll = released(approved(calculated(programme, [country["North"]], people[0]), people[0]), people[1])
    rows = [("", "", "", "", ""), ("T-1", "payé", "x", "1", ""), ("=1+1", "??", "-5", "nan", "nan"), ("\u202e", "0", "1e9", "", "")]
    file = bank_file(payroll, rows, people[3], "rubbish.csv")
    checked = settled(services.check_results(file=file, mapping=MAPPING, actor=people[3]))
    assert checked.good_count == 0 and states(payroll) == {"SENT": 1}

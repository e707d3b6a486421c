"""Amounts that were computed elsewhere: from a file, checked, agreed to, and paid."""

import io

import pytest

from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.money import Money
from coremis.kernel.base.numbers import number_text
from coremis.kernel.base.refusal import Invalid
from coremis.kernel.exchange.applying import apply_batch
from coremis.kernel.exchange.checking import check_batch
from coremis.kernel.exchange.models import Batch, BatchRow
from coremis.kernel.exchange.services import create_batch, send_file
from coremis.kernel.testing.cast import make_user
from coremis.modules.payments import services
from coremis.modules.payments.models import ImportedAmount, LeftOut, PayrollLine
from coremis.modules.payments.tests.sample import RIGHTS, agree, enrol, make_cycle, make_fund, make_programme, settled
from coremis.modules.registry.tests.factories import make_household

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(country):
    return make_user(
        "officer", *RIGHTS, create_batch.name, check_batch.name, apply_batch.name, "exchange.view_batch", area=country["Testland"]
    )


def taken_in(lines, area, officer):
    text = "programme;number;amount\r\n" + "\r\n".join(";".join(str(cell) for cell in line) for line in lines)
    batch = send_file(io.BytesIO(text.encode()), "amounts.csv", kind="payments.amounts", area=area, actor=officer)
    check_batch(batch=batch, mapping=batch.mapping, options=batch.options, actor=officer)
    settled(batch)
    agree(apply_batch, officer, batch=batch)
    return settled(batch)


def test_it_works(country, officer):
    """PAY-05: refused rows have their reason; the totals are declared and compared; nobody else is paid, and it says so."""
    programme = make_programme()
    people = [enrol(programme, make_household(country["Almond"])) for _one in range(4)]
    outside = enrol(programme, make_household(country["Fig"]))
    rows = [
        (programme.code, people[0].number_text, "12 500"), (programme.code, number_text("H", people[1].household.number), 700),
        (programme.code, people[2].number_text, 0), (programme.code, "E-12345-00", 5), ("moon", people[2].number_text, 5),
        (programme.code, outside.number_text, 5), (programme.code, number_text("H", people[0].household.number), 9),
    ]  # fmt: skip
    batch = taken_in(rows, country["North"], officer)
    assert (batch.state, batch.good_count, batch.bad_count) == (Batch.State.APPLIED, 2, 5)
    assert BatchRow.objects.filter(batch=batch, state="BAD").count() == 5 and ImportedAmount.objects.count() == 2
    asked = {"cycle": make_cycle(programme), "areas": [country["North"]], "fund": make_fund(programme), "batch": batch, "actor": officer}
    with pytest.raises(Invalid) as refused:
        services.generate_payroll(**asked, declared_count=2, declared_total=Money(13_000, "SZF"))
    assert "SZF" in str(refused.value.errors["declared_total"][0])
    payroll = settled(services.generate_payroll(**asked, declared_count=2, declared_total=Money(13_200, "SZF")))
    assert (payroll.source, payroll.batch, payroll.line_count, payroll.total_minor) == ("IMPORTED", batch, 2, 13_200)
    assert sorted(PayrollLine.objects.values_list("amount_minor", flat=True)) == [700, 12_500]
    assert set(LeftOut.objects.values_list("reason", flat=True)) == {"NO_AMOUNT"} and payroll.left_out_count == 2


def test_only_a_file_that_was_taken_in(country, officer):
    """A file that nobody agreed to pays nobody."""
    programme = make_programme()
    enrol(programme, make_household(country["Almond"]))
    with maintenance("a file"):
        batch = Batch(import_kind="payments.amounts", area=country["North"], name="x", sha256="0" * 64)
        batch.save()
    with pytest.raises(Invalid):
        services.generate_payroll(
            cycle=make_cycle(programme), areas=[country["North"]], fund=make_fund(programme), batch=batch, declared_count=1,
            declared_total=Money(1, "SZF"), actor=officer,
        )  # fmt: skip

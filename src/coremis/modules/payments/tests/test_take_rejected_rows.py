import pytest

from coremis.kernel.actions.system import system
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.reading import open_table
from coremis.kernel.files.storage import path_of
from coremis.kernel.testing.cast import make_user
from coremis.modules.payments import services
from coremis.modules.payments.models import PayrollLine
from coremis.modules.payments.tests.sample import approved, calculated, everyone, make_programme, released, results, village

pytestmark = pytest.mark.django_db


def test_it_works(country):
    """Pitfall M10: the rows that were not applied, as they were sent, each with its reason; good rows are not among them."""
    calculator, sender = everyone(country["Testland"], "calculator", "sender")
    reader = make_user("reader", services.take_rejected_rows.name, area=country["Testland"])
    programme = make_programme()
    village(programme, country["Almond"], 2)
    payroll = released(approved(calculated(programme, [country["North"]], calculator), calculator), sender)
    first, second = PayrollLine.objects.order_by("pk")
    file = results(payroll, [(first.number_text, "yes", 30_000, "R1"), (second.number_text, "maybe", 30_000, "=R2")], calculator)
    table = open_table(path_of(services.take_rejected_rows(file=file, actor=reader).sha256))
    ((_number, cells),) = table.rows()
    assert table.headers[-1] == "Problem" and cells[:2] == [second.number_text, "maybe"] and cells[3] == "=R2"
    assert cells[-1] == "The result is missing or not understood."


def test_nothing_to_correct(country):
    calculator, sender = everyone(country["Testland"], "calculator", "sender")
    programme = make_programme()
    village(programme, country["Almond"], 1)
    payroll = released(approved(calculated(programme, [country["North"]], calculator), calculator), sender)
    file = results(payroll, [(PayrollLine.objects.get().number_text, "yes", 30_000, "R1")], calculator)
    with pytest.raises(Refusal, match="Every row"):
        services.take_rejected_rows(file=file, actor=system(services.take_rejected_rows.name))

"""Where the money of payments stands: by the payments themselves, and by the ledger."""

from datetime import date, timedelta

import pytest
from django.db.models import Count, Sum
from django.utils import timezone

from coremis.kernel.actions.services import maintenance
from coremis.kernel.datasets.dataset import find_dataset
from coremis.kernel.testing.cast import make_user
from coremis.modules.ledger.models import Account
from coremis.modules.ledger.queries import with_balance
from coremis.modules.payments import services
from coremis.modules.payments.datasets import PAYMENTS, payments
from coremis.modules.payments.models import Cycle, PayrollLine
from coremis.modules.payments.standing import Standing, Window
from coremis.modules.payments.tables import LineTable
from coremis.modules.payments.tests import sample
from coremis.modules.payments.tests.at_points import put
from coremis.modules.payments.views.payrolls import line_list
from coremis.modules.points.tests.sample import make_point

pytestmark = pytest.mark.django_db


def standings():
    return dict(payments().order_by().values_list("standing").annotate(count=Count("pk")))


def owed_and_under_way():
    """What the lines say is owed, in transit and paid."""
    sums = {}
    for standing, owed, due, kept in payments().order_by().values_list("standing").annotate(
        owed=Sum("owed_minor"), due=Sum("amount_minor"), kept=Sum("kept_minor")
    ):  # fmt: skip
        sums["OWED"] = sums.get("OWED", 0) + (owed if standing in (Standing.OWED, Standing.PART) else 0)
        sums["TRANSIT"] = sums.get("TRANSIT", 0) + (due if standing == Standing.TRANSIT else 0)
        sums["PAID"] = sums.get("PAID", 0) + kept
    return sums


def ledger():
    found = {"OWED": 0, "TRANSIT": 0, "PAID": 0}
    for account in with_balance(Account.objects.filter(station__in=found)):
        found[account.station] += account.balance_minor
    return found


@pytest.fixture
def town(country):
    programme = sample.make_programme()
    people = sample.everyone(country["Testland"], "maker", "sender", "checker", "second")
    sample.village(programme, country["Almond"], 6)
    fund = sample.make_fund(programme)
    payroll = sample.calculated(programme, [country["Almond"]], people[0], fund=fund)
    return payroll, people


def test_it_works(town):
    payroll, people = town
    assert standings() == {Standing.PLANNED: 6}
    sample.approved(payroll, people[0])
    assert standings() == {Standing.OWED: 6} and owed_and_under_way() == ledger()
    sample.released(payroll, people[1])
    assert standings() == {Standing.TRANSIT: 6} and owed_and_under_way() == ledger()


def test_after_results_every_franc_stands_where_the_ledger_has_it(town):
    payroll, people = town
    sample.approved(payroll, people[0])
    sample.released(payroll, people[1])
    lines = list(PayrollLine.objects.order_by("pk"))
    rows = [
        (lines[0].number_text, "yes", 30_000, "R1", ""), (lines[1].number_text, "yes", 10_000, "R2", ""),
        (lines[2].number_text, "no", "", "", "ill"), (lines[3].number_text, "no", "", "", "moved"), (lines[4].number_text, "yes", 31_000, "R3", ""),
    ]  # fmt: skip
    file = sample.results(payroll, rows, people[2])
    sample.confirmed(file, people[3])
    assert owed_and_under_way() == ledger()
    found = standings()
    assert found[Standing.PART] == 1 and found[Standing.PAID] == 2 and found[Standing.OWED] + found.get(Standing.TRANSIT, 0) == 3
    payroll.refresh_from_db()
    again = sample.agree(services.reissue_payroll, people[0], payroll=payroll, freeze_on=sample.FREEZE)
    sample.settled(again)
    assert owed_and_under_way() == ledger()
    assert standings()[Standing.REPLACED] >= 2


def test_late_is_what_was_not_paid_in_its_days(town):
    payroll, people = town
    today = timezone.localdate()
    windows = lambda: dict(payments().order_by().values_list("window").annotate(count=Count("pk")))  # noqa: E731
    assert windows() == {Window.UNSET: 6}
    sample.approved(payroll, people[0])
    for until, expected in ((today, Window.OPEN), (today - timedelta(days=1), Window.LATE)):
        with maintenance("test windows"):
            cycle = Cycle.objects.get()
            cycle.pay_from, cycle.pay_until = date(2026, 1, 1), until
            cycle.save()
        assert windows() == {expected: 6}


def test_a_point_elsewhere_that_pays_people_of_mine_is_named_and_leads_to_its_list(country, town):
    """An officer of a village whose people collect in the next commune sees how many, where, and their list; no other point."""
    payroll, people = town
    market, other = make_point(country["Fig"], "Market"), make_point(country["Fig"], "Elsewhere")
    put(payroll, market, country["Almond"])
    officer = make_user("officer", LineTable.permission, "points.view_paymentpoint", area=country["Almond"])
    dimension = find_dataset(PAYMENTS).dimension("point")
    assert dimension.words([str(market.pk), str(other.pk)], officer) == {str(market.pk): "Market"}
    asked = line_list.read(officer, {name: list(values) for name, values in dimension.filters(str(market.pk)).items()}, {})
    assert not asked.selection.problems and line_list.rows(officer, asked).count() == 6
    assert line_list.read(officer, {"point": [str(other.pk)]}, {}).selection.problems

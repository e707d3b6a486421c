"""Where the money of payments stands: by the payments themselves, and by the ledger."""

from datetime import date, timedelta

import pytest
from django.db.models import Count, Sum
from django.utils import timezone

from coremis.kernel.actions.services import maintenance
from coremis.modules.ledger.models import Account
from coremis.modules.ledger.queries import with_balance
from coremis.modules.payments import services
from coremis.modules.payments.datasets import payments
from coremis.modules.payments.models import Cycle, PayrollLine
from coremis.modules.payments.standing import Standing, Window
from coremis.modules.payments.tests import sample

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

from datetime import date

import pytest

from coremis.kernel.actions.services import maintenance
from coremis.kernel.testing.check_module import check_module
from coremis.modules.payments.models import (
    Cycle,
    Difference,
    FlagGroup,
    FlagMember,
    Fund,
    Hold,
    LeftOut,
    Payroll,
    PayrollLine,
    ResultFile,
    ResultRow,
)  # fmt: skip
from coremis.modules.payments.tests.sample import (
    approved,
    calculated,
    enrol,
    everyone,
    make_cycle,
    make_fund,
    make_programme,
    released,
    results,
    village,
)  # fmt: skip
from coremis.modules.programmes.models import Programme
from coremis.modules.registry.tests.factories import make_household


def samples(area):
    """A payroll in payment with one payment, one who is left out, and a checked file of results."""
    calculator, sender = everyone(area, f"calculator{Payroll.objects.count()}", f"sender{Payroll.objects.count()}")
    fund = Fund.objects.first() or make_fund(make_programme())
    cycle = Cycle.objects.first() or make_cycle(fund.programme)
    village(fund.programme, area, 1)
    pair = village(fund.programme, area, 2, head={"phone": f"+257790{area.pk:06d}", "birth_date": None})
    enrol(fund.programme, make_household(area), "SUSPENDED")
    payroll = approved(calculated(fund.programme, [area], calculator, fund, cycle, amount=1_000), calculator)
    with maintenance("somebody died"):
        dead = PayrollLine.objects.get(payroll=payroll, enrolment=pair[0]).payee
        dead.death_date = date(2026, 2, 1)
        dead.save()
    payroll = released(payroll, sender)
    line = PayrollLine.objects.filter(payroll=payroll, state="SENT").first()
    with maintenance("a difference"):
        difference = Difference(payroll=payroll, kind="TOP", line=line, area=area, size_minor=payroll.pk)
        difference.save()
    file = results(
        payroll, [(line.number_text, "yes", 1_000, f"R{payroll.pk}"), ("T-1", "yes", 1, "R")], calculator, name=f"{area.name}.csv"
    )
    return {
        Fund: payroll.fund, Cycle: payroll.cycle, Payroll: payroll, PayrollLine: line,
        FlagGroup: FlagGroup.objects.get(payroll=payroll), Hold: Hold.objects.get(payroll=payroll), Difference: difference,
        FlagMember: FlagMember.objects.filter(group__payroll=payroll).first(), Programme: fund.programme,
        LeftOut: LeftOut.objects.filter(payroll=payroll).first(),
        ResultFile: file, ResultRow: ResultRow.objects.get(line=line),
    }  # fmt: skip


@pytest.mark.django_db
def test_it_works():
    """Pitfalls P1, S10: every page needs its right, shows nothing from outside the places, and asks as much for many rows as for few."""
    check_module("payments", samples)

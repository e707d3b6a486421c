from datetime import UTC, datetime

import pytest

from coremis.kernel.actions.services import maintenance
from coremis.kernel.testing.check_module import check_module
from coremis.modules.payments import services
from coremis.modules.payments.models import (
    Cycle,
    Difference,
    FlagGroup,
    FlagMember,
    Fund,
    Hold,
    Incident,
    LeftOut,
    Payroll,
    PayrollLine,
    ResultFile,
    ResultRow,
)  # fmt: skip
from coremis.modules.payments.tests.at_points import put
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
from coremis.modules.points.models import PaymentPoint
from coremis.modules.points.tests.sample import make_point
from coremis.modules.programmes.models import Programme
from coremis.modules.registry.tests.factories import make_household

NOW = datetime(2026, 2, 1, tzinfo=UTC)


def samples(area):
    """A payroll in payment with one payment, one who is left out, and a checked file of results."""
    calculator, sender = everyone(area, f"calculator{Payroll.objects.count()}", f"sender{Payroll.objects.count()}")
    fund = Fund.objects.first() or make_fund(make_programme())
    cycle = Cycle.objects.first() or make_cycle(fund.programme)
    village(fund.programme, area, 1)
    enrol(fund.programme, make_household(area), "SUSPENDED")
    payroll = released(approved(calculated(fund.programme, [area], calculator, fund, cycle, amount=1_000), calculator), sender)
    point = make_point(area, f"Point of {area.name}")
    put(payroll, point, area)
    services.take_point_list(point=point, payroll_number=payroll.number, actor=calculator)
    line = PayrollLine.objects.get(payroll=payroll)
    with maintenance("what is found in larger payrolls"):
        about = {"payroll": payroll, "line": line, "area": area}
        difference, hold = Difference(kind="TOP", size_minor=payroll.pk, **about), Hold(reason="DIED", held_at=NOW, **about)
        group = FlagGroup(
            payroll=payroll, kind="PHONE", severity="SERIOUS", key="k", size=1, first_enrolment=1, enrolment_sum=1, found_at=NOW
        )
        member = FlagMember(group=group, line=line, area=area, enrolment_id=line.enrolment_id)
        for row in (difference, hold, group, member):
            row.save()
    file = results(
        payroll, [(line.number_text, "yes", 1_000, f"R{payroll.pk}"), ("T-1", "yes", 1, "R")], calculator, name=f"{area.name}.csv"
    )
    with maintenance("test incidents"):
        incident = Incident(payroll=payroll, kind_of="UNKNOWN", line=line, area=area, currency="SZF", amount_minor=1_000)
        incident.save()
    return {
        Fund: payroll.fund, Cycle: payroll.cycle, Payroll: payroll, PayrollLine: line,
        FlagGroup: group, FlagMember: member, Hold: hold, Difference: difference, Programme: fund.programme,
        LeftOut: LeftOut.objects.filter(payroll=payroll).first(),
        Incident: incident,
        ResultFile: file, ResultRow: ResultRow.objects.get(line=line),
        PaymentPoint: point,
    }  # fmt: skip


@pytest.mark.django_db
def test_it_works():
    """Pitfalls P1, S10: every page needs its right, shows nothing from outside the places, and asks as much for many rows as for few."""
    check_module("payments", samples)

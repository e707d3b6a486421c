from datetime import date, datetime

import pytest
from django.utils import timezone

from coremis.kernel.actions.services import maintenance
from coremis.kernel.actions.system import system
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.payments import services
from coremis.modules.payments.calendar import due_next, with_phase
from coremis.modules.payments.models import Cycle, Payroll
from coremis.modules.payments.tests.sample import agree, calculated, everyone, make_cycle, make_fund, make_programme, village

pytestmark = pytest.mark.django_db
PLANS = system(services.plan_cycles.name)


def planned(programme, count=6, months=2, **days):
    services.plan_cycles(programme=programme, first_day=date(2026, 1, 1), months=months, count=count, **days, actor=PLANS)
    return list(Cycle.objects.filter(programme=programme).order_by("starts_on"))


def close(cycle):
    """As if its payrolls had been reconciled."""
    with maintenance("closed"):
        for payroll in Payroll.objects.filter(cycle=cycle):
            payroll.state, payroll.closed_at = "CLOSED", timezone.now()
            payroll.save()
    services.close_cycle(cycle=cycle, actor=system(services.close_cycle.name))


def test_it_works():
    """A year of two-monthly cycles: no gap, no overlap, all dates in the order of rulebook 2.7.3, named by their months."""
    cycles = planned(make_programme())
    assert [(str(one.starts_on), str(one.ends_on)) for one in cycles[:2]] == [("2026-01-01", "2026-02-28"), ("2026-03-01", "2026-04-30")]
    assert cycles[-1].ends_on == date(2026, 12, 31) and cycles[0].names["en"] == "January 2026 – February 2026"
    for one in cycles:
        days = [one.freeze_on, one.calculate_by, one.approve_by, one.pay_from, one.pay_until, one.reconcile_by]
        assert days == sorted(days) and one.starts_on < one.freeze_on < one.ends_on


def test_what_is_refused():
    """Nothing is planned over what there is; dates out of order are named one by one."""
    programme = make_programme()
    planned(programme, 2)
    with pytest.raises(Invalid):
        planned(programme, 2, 3)
    assert Cycle.objects.count() == 2
    with pytest.raises(Invalid) as refused:
        services.plan_cycles(programme=programme, first_day=date(2027, 1, 1), months=5, count=99, freeze=-1, actor=PLANS)
    assert set(refused.value.errors) == {"months", "count", "freeze"}
    days = {"starts_on": date(2028, 1, 1), "ends_on": date(2028, 2, 1), "freeze_on": date(2028, 1, 20), "approve_by": date(2028, 1, 19)}
    with pytest.raises(Invalid) as refused:
        services.save_cycle(programme=programme, names={"en": "x"}, **days, actor=system(services.save_cycle.name))
    assert set(refused.value.errors) == {"approve_by"}


def test_coming_running_late_closed(country):
    """The calendar says where each cycle stands and what is due next, as of a day."""
    programme = make_programme()
    cycles = planned(programme)
    village(programme, country["Almond"], 1)
    (calculator,) = everyone(country["Testland"], "calculator")

    def phases(day):
        return [one.phase for one in with_phase(Cycle.objects.filter(programme=programme), day).order_by("starts_on")[:3]]

    assert phases(date(2025, 12, 1)) == ["COMING", "COMING", "COMING"]
    assert phases(date(2026, 2, 1)) == ["RUNNING", "COMING", "COMING"]
    assert phases(date(2026, 2, 24)) == ["LATE", "COMING", "COMING"]
    calculated(programme, [country["North"]], calculator, cycle=cycles[0])
    assert phases(date(2026, 2, 24)) == ["RUNNING", "COMING", "COMING"] and phases(date(2026, 3, 1))[0] == "LATE"
    found = with_phase(Cycle.objects.filter(pk=cycles[0].pk)).get()
    assert due_next(found)[1] == cycles[0].approve_by
    close(cycles[0])
    assert phases(date(2026, 12, 1))[:2] == ["CLOSED", "LATE"]


def test_rounds_in_order(country):
    """PAY-28: the next cycle waits until the one before is closed, unless leave was given; a closed cycle takes no payroll."""
    programme = make_programme()
    village(programme, country["Almond"], 1)
    (calculator,) = everyone(country["Testland"], "calculator")
    fund, first, second = make_fund(programme), make_cycle(programme, 1), make_cycle(programme, 2)
    rules = {"programme": programme, "rounds_in_order": True, "phone_limit": 6, "notice_kinds": []}
    agree(services.set_payment_terms, calculator, **rules)
    with pytest.raises(Refusal, match="is not closed yet"):
        calculated(programme, [country["North"]], calculator, fund, second)
    agree(services.waive_order, calculator, cycle=second, reason="Flood")
    assert calculated(programme, [country["North"]], calculator, fund, second).line_count == 1
    with pytest.raises(Refusal, match="is not closed yet. Close or cancel"):
        services.close_cycle(cycle=second, actor=calculator)
    with pytest.raises(Refusal, match="Nothing was paid"):
        services.close_cycle(cycle=first, actor=calculator)
    calculated(programme, [country["North"]], calculator, fund, first)
    close(first)
    with pytest.raises(Refusal, match="is closed"):
        calculated(programme, [country["North"]], calculator, fund, first)
    assert isinstance(Cycle.objects.get(pk=first.pk).closed_at, datetime)

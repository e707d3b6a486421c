from datetime import date

import pytest

from coremis.kernel.actions.system import system
from coremis.kernel.base.refusal import Invalid
from coremis.modules.payments import services
from coremis.modules.payments.tests.sample import calculated, everyone, make_cycle, make_programme, village

pytestmark = pytest.mark.django_db


def save(programme, first, last, freeze=None, cycle=None):
    return services.save_cycle(
        programme=programme, names={"en": "C", "fr": "C"}, starts_on=first, ends_on=last, freeze_on=freeze or first, cycle=cycle,
        actor=system(services.save_cycle.name),
    )  # fmt: skip


def test_it_works():
    """No two cycles of one programme share a day; another programme is free to."""
    programme = make_programme()
    save(programme, date(2026, 1, 1), date(2026, 1, 31))
    with pytest.raises(Invalid) as refused:
        save(programme, date(2026, 1, 31), date(2026, 2, 28))
    assert "Choose other days" in refused.value.errors["starts_on"][0]
    assert save(programme, date(2026, 2, 1), date(2026, 2, 28)).pk and save(make_programme(), date(2026, 1, 31), date(2026, 2, 28)).pk


def test_dates_in_order():
    with pytest.raises(Invalid) as refused:
        save(make_programme(), date(2026, 2, 1), date(2026, 1, 1), date(2026, 3, 1))
    assert set(refused.value.errors) == {"ends_on", "freeze_on"}


def test_the_freeze_stays_once_there_is_a_payroll(country):
    """What payrolls were based on does not move under them."""
    programme = make_programme()
    village(programme, country["Almond"], 1)
    cycle = make_cycle(programme)
    save(programme, cycle.starts_on, cycle.ends_on, date(2026, 1, 15), cycle)
    calculated(programme, [country["North"]], everyone(country["Testland"], "officer")[0], cycle=cycle)
    with pytest.raises(Invalid):
        save(programme, cycle.starts_on, cycle.ends_on, date(2026, 1, 10), cycle)

import pytest
from django.db.models import Q

from coremis.modules.payments.paper import numbered_lines
from coremis.modules.payments.tests.at_points import change, put
from coremis.modules.payments.tests.sample import calculated, enrol, everyone, make_programme, village
from coremis.modules.points.tests.sample import make_point
from coremis.modules.registry.tests.factories import make_household

pytestmark = pytest.mark.django_db


@pytest.fixture
def payroll(country):
    programme = make_programme()
    for name in ("Zoé", "Aimée", "Moïse"):
        enrol(programme, make_household(country["Beech"], 1, head={"given_names": name, "surname": ""}))
    enrol(programme, make_household(country["Almond"], 1, head={"given_names": "Zita", "surname": ""}))
    village(programme, country["Fig"], 2)
    payroll = calculated(programme, [country["Testland"]], everyone(country["Testland"], "officer")[0])
    put(payroll, make_point(country["North"], "North"), country["North"])
    return payroll


def test_it_works(country, payroll):
    """By village, then by name without accents; each point from 1; those without a point are a list of their own."""
    point = payroll.lines.exclude(point=None).first().point
    rows = numbered_lines(payroll, point)
    assert [(row.order_number, row.payee_name) for row in rows] == [(1, "Zita"), (2, "Aimée"), (3, "Moïse"), (4, "Zoé")]
    assert [row.order_number for row in numbered_lines(payroll)] == [1, 2]
    assert [row.order_number for row in numbered_lines(payroll, everywhere=True)] == [1, 2, 1, 2, 3, 4]


def test_numbers_stay(country, payroll):
    """A held payment leaves a gap; looking at one village, or for one number, numbers nothing anew."""
    point = payroll.lines.exclude(point=None).first().point
    held = numbered_lines(payroll, point)[1]
    change(held, state="HELD", hold_reason="FLAGGED")
    rows = numbered_lines(payroll, point, only=~Q(state="HELD"))
    assert [row.order_number for row in rows] == [1, 3, 4]
    assert [row.order_number for row in numbered_lines(payroll, point, only=Q(area=country["Beech"]))] == [2, 3, 4]
    assert numbered_lines(payroll, point).filter(order_number=3).get().payee_name == "Moïse"
    assert numbered_lines(payroll, point, only=~Q(state="HELD")).count() == 3

"""Two villages may have one name, two payment points too: their payments are never added up together."""

import pytest
from django.urls import reverse

from coremis.kernel.actions.services import maintenance
from coremis.kernel.testing.cast import make_user
from coremis.modules.payments.models import PayrollLine
from coremis.modules.payments.queries import BY_PLACE, BY_POINT, balance_by
from coremis.modules.payments.tests.sample import (
    RIGHTS,
    approved,
    calculated,
    confirmed,
    everyone,
    make_programme,
    released,
    results,
    village,
)  # fmt: skip
from coremis.modules.points.tests.sample import make_point

pytestmark = pytest.mark.django_db
DUE = 30_000


@pytest.fixture
def payroll(country):
    """Two payees in one Kigoma, all paid; three in another Kigoma, all failed. Each has a point called Market."""
    people = everyone(country["Testland"], "calculator", "sender", "accountant", "bringer")
    with maintenance("the same name twice"):
        for name in ("Almond", "Fig"):
            country[name].name = "Kigoma"
            country[name].save()
    programme = make_programme()
    for name, count in (("Almond", 2), ("Fig", 3)):
        make_point(country[name], "Market", country[name])
        village(programme, country[name], count)
    made = released(approved(calculated(programme, [country["Testland"]], people[0]), people[0]), people[1])
    rows = [
        (line.number_text, "yes", DUE, f"R{line.pk}", "") if line.area_id == country["Almond"].pk else (line.number_text, "failed", "", "", "network")
        for line in PayrollLine.objects.filter(payroll=made)
    ]  # fmt: skip
    confirmed(results(made, rows, people[3]), people[2])
    return made


def test_it_works(country, payroll, client):
    for columns in (BY_PLACE, BY_POINT):
        found = balance_by(payroll, columns, PayrollLine.objects.all())
        told = [(figures.approved, figures.paid, figures.failed, figures.explained() == figures.approved) for _name, figures in found]
        assert sorted(told) == [((2, 2 * DUE), (2, 2 * DUE), (0, 0), True), ((3, 3 * DUE), (0, 0), (3, 3 * DUE), True)], columns
    names = [name for name, _figures in balance_by(payroll, BY_PLACE, PayrollLine.objects.all())]
    assert len(set(names)) == 2 and all("Kigoma" in name for name in names)
    client.force_login(make_user("reader", *RIGHTS, area=country["Testland"]))
    page = client.get(reverse("payments:payroll_detail", args=[payroll.pk]) + "?tab=results").content.decode()
    assert page.count("Kigoma") >= 2 and "differs" not in page


def test_who_sees_one_sees_one(country, payroll):
    """An officer of one of the two villages sees the balance of that one alone (pitfall S10)."""
    local = make_user("local", *RIGHTS, area=country["North"])
    mine = PayrollLine.objects.visible_to(local, "payments.view_payrollline")
    found = balance_by(payroll, BY_PLACE, mine)
    assert [figures.approved for _name, figures in found] == [(2, 2 * DUE)]

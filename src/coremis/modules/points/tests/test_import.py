import io
from datetime import date

import pytest

from coremis.kernel.approvals.services import approve_request
from coremis.kernel.exchange.applying import apply_batch, submit_batch
from coremis.kernel.exchange.checking import check_batch
from coremis.kernel.exchange.models import Batch, BatchRow
from coremis.kernel.exchange.services import send_file
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import make_profile, make_route, make_user
from coremis.modules.points.imports import COLUMNS, POINTS
from coremis.modules.points.models import PaymentPoint
from coremis.modules.points.queries import points_for
from coremis.modules.points.tests.sample import make_point

pytestmark = pytest.mark.django_db
TITLES = "code;name;place;address;serves;since\n"
OPTIONS = {"separator": ";", "encoding": "utf-8-sig", "sheet": "", "day_first": True, "decimal_comma": True}


@pytest.fixture
def bringer(country, settings, tmp_path):
    """A data officer of the North and a checker, with a route between them."""
    settings.MEDIA_ROOT = tmp_path
    checkers = make_profile("checkers", "approvals.approve_request", "exchange.view_batch")
    make_route(apply_batch.name, country["Testland"], checkers)
    rights = ("create_batch", "check_batch", "apply_batch", "view_batch")
    maker = make_user(
        "maker", POINTS.permission, "approvals.submit_request", *(f"exchange.{right}" for right in rights), area=country["North"]
    )
    return maker, make_user("checker", area=country["Testland"], profile=checkers)


def brought(country, people, text):
    batch = send_file(io.BytesIO((TITLES + text).encode()), "points.csv", kind=POINTS.name, area=country["North"], actor=people[0])
    batch = check_batch(batch=batch, mapping={column.code: column.code for column in COLUMNS}, options=OPTIONS, actor=people[0])
    run_until_idle()
    batch = Batch.objects.get(pk=batch.pk)
    if batch.good_count:
        approve_request(request=submit_batch(batch, actor=people[0]).request, actor=people[1])
        run_until_idle()
    return Batch.objects.get(pk=batch.pk)


def test_it_works(country, bringer):
    """A point with two places, one of which collected elsewhere before; taken in twice, nothing changes."""
    old = make_point(country["North"], "Old", country["Almond"])
    text = "M1;Market;N1;Near the well;N1A;01/02/2026\nM1;;;;N2A;01/02/2026\n"
    batch = brought(country, bringer, text)
    assert (batch.state, batch.applied_count, batch.bad_count) == ("APPLIED", 2, 0)
    point = PaymentPoint.objects.get(code="M1")
    almond, cedar = country["Almond"].pk, country["Cedar"].pk
    assert (point.name, point.address, point.area) == ("Market", "Near the well", country["Northfield"])
    assert points_for([almond, cedar], date(2026, 2, 1)) == {almond: point, cedar: point}
    assert points_for([almond], date(2026, 1, 31)) == {almond: old}
    batch = brought(country, bringer, text + "\n")
    assert (batch.applied_count, batch.unchanged_count) == (0, 2)


def test_faults_are_named(country, bringer):
    make_point(country["North"], "Old", country["Almond"], since=date(2026, 3, 1))
    text = "N1;;N1;;N1A;01/02/2026\nX y;Name;N1;;N1B;\nA;One;N1;;N2A;\nB;Two;N1;;N2A;\n"
    batch = brought(country, bringer, text)
    assert (batch.state, batch.applied_count, batch.bad_count) == ("APPLIED", 1, 3)
    told = {row.number: {problem["column"] for problem in row.problems} for row in BatchRow.objects.filter(state="BAD").order_by("number")}
    assert list(told.values()) == [{"name", "since"}, {"code"}, {"serves"}]

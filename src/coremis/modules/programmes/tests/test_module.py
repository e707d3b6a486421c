"""Every page of the module: nothing without the right, nothing from elsewhere, a constant number of queries."""

from itertools import count

import pytest

from coremis.kernel.access.seats import permissions_of
from coremis.kernel.actions.services import maintenance
from coremis.kernel.testing.check_module import check_module
from coremis.modules.programmes import services
from coremis.modules.programmes.models import Enrolment, GroupChange, Programme, Status
from coremis.modules.programmes.tests.sample import EVERYTHING, enrol, make_household, make_person, make_programme
from coremis.modules.registry.models import Household, Person

pytestmark = pytest.mark.django_db
SERIAL = count()


def samples(area):
    serial = next(SERIAL)
    programme = Programme.objects.filter(code="ALL").first() or make_programme("ALL")
    made = {}
    full = Enrolment.objects.filter(area=area).count() < 3 * len(Status)  # all of them stay on one page
    for status in Status if full else [Status.ACTIVE]:
        household = make_household(area, head_name=f"Head {status} {area.name}")
        made[status] = enrol(programme, household, Status.POTENTIAL)
        with maintenance("test"):
            made[status].status = status
            made[status].save()
    with maintenance("test"):
        group = GroupChange(
            programme=programme, what="STATUS", area=area, area_ids=[area.pk], state="DONE", from_status="ACTIVE", to_status="SUSPENDED"
        )
        group.save()
    if full:
        services.put_on_waiting_list(enrolment=made[Status.POTENTIAL], actor=EVERYTHING)
    person = make_person(area, made[Status.ACTIVE].household, given_names=f"Ada {area.name} {serial}")
    return {
        Programme: programme, Enrolment: made[Status.ACTIVE], GroupChange: group,
        Household: made[Status.ACTIVE].household, Person: person,
    }  # fmt: skip


def test_it_works():
    """pitfalls S10, P1"""
    check_module("programmes", samples)


def test_who_may_do_what():
    seats = {
        seat: {name.split(".")[1] for name in permissions_of(seat) if name.startswith("programmes.")}
        for seat in ("commune", "data", "it", "auditor")
    }
    sees = {"view_programme", "view_enrolment", "view_groupchange", "view_waitingplace"}
    assert seats == {
        "commune": sees
        | {"change_status", "change_status_of_chosen", "put_on_waiting_list", "put_chosen_on_waiting_list", "change_enrolment"},
        "data": sees | {"enrol_one", "change_enrolment", "reveal_enrolment"}, "it": set(), "auditor": sees | {"reveal_enrolment"},
    }  # fmt: skip

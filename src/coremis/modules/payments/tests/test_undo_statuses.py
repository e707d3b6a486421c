"""What was sent for payment holds the status on which it rests."""

from datetime import timedelta

import pytest
from django.utils import timezone

from coremis.kernel.actions.services import maintenance
from coremis.kernel.actions.system import system
from coremis.kernel.base.refusal import Refusal
from coremis.modules.payments.models import Cycle
from coremis.modules.payments.tests.sample import agree, approved, calculated, enrol, everyone, make_programme, released
from coremis.modules.programmes.models import Reason, Status
from coremis.modules.programmes.services import change_status, undo_last_change
from coremis.modules.registry.tests.factories import make_household

MANAGER = system(change_status.name, undo_last_change.name)
pytestmark = pytest.mark.django_db


def cycle_of_today(programme):
    today = timezone.localdate()
    with maintenance("test cycle"):
        cycle = Cycle(programme=programme, names={"en": "Now"}, starts_on=today, ends_on=today + timedelta(days=60), freeze_on=today)
        cycle.save()
    return cycle


@pytest.fixture
def people(country):
    return everyone(country["Testland"], "calculator", "sender")


@pytest.fixture
def activated(country):
    """A beneficiary who became active today."""
    enrolment = enrol(make_programme(), make_household(country["Almond"]), status="POTENTIAL")
    agree(change_status, MANAGER, enrolment=enrolment, status=Status.ACTIVE, reason=Reason.SELECTED)
    return enrolment


def test_it_works(country, people, activated):
    """Undoing is refused once the payment was sent, and the refusal says what to do instead."""
    payroll = calculated(activated.programme, [country["North"]], people[0], cycle=cycle_of_today(activated.programme))
    released(approved(payroll, people[0]), people[1])
    with pytest.raises(Refusal, match="Change the status instead"):
        agree(undo_last_change, MANAGER, enrolment=activated)
    activated.refresh_from_db()
    assert activated.status == Status.ACTIVE


def test_before_it_was_sent(country, people, activated):
    """A payroll that was only calculated and approved does not stand in the way."""
    approved(calculated(activated.programme, [country["North"]], people[0], cycle=cycle_of_today(activated.programme)), people[0])
    agree(undo_last_change, MANAGER, enrolment=activated)
    activated.refresh_from_db()
    assert activated.status == Status.POTENTIAL

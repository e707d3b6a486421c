"""One status changed by a person."""

import pytest

from coremis.kernel.actions.models import Change
from coremis.kernel.base.refusal import Invalid, NotPermitted, OutsidePlaces, Refusal
from coremis.kernel.testing.cast import make_user
from coremis.modules.programmes import services
from coremis.modules.programmes.models import Enrolment, Status
from coremis.modules.programmes.reasons import TRANSITIONS, Reason
from coremis.modules.programmes.services.places import check_transition
from coremis.modules.programmes.tests.sample import EVERYTHING, R, S, agreed, enrol, make_household, make_programme

pytestmark = pytest.mark.django_db


def change(enrolment, status, reason, note="", actor=EVERYTHING):
    return agreed(services.change_status, enrolment=enrolment, status=status, reason=reason, note=note, actor=actor)


def test_it_works(country):
    enrolment = enrol(make_programme(), make_household(country["Almond"]))
    changed = change(enrolment, S.SUSPENDED, R.ABSENT, "On the road until May")
    assert (changed.status, changed.status_reason, changed.set_by_hand, changed.version) == (S.SUSPENDED, R.ABSENT, True, 2)
    kept = Change.objects.get(kind="programmes.enrolment", record_id=enrolment.pk)
    assert kept.before["status"] == "ACTIVE" and kept.event.action == "programmes.change_status"


def test_only_listed_changes_with_a_fitting_reason(country):
    for old in ["", *Status]:
        for new in Status:
            for reason in set(Reason) - set(TRANSITIONS.get((old, new), ())):
                with pytest.raises(Invalid):
                    check_transition(old, new, reason, "a note")
    programme = make_programme()
    with pytest.raises(Invalid):
        change(enrol(programme, make_household(country["Almond"])), S.SUSPENDED, R.OTHER, "  ")


def test_what_ended_stays_ended(country):
    enrolment = change(enrol(make_programme(), make_household(country["Almond"])), S.EXITED, R.VOLUNTARY)
    with pytest.raises(Invalid):
        change(enrolment, S.ACTIVE, R.VERIFIED)


def test_the_limit_of_places_holds(country):
    """pitfall M5: becoming active takes a place; a suspended one keeps it."""
    programme = make_programme(max_beneficiaries=1)
    first, second = (enrol(programme, make_household(country["Almond"]), S.POTENTIAL) for _number in range(2))
    first = change(change(first, S.ACTIVE, R.ENROLMENT_COMPLETED), S.SUSPENDED, R.ABSENT)
    with pytest.raises(Refusal):
        change(second, S.ACTIVE, R.ENROLMENT_COMPLETED)
    change(first, S.ACTIVE, R.RETURNED)
    change(Enrolment.objects.get(pk=first.pk), S.EXITED, R.VOLUNTARY)
    assert change(second, S.ACTIVE, R.ENROLMENT_COMPLETED).status == S.ACTIVE


def test_only_in_ones_own_places(country):
    enrolment = enrol(make_programme(), make_household(country["Almond"]))
    with pytest.raises(OutsidePlaces):
        change(enrolment, S.SUSPENDED, R.ABSENT, actor=make_user("south", services.change_status.name, area=country["South"]))
    with pytest.raises(NotPermitted):
        change(enrolment, S.SUSPENDED, R.ABSENT, actor=make_user("nobody", area=country["North"]))


def test_every_change_has_its_reasons():
    used = {reason for reasons in TRANSITIONS.values() for reason in reasons}
    assert used == set(Reason) and all(reasons and len(set(reasons)) == len(reasons) for reasons in TRANSITIONS.values())

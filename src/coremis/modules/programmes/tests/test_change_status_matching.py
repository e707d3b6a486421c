"""The status of many changed at once."""

import pytest

from coremis.kernel.actions.models import Change
from coremis.kernel.base.formula import FormulaError
from coremis.kernel.base.refusal import Invalid, OutsidePlaces, Refusal
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.queue import ask_cancel
from coremis.kernel.jobs.worker import run_next
from coremis.kernel.testing.cast import make_user
from coremis.modules.programmes import services
from coremis.modules.programmes.models import Enrolment, GroupChange
from coremis.modules.programmes.services import places
from coremis.modules.programmes.tests.sample import (
    R,
    S,
    agreed,
    approved,
    change_all,
    enrol,
    enrol_all,
    make_household,
    make_person,
    make_programme,
    make_variable,
    many_households,
    statuses,
)  # fmt: skip

pytestmark = pytest.mark.django_db


def test_it_works(country, monkeypatch):
    monkeypatch.setattr(places, "CHUNK", 2)
    programme = make_programme()
    many_households(country["Almond"], 5)
    many_households(country["Fig"], 2)
    enrol_all(programme, country["Testland"])
    group = change_all(programme, country["North"], note="Flood")
    assert (group.state, group.count) == (GroupChange.State.DONE, 5)
    assert statuses(programme) == {S.SUSPENDED: 5, S.ACTIVE: 2}
    rows = Enrolment.objects.filter(status=S.SUSPENDED)
    assert {(row.status_reason, row.status_note, row.version) for row in rows} == {(R.UNDER_VERIFICATION, "Flood", 2)}
    kept = Change.objects.filter(kind="programmes.enrolment")
    assert kept.count() == 5 and {change.before["status"] for change in kept} == {"ACTIVE"}
    assert {change.event.cause_id for change in kept} == {group.created_event_id}


def test_no_place_and_no_match_is_nobody(country):
    """pitfalls M1, M18"""
    programme = make_programme()
    enrol(programme, make_household(country["Almond"]))
    for areas, condition in (([], ""), ([country["South"]], ""), ([country["North"]], "size > 99")):
        with pytest.raises(Invalid):
            change_all(programme, *areas, condition=condition)
    with pytest.raises(FormulaError):
        change_all(programme, country["North"], condition="sise > 3")
    assert statuses(programme) == {S.ACTIVE: 1} and not Job.objects.exists()


def test_the_condition_looks_at_the_household_or_person(country):
    """pitfall M2"""
    households, persons = make_programme(), make_programme("OLD", unit="person")
    make_variable("poor")
    for poor in (1, 2, 1):
        enrol(households, make_household(country["Almond"], data={"poor": poor}))
    enrol(persons, make_person(country["Almond"], birth_date="1950-01-01"))
    enrol(persons, make_person(country["Almond"], birth_date="1990-01-01"))
    assert change_all(households, country["North"], condition="poor = 1").count == 2
    group = change_all(persons, country["North"], new=S.EXITED, reason=R.NOT_ELIGIBLE, condition="age < 70")
    assert group.count == 1 and statuses(persons) == {S.EXITED: 1, S.ACTIVE: 1}


def test_what_a_person_decided_stays(country):
    """pitfall D10: whom an officer suspended, no reactivation of many brings back, unless it was asked for."""
    programme = make_programme()
    many_households(country["Almond"], 3)
    enrol_all(programme, country["North"])
    one = Enrolment.objects.first()
    agreed(services.change_status, enrolment=one, status=S.SUSPENDED, reason=R.SUSPECTED_FRAUD)
    change_all(programme, country["North"])
    back = {"old": S.SUSPENDED, "new": S.ACTIVE, "reason": R.VERIFIED}
    assert change_all(programme, country["North"], **back).count == 2
    assert statuses(programme) == {S.ACTIVE: 2, S.SUSPENDED: 1}
    with pytest.raises(Refusal):
        change_all(programme, country["North"], **back)
    assert change_all(programme, country["North"], also_set_by_hand=True, **back).count == 1


def test_no_more_than_there_are_places(country, monkeypatch):
    """pitfall M5"""
    monkeypatch.setattr(places, "CHUNK", 2)
    programme = make_programme(max_beneficiaries=3)
    many_households(country["Almond"], 6)
    enrol_all(programme, country["North"], status=S.POTENTIAL)
    group = change_all(programme, country["North"], old=S.POTENTIAL, new=S.ACTIVE, reason=R.ENROLMENT_COMPLETED)
    assert group.count == 3 and statuses(programme) == {S.ACTIVE: 3, S.POTENTIAL: 3}
    assert Job.objects.latest("pk").report == {"changed": 3, "left_out": 3}


def test_a_cancel_changes_back(country, monkeypatch):
    monkeypatch.setattr(places, "CHUNK", 2)
    programme = make_programme()
    many_households(country["Almond"], 6)
    enrol_all(programme, country["North"])
    before = list(Enrolment.objects.order_by("pk").values_list("status", "status_since", "status_reason", "set_by_hand"))
    inputs = {"areas": [country["North"]], "from_status": S.ACTIVE, "to_status": S.EXITED, "reason": R.MOVED_OUT}
    group = approved(services.change_status_matching, run=False, programme=programme, **inputs)
    job, seen = Job.objects.latest("pk"), []

    def stop():
        seen.append(statuses(programme))
        if len(seen) == 3:
            ask_cancel(Job.objects.get(pk=job.pk))

    monkeypatch.setattr("coremis.kernel.jobs.worker.after_chunk", stop)
    for _turn in range(9):
        run_next()
    group.refresh_from_db()
    assert {S.EXITED: 4, S.ACTIVE: 2} in seen
    assert (group.state, group.count) == (GroupChange.State.STOPPED, 0)
    assert list(Enrolment.objects.order_by("pk").values_list("status", "status_since", "status_reason", "set_by_hand")) == before


def test_only_in_ones_own_places(country):
    programme = make_programme()
    enrol(programme, make_household(country["Almond"]))
    user = make_user("south", services.change_status_matching.name, area=country["South"])
    with pytest.raises(OutsidePlaces):
        change_all(programme, country["North"], actor=user)


def test_the_number_of_queries_does_not_grow(country, django_assert_max_num_queries, monkeypatch):
    """pitfalls P1, P2: with all there is to check, eight statements a chunk, two of the job and the begin and end of a transaction."""
    user, sizes = make_user("north", services.change_status_matching.name, area=country["North"]), []
    make_variable("poor")
    for count in (6, 300):
        programme = make_programme(f"P{count}", max_beneficiaries=1000)
        many_households(country["Almond"], count)
        enrol_all(programme, country["North"], status=S.POTENTIAL)
        inputs = {"from_status": S.POTENTIAL, "to_status": S.ACTIVE, "reason": R.ENROLMENT_COMPLETED, "condition": "poor >= 0"}
        approved(services.change_status_matching, actor=user, run=False, programme=programme, areas=[country["North"]], **inputs)
        chunks = []
        monkeypatch.setattr("coremis.kernel.jobs.worker.after_chunk", lambda seen=chunks: seen.append(len(captured)))
        with django_assert_max_num_queries(99) as captured:
            run_next()
        sizes.append([chunks[0], chunks[1] - chunks[0]])
    assert sizes[0] == sizes[1]

"""Enrolment of all that match."""

import pytest

from coremis.kernel.base.formula import FormulaError
from coremis.kernel.base.refusal import Invalid, NotPermitted, OutsidePlaces, Refusal
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
    approved,
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


def test_it_works(country):
    programme = make_programme()
    for name in ("Almond", "Beech", "Date palm"):
        make_household(country[name])
    group = enrol_all(programme, country["North"])
    assert (group.state, group.count) == (GroupChange.State.DONE, 2)
    rows = list(Enrolment.objects.filter(programme=programme))
    assert {row.area for row in rows} == {country["Almond"], country["Beech"]}
    assert {(row.status, row.status_reason, row.group_id, row.set_by_hand) for row in rows} == {(S.ACTIVE, R.SELECTED, group.pk, False)}
    assert all(row.number % 97 == 1 and row.household_id and row.uid for row in rows)
    assert len({row.number for row in rows}) == len({row.uid for row in rows}) == 2


def test_no_place_is_nobody(country):
    """pitfall M1: an empty selection enrols nobody, and says so before anything is created."""
    programme = make_programme()
    make_household(country["Almond"])
    for areas in ([], [country["South"]]):
        with pytest.raises(Refusal):
            enrol_all(programme, *areas)
    assert not GroupChange.objects.exists() and not Job.objects.exists() and not Enrolment.objects.exists()


def test_what_is_not_understood_enrols_nobody(country):
    """pitfall M18: an unknown name, a condition that gives a number, and nonsense are refused, never taken for everybody."""
    programme = make_programme()
    make_household(country["Almond"])
    for condition in ("wealth < 3", "size + 1", "size <", "size = 'x'", "1; DROP TABLE x"):
        with pytest.raises(FormulaError):
            enrol_all(programme, country["Testland"], condition=condition)
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("size >= 4", {"old", "young", "none"}), ("head_age >= 60", {"old"}), ("head_sex = 'female' and poor = 1", {"old"}),
        ("poor in (1, 2)", {"old", "young"}), ("not (poor = 1)", {"young"}), ("is_missing(head_age)", {"none"}),
    ],
)  # fmt: skip
def test_conditions_apply_to_households(country, condition, found):
    """pitfall M2: every filter applies to every unit of assistance."""
    programme = make_programme()
    make_variable("poor")
    old, young = make_household(country["Almond"], data={"poor": 1}), make_household(country["Almond"], data={"poor": 2})
    none = make_household(country["Almond"])
    make_person(country["Almond"], old, sex="female", birth_date="1950-01-01")
    make_person(country["Almond"], young, sex="male", birth_date="2000-01-01")
    make_person(country["Almond"], old, relationship="child", sex="male", birth_date="2020-01-01")
    group = enrol_all(programme, country["Testland"], condition=condition)
    names = {old.pk: "old", young.pk: "young", none.pk: "none"}
    assert {names[row.household_id] for row in Enrolment.objects.all()} == found and group.count == len(found)


def test_conditions_apply_to_persons(country):
    """pitfall M2"""
    programme = make_programme(unit="person")
    make_variable("blind", "BOOLEAN", "person")
    make_person(country["Almond"], birth_date="1950-01-01", data={"blind": True})
    make_person(country["Almond"], birth_date="1950-01-01", data={"blind": False})
    make_person(country["Almond"], birth_date="1950-01-01", data={"blind": True}, death_date="2026-01-01")
    make_person(country["Cedar"], birth_date="1990-01-01", data={"blind": True})
    group = enrol_all(programme, country["North"], condition="age >= 70 and blind")
    assert group.count == 1 and Enrolment.objects.get().person.data == {"blind": True}


def test_nobody_twice(country):
    """pitfall D6"""
    programme, other = make_programme(), make_programme("TWO")
    first = make_household(country["Almond"])
    make_household(country["Beech"])
    enrol(programme, first)
    enrol(other, first)
    assert enrol_all(programme, country["North"]).count == 1
    with pytest.raises(Refusal):
        enrol_all(programme, country["North"])
    assert enrol_all(other, country["Testland"], country["North"]).count == 1


def test_no_more_than_there_are_places(country, monkeypatch):
    """pitfall M5: the limit holds in bulk, chunk by chunk, and the lowest numbers come first."""
    monkeypatch.setattr(places, "CHUNK", 2)
    programme = make_programme(max_beneficiaries=5)
    many_households(country["Almond"], 9)
    enrol(programme, make_household(country["South"]))
    group = enrol_all(programme, country["North"])
    assert group.count == 4 and statuses(programme) == {S.ACTIVE: 5}
    kept = list(Enrolment.objects.filter(group=group).order_by("number").values_list("household_id", flat=True))
    assert kept == sorted(kept) and len(kept) == 4
    with pytest.raises(Refusal):
        enrol_all(programme, country["North"])
    assert enrol_all(programme, country["North"], status=S.POTENTIAL).count == 5


def test_nobody_sees_half_of_it(country, monkeypatch):
    """What is being prepared is seen by nobody, takes its places, and goes when the work is cancelled."""
    monkeypatch.setattr(places, "CHUNK", 3)
    programme = make_programme(max_beneficiaries=10)
    many_households(country["Almond"], 8)
    inputs = {"programme": programme, "areas": [country["North"]], "status": S.ACTIVE, "reason": R.SELECTED}
    group = approved(services.enrol_matching, run=False, **inputs)
    monkeypatch.setattr("coremis.kernel.jobs.worker.after_chunk", lambda: seen.append(stop()))
    seen = []

    def stop():
        if len(seen) == 2:
            ask_cancel(Job.objects.get())
        return Enrolment.objects.count(), Enrolment._base_manager.count()

    for _turn in range(9):
        run_next()
    group.refresh_from_db()
    assert (0, 3) in seen and {visible for visible, _made in seen} == {0}
    assert (group.state, group.count) == (GroupChange.State.STOPPED, 0)
    assert not Enrolment._base_manager.exists() and Job.objects.get().state == "CANCELLED"


def test_only_in_ones_own_places(country):
    programme = make_programme()
    make_household(country["Almond"])
    user = make_user("manager", services.enrol_matching.name, area=country["South"])
    with pytest.raises(OutsidePlaces):
        enrol_all(programme, country["North"], actor=user)
    with pytest.raises(NotPermitted):
        enrol_all(programme, country["North"], actor=make_user("nobody", area=country["North"]))


def test_a_reason_that_does_not_fit(country):
    programme = make_programme()
    make_household(country["Almond"])
    inputs = {"programme": programme, "areas": [country["North"]], "status": S.ACTIVE}
    for wrong in ({"reason": R.FRAUD}, {"reason": R.OTHER}, {"reason": R.SELECTED, "status": S.SUSPENDED}):
        with pytest.raises(Invalid):
            approved(services.enrol_matching, **{**inputs, **wrong})


def test_the_number_of_queries_does_not_grow(country, monkeypatch, django_assert_max_num_queries):
    """pitfalls P1, P2: at most eight statements and the job's own for a chunk, whatever its size."""
    sizes = []
    for count in (5, 300):
        programme = make_programme(f"P{count}", max_beneficiaries=1000)
        many_households(country["Almond"], count)
        approved(services.enrol_matching, run=False, programme=programme, areas=[country["North"]], status=S.ACTIVE, reason=R.SELECTED)
        with django_assert_max_num_queries(60) as captured:
            run_next()
        sizes.append(len(captured))
    assert sizes[0] == sizes[1]

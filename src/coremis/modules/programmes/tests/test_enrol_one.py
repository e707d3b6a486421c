"""One household or person enrolled by a person; and two at the same moment."""

import threading

import pytest
from django.db import connection

from coremis.kernel.base.refusal import OutsidePlaces, Refusal
from coremis.kernel.testing.cast import build_country, make_user
from coremis.modules.programmes import services
from coremis.modules.programmes.models import Enrolment
from coremis.modules.programmes.tests.sample import (
    S,
    change_status,
    enrol,
    enrol_all,
    make_household,
    make_person,
    make_programme,
    many_households,
)


@pytest.mark.django_db
def test_it_works(country):
    enrolment = enrol(make_programme(), make_household(country["Almond"]))
    assert (enrolment.status, enrolment.area, enrolment.group, enrolment.set_by_hand) == (S.ACTIVE, country["Almond"], None, False)
    assert enrolment.number_text.startswith("E-")


@pytest.mark.django_db
def test_once_while_open(country):
    """pitfall D6: only after an exit may the same household come in again."""
    programme, household = make_programme(), make_household(country["Almond"])
    first = enrol(programme, household)
    with pytest.raises(Refusal):
        enrol(programme, household, S.POTENTIAL)
    change_status(first, S.EXITED)
    assert enrol(programme, household).pk != first.pk
    assert enrol(make_programme("TWO"), household).status == S.ACTIVE


@pytest.mark.django_db
def test_the_right_unit_alive_and_in_ones_places(country):
    households, persons = make_programme(), make_programme("OLD", unit="person")
    household, person = make_household(country["Almond"]), make_person(country["Almond"])
    for programme, who in (
        (households, person), (persons, household), (persons, make_person(country["Almond"], death_date="2026-01-01")),
        (households, make_household(country["Almond"], ended_on="2026-01-01")),
    ):  # fmt: skip
        with pytest.raises(Refusal):
            enrol(programme, who)
    with pytest.raises(OutsidePlaces):
        enrol(households, household, actor=make_user("south", services.enrol_one.name, area=country["South"]))


def at_the_same_time(*attempts):
    """Run all at once, each on its own connection; what each gave or was refused."""
    gate, answers = threading.Barrier(len(attempts)), []

    def run(attempt):
        try:
            gate.wait(timeout=10)
            answers.append(attempt())
        except Refusal as refusal:
            answers.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(attempt,)) for attempt in attempts]
    [thread.start() for thread in threads]
    [thread.join(timeout=60) for thread in threads]
    return answers


@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_given_once():
    """pitfall M5: five at the same moment for two places."""
    country = build_country()
    programme = make_programme(max_beneficiaries=2)
    homes = [make_household(country["Almond"]) for _number in range(5)]
    answers = at_the_same_time(*(lambda home=home: enrol(programme, home) for home in homes))
    assert sum(isinstance(answer, Enrolment) for answer in answers) == 2 and len(answers) == 5
    assert Enrolment.objects.filter(status=S.ACTIVE).count() == 2


@pytest.mark.django_db(transaction=True)
def test_nobody_is_enrolled_twice_at_the_same_moment():
    """pitfall D6"""
    country = build_country()
    programme, home = make_programme(), make_household(country["Almond"])
    answers = at_the_same_time(*[lambda: enrol(programme, home)] * 4)
    assert sum(isinstance(answer, Enrolment) for answer in answers) == 1 and Enrolment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_and_one_at_the_same_moment():
    """pitfalls M5, D6: the enrolment of many and that of one never take the same household or the same place."""
    country = build_country()
    programme = make_programme(max_beneficiaries=50)
    many_households(country["Almond"], 60)
    homes = [make_household(country["Almond"]) for _number in range(3)]
    at_the_same_time(lambda: enrol_all(programme, country["North"]), *(lambda home=home: enrol(programme, home) for home in homes))
    assert Enrolment.objects.count() == 50 and len(set(Enrolment.objects.values_list("household_id", flat=True))) == 50

"""The indexes of the data dictionary: made and taken away by a job, whatever was left behind."""

import pytest
from django.db import connection

from coremis.kernel.areas.models import Area
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import build_country, everywhere
from coremis.modules.registry import indexing
from coremis.modules.registry.indexing import order_indexes, present_indexes, present_statistics, wanted_indexes
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.services import define_variable, retire_variable
from coremis.modules.registry.tests.factories import make_household, make_person

ON_POSTGRESQL = connection.vendor == "postgresql"
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_index_stays")]


@pytest.fixture
def rooms():
    build_country()
    worker = everywhere(define_variable.name)
    return define_variable(subject="dwelling", code="rooms", names={"en": "Rooms"}, kind="NUMBER", filterable=True, actor=worker)


def renew():
    order_indexes()
    run_until_idle()
    assert not Job.objects.exclude(traceback="").exists()
    return present_indexes()


def test_it_works(rooms):
    """Made once, used by the same expression, gone when the variable is out of use."""
    run_until_idle()
    assert present_indexes() == dict.fromkeys(wanted_indexes(), True) and len(wanted_indexes()) == 1
    assert len(present_statistics()) == (1 if ON_POSTGRESQL else 0)
    assert renew() == dict.fromkeys(wanted_indexes(), True), "again changes nothing"
    retire_variable.approvable, kept = False, retire_variable.approvable
    try:
        retire_variable(variable=rooms, reason="x", actor=everywhere(retire_variable.name))
    finally:
        retire_variable.approvable = kept
    run_until_idle()
    assert present_indexes() == {} and present_statistics() == set()


def test_no_other_index_is_touched(rooms):
    """Only names that this job gives are its own."""
    with connection.cursor() as cursor:
        before = set(connection.introspection.get_constraints(cursor, "registry_variabledefinition"))
        renew()
        after = set(connection.introspection.get_constraints(cursor, "registry_variabledefinition"))
    assert before == after and any("variable_once" in name for name in after)


@pytest.mark.skipif(not ON_POSTGRESQL, reason="only PostgreSQL leaves an index that cannot be used")
def test_a_killed_worker_leaves_an_index_that_is_made_again(rooms):
    run_until_idle()
    (name,) = present_indexes()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass", [name])
    assert present_indexes() == {name: False}
    assert renew() == {name: True}


def test_a_worker_that_stops_half_way_goes_on(rooms, monkeypatch):
    worker = everywhere(define_variable.name)
    define_variable(subject="person", code="years", names={"en": "Years"}, kind="NUMBER", filterable=True, actor=worker)
    made, make = [], indexing.make

    def once(one):
        if made:
            raise RuntimeError("killed")
        made.append(one.name)
        make(one)

    monkeypatch.setattr("coremis.modules.registry.jobs.make", once)
    run_until_idle()
    assert list(present_indexes()) == made, "what was made stays"
    monkeypatch.setattr("coremis.modules.registry.jobs.make", make)
    Job.objects.update(not_before="2020-01-01T00:00:00Z")
    run_until_idle()
    assert set(present_indexes()) == set(wanted_indexes())


def test_values_of_every_shape_are_indexed(rooms):
    """What is stored in another shape is no reason to fail."""
    village = Area.objects.get(name="Almond")
    make_household(village, data={"rooms": "three"})
    make_person(village, data={"rooms": None})
    assert all(renew().values())
    assert VariableDefinition.objects.count() == 1

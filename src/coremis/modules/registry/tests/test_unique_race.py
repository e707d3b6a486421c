"""Two people write the same value at the same moment: one of them is told, whatever the timing."""

from threading import Thread

import pytest
from django.db import IntegrityError, close_old_connections, connection

from coremis.kernel.actions.services import maintenance
from coremis.kernel.areas.models import Area
from coremis.kernel.base.refusal import Invalid
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import build_country, everywhere
from coremis.modules.registry.indexing import is_ready
from coremis.modules.registry.models import Person
from coremis.modules.registry.services import define_variable, register_person
from coremis.modules.registry.tests.factories import make_person

pytestmark = pytest.mark.usefixtures("no_index_stays")


def define(**more):
    worker = everywhere(define_variable.name)
    return define_variable(subject="person", code="card", names={"en": "Card"}, kind="TEXT", unique=True, **{**more, "actor": worker})


def race(village, people=6):
    """Everybody registers somebody with the same card; what each was told."""
    told = []

    def register():
        try:
            area = Area.objects.get(pk=village)
            register_person(area=area, given_names="Ana", data={"card": "A1"}, actor=everywhere(register_person.name))
            told.append("done")
        except Invalid as problem:
            told.append(sorted(problem.errors))
        except Exception as problem:
            told.append(problem)
        finally:
            connection.close()

    threads = [Thread(target=register) for _person in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    close_old_connections()
    return told


@pytest.mark.django_db(transaction=True)
def test_it_works():
    """Before the index is there, too: whoever writes such a value waits for the others."""
    village = build_country()["Almond"].pk
    define()
    told = race(village)
    assert told.count("done") == 1 and told.count(["data.card"]) == 5, told
    assert Person.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_index_stops_every_other_way_in():
    village = build_country()["Almond"]
    variable = define()
    run_until_idle()
    assert is_ready(variable, unique=True)
    make_person(village, data={"card": "A1"})
    with pytest.raises(IntegrityError):
        make_person(village, data={"card": "A1"})
    assert race(village.pk, people=2).count(["data.card"]) == 2
    with maintenance("test"):
        Person.objects.get().save()

"""Two people register at the same moment: nobody gets a number that somebody else has."""

from threading import Thread

import pytest
from django.db import close_old_connections, connection

from coremis.kernel.areas.models import Area
from coremis.kernel.base.numbers import is_valid_number
from coremis.kernel.testing.cast import build_country, everywhere
from coremis.modules.registry.models import Household, Person
from coremis.modules.registry.services import register_household

MEMBERS = [{"given_names": "Ana", "relationship": "head"}, {"given_names": "Bea", "relationship": "child"}]
PEOPLE, TIMES = 4, 5


@pytest.mark.django_db(transaction=True)
def test_it_works():
    """pitfall D8: codes by MAX+1 collided; ours come from a sequence."""
    village = build_country()["Almond"].pk
    problems = []

    def register():
        try:
            for _time in range(TIMES):
                register_household(area=Area.objects.get(pk=village), members=MEMBERS, actor=everywhere(register_household.name))
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [Thread(target=register) for _person in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    close_old_connections()
    numbers = list(Household.objects.values_list("number", flat=True)) + list(Person.objects.values_list("number", flat=True))
    assert not problems and Household.objects.count() == PEOPLE * TIMES and Person.objects.count() == 2 * PEOPLE * TIMES
    assert len(set(numbers[: PEOPLE * TIMES])) == PEOPLE * TIMES and all(map(is_valid_number, numbers))

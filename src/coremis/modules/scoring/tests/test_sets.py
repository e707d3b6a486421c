"""The set-based computation against the slow one, on random formulas and households."""

import json
import math
from random import Random

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from coremis.modules.registry.models import Household
from coremis.modules.scoring.definition import read_card
from coremis.modules.scoring.finishing import RESULTS
from coremis.modules.scoring.formulas import about_members, assess, limits_on
from coremis.modules.scoring.names import names_now
from coremis.modules.scoring.sets import ScoreSet
from coremis.modules.scoring.tests.randomly import known_of, prepare, random_definition, random_households
from coremis.modules.scoring.tests.sample import DAY
from coremis.modules.scoring.versions import limit_places, places_above

pytestmark = pytest.mark.django_db
STABLE = settings(
    derandomize=True, deadline=None, database=None, max_examples=150, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
FIGURES = {"Testland": None, "North": 30.0, "Almond": 55.5, "Ebony": 0.0}


def figure_of(area):
    """The figure of the nearest place that has one."""
    while area is not None and FIGURES.get(area.name) is None:
        area = area.parent
    return FIGURES[area.name] if area is not None else None


def from_sets(card, names, above):
    """What the query says about everybody."""
    sql, params = ScoreSet(card, names, DAY, above=above).chain(Household.objects.all()).select(", ".join(RESULTS))
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return {row[0]: row[2:] for row in cursor.fetchall()}


def as_list(value):
    return json.loads(value) if isinstance(value, str) else value


def path_of(area):
    return [area.pk, *(path_of(area.parent) if area.parent else [])]


@pytest.fixture
def world(country):
    prepare(country)
    random_households(Random(7), country, 40)
    return country


@STABLE
@given(random=st.randoms(use_true_random=False))
def test_it_works(world, random):
    """Pitfalls M17, M18, M19, M21: both computations give the same score, category, stratum, missing names and inputs."""
    names = names_now()
    places = [world[name].pk for name in ("North", "Almond", "South")]
    card = read_card(random_definition(random, places), names.unit, names.member)
    found = from_sets(card, names, places_above(limit_places(card, DAY)))
    households = Household.objects.select_related("area__parent__parent__parent")
    assert len(found) == len(households) == 40
    for household in households:
        values, members = known_of(household, figure_of)
        values |= about_members(card, members)
        said = assess(card, values, limits_on(card, DAY, path_of(household.area)))
        stratum, value, category, missing, inputs = found[household.pk]
        got = (stratum, value, category, tuple(as_list(missing)))
        assert got == (said.stratum, said.value, said.category, said.missing), (card, values, said, inputs)
        kept = as_list(inputs)
        again = assess(card, kept, limits_on(card, DAY, path_of(household.area)))
        assert (again.value, again.missing) == (said.value, said.missing), (kept, values)
        assert all(same(kept[name], values.get(name)) for name in set(kept) & set(values) & {"size", "n0", "n1", "n2", "area_rate"})


def same(kept, given):
    return kept == given or (kept is not None and given is not None and math.isclose(kept, given, rel_tol=1e-12))

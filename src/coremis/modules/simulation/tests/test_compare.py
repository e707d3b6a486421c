"""Two simulations side by side."""

from decimal import Decimal

import pytest

from coremis.kernel.base.refusal import Invalid
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import build_country
from coremis.modules.simulation.models import Simulation, State
from coremis.modules.simulation.services import compare_simulations
from coremis.modules.simulation.tests.sample import ACTOR, make_people, make_run, score, simulated

pytestmark = pytest.mark.django_db


def pair():
    """Twenty households; the second formula turns the order of the first around for half of them."""
    land = build_country()
    people = make_people([land["Almond"], land["Fig"]], 20)
    runs = make_run(land["Testland"], "one"), make_run(land["Testland"], "two")
    values = [({}, household) for household, *_rest in people]
    for place, (_none, household) in enumerate(values):
        score(runs[0], household, float(place))
        score(runs[1], household, float(place if place % 2 else 19 - place))
    inputs = {"rule": Simulation.Rule.CUTOFF, "cutoff": Decimal(8), "poor": "poor_by_survey"}
    return [simulated(run=run, title=title, **inputs) for run, title in zip(runs, ("A", "B"), strict=True)], people


def test_it_works():
    (first, second), people = pair()
    comparison = compare_simulations(first=first, second=second, actor=ACTOR)
    run_until_idle()
    comparison.refresh_from_db()
    assert comparison.state == State.DONE
    expected = {}
    for place, (_household, poor, *_rest) in enumerate(people):
        key = (int(place <= 8), int((place if place % 2 else 19 - place) <= 8))
        before = expected.get(key, (0, 0, 0))
        expected[key] = (before[0] + 1, before[1] + (poor is not None), before[2] + bool(poor))
    assert {(a, b): (count, known, poor) for a, b, count, known, poor in comparison.results["overlap"]} == expected


def test_one_with_itself_is_refused():
    (first, _second), _people = pair()
    with pytest.raises(Invalid):
        compare_simulations(first=first, second=first, actor=ACTOR)

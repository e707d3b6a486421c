"""Simulating a selection: equal to a slow count in Python, refused where it cannot be understood."""

import random
from collections import Counter
from decimal import Decimal

import pytest

from coremis.kernel.areas.models import AreaLevel
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.testing.cast import build_country
from coremis.modules.simulation.models import Simulation, State
from coremis.modules.simulation.queries import AREA, DISABILITY, HEAD, counts_of, table_of, total_of
from coremis.modules.simulation.tests.sample import make_people, make_run, score, simulated

Rule, Weights = Simulation.Rule, Simulation.Weights
pytestmark = pytest.mark.django_db


@pytest.fixture
def land():
    return build_country()


@pytest.fixture
def scored(land):
    """Sixty households in four villages, with scores that hold many ties."""
    villages = [land[name] for name in ("Almond", "Beech", "Cedar", "Ebony")]
    people, draw, run = make_people(villages, 60), random.Random(2), make_run(land["Testland"])
    rows = []
    for household, poor, sex, disabled in people:
        value = float(draw.randint(10, 40))
        score(run, household, value)
        rows.append((value, household, poor, sex, disabled))
    return run, rows


def chosen_by_hand(rows, places_of, area_of):
    """The poorest of each area, lower numbers first between equals."""
    taken, found = Counter(), set()
    for _value, household, *_rest in sorted(rows, key=lambda row: (row[0], row[1].number)):
        area = area_of(household)
        if taken[area] < places_of.get(area, 0):
            taken[area] += 1
            found.add(household.pk)
    return found


def by_hand(rows, chosen):
    """All, selected, known, known and selected, poor, poor and selected."""
    known = [(household.pk in chosen, poor) for _value, household, poor, *_rest in rows if poor is not None]
    return (
        len(rows), len(chosen), len(known), sum(taken for taken, _poor in known), sum(poor for _taken, poor in known),
        sum(taken and poor for taken, poor in known),
    )  # fmt: skip


def test_it_works(scored):
    run, rows = scored
    found = simulated(run=run, rule=Rule.CUTOFF, cutoff=Decimal(20), poor="poor_by_survey", disability="disability")
    chosen = {household.pk for value, household, *_rest in rows if value <= 20}
    assert found.state == State.DONE
    assert total_of(found).values() == by_hand(rows, chosen)
    heads = counts_of(found, lambda row: row[HEAD])
    assert {sex: count.households for sex, count in heads.items()} == Counter(sex for *_row, sex, _disabled in rows)
    disabled = counts_of(found, lambda row: row[DISABILITY])
    assert {key: count.chosen for key, count in disabled.items()} == Counter(int(row[-1]) for row in rows if row[0] <= 20)
    assert sum(count.households for count in counts_of(found, lambda row: row[AREA]).values()) == 60


def test_places_for_all_together_break_ties_by_number(scored):
    run, rows = scored
    found = simulated(run=run, rule=Rule.PLACES, places=17, poor="poor_by_survey")
    chosen = chosen_by_hand(rows, {"": 17}, lambda household: "")
    assert total_of(found).values() == by_hand(rows, chosen)


def test_shared_places_sum_exactly(scored, land):
    run, rows = scored
    level = AreaLevel.objects.get(position=3)
    found = simulated(run=run, rule=Rule.SHARED, places=23, level=level, weights=Weights.SCORED, poor="poor_by_survey")
    quotas = {int(area): places for area, places in found.results["quotas"].items()}
    assert sum(quotas.values()) == 23
    chosen = chosen_by_hand(rows, quotas, lambda household: household.area_id)
    assert total_of(found).values() == by_hand(rows, chosen)
    assert {key: count.chosen for key, count in counts_of(found, lambda row: row[AREA]).items()} == quotas


def test_higher_may_be_poorer(land):
    run = make_run(land["Testland"], direction="HIGHER_IS_POORER")
    people = make_people([land["Almond"]], 20)
    for place, (household, *_rest) in enumerate(people):
        score(run, household, float(place))
    found = simulated(run=run, rule=Rule.CUTOFF, cutoff=Decimal(15), poor="poor_by_survey")
    assert total_of(found).chosen == 5
    assert [edge for edge, _found in table_of(found)] == sorted((edge for edge, _found in table_of(found)), reverse=True)


def test_estimated_by_score(scored):
    run, rows = scored
    found = simulated(run=run, rule=Rule.CUTOFF, cutoff=Decimal(20), likelihoods=[[0, 90], [20, 50], [30, 10]])
    likely = [0.9 if value < 20 else 0.5 if value < 30 else 0.1 for value, *_rest in rows]
    total = total_of(found)
    assert total.known == 60
    assert total.poor == pytest.approx(sum(likely))
    assert total.poor_chosen == pytest.approx(sum(part for part, row in zip(likely, rows, strict=True) if row[0] <= 20))


def test_every_cutoff_of_the_table_is_what_that_cutoff_gives(scored):
    run, rows = scored
    found = simulated(run=run, rule=Rule.PLACES, places=1, poor="poor_by_survey")
    table = table_of(found)
    assert [edge for edge, _accuracy in table] == [14, 19, 24, 29, 34, 39, 44]
    for edge, accuracy in table:
        *_all, _known, known_chosen, _poor, poor_chosen = by_hand(rows, {row[1].pk for row in rows if row[0] <= edge})
        assert (accuracy.chosen, accuracy.poor_chosen) == (known_chosen, poor_chosen)


def test_nothing_else_is_changed(scored):
    run, _rows = scored
    found = simulated(run=run, rule=Rule.PLACES, places=5, amount=Money(30_000, "XOF"), payments=6)
    assert (found.amount_minor, found.currency, found.payments) == (30_000, "XOF", 6)
    assert run.scores.count() == 60
    assert not run.area.targeting_quotas.exists()


def test_without_scores_there_is_nobody(land):
    found = simulated(run=make_run(land["Testland"]), rule=Rule.PLACES, places=5)
    assert total_of(found).households == 0
    assert table_of(found) == []


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"rule": Rule.CUTOFF}, "cutoff"), ({"rule": Rule.PLACES}, "places"), ({"rule": Rule.SHARED, "places": 5}, "level"),
        ({"rule": Rule.QUOTAS}, "stage"), ({"rule": Rule.PLACES, "places": 5, "poor": "nonsense"}, "poor"),
        ({"rule": Rule.PLACES, "places": 5, "poor": "1 + 1"}, "poor"),
        ({"rule": Rule.PLACES, "places": 5, "likelihoods": [[0, 120]]}, "likelihoods"),
        ({"rule": Rule.PLACES, "places": 5, "likelihoods": [[0, 20], [0, 30]]}, "likelihoods"),
        ({"rule": Rule.PLACES, "places": 5, "disability": "nonsense"}, "disability"),
    ],
)  # fmt: skip
def test_refused_with_the_field(land, asked, field):
    with pytest.raises(Invalid) as refused:
        simulated(run=make_run(land["Testland"]), **asked)
    assert field in refused.value.errors
    assert not Simulation.objects.exists()


def test_a_cutoff_of_zero_is_a_cutoff(land):
    run = make_run(land["Testland"])
    household = make_people([land["Almond"]], 1)[0][0]
    score(run, household, 0.0)
    assert total_of(simulated(run=run, rule=Rule.CUTOFF, cutoff=Decimal(0))).chosen == 1


def test_a_scoring_under_way_is_refused(land):
    run = make_run(land["Testland"])
    run.state = "PREPARING"
    with pytest.raises(Refusal):
        simulated(run=run, rule=Rule.PLACES, places=5)

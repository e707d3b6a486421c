"""Quotas, waiting lists and lots, as arithmetic."""

import random
from decimal import Decimal

import pytest

from coremis.modules.targeting.formulas import collection_target, draw, largest_remainder, reallocated, waiting_places, weight


def test_it_works():
    """rulebook 2.3: 100 places by poverty rate times households, largest remainder, sum exact."""
    weights = {1: weight(60, 1000), 2: weight(45, 800), 3: weight(30, 500)}
    assert largest_remainder(100, weights) == {1: 54, 2: 32, 3: 14}
    assert weight(-1, 10) == 0 == weight(10, -1)


def test_the_sum_is_exact_and_more_weight_never_gets_less():
    chance = random.Random(7)
    for _round in range(400):
        weights = {key: chance.choice([0, chance.random() * 100, chance.randint(1, 50)]) for key in range(chance.randint(1, 40))}
        taking = [key for key, held in weights.items() if held > 0]
        if not taking:
            continue
        minimum = chance.randint(0, 3)
        total = minimum * len(taking) + chance.randint(0, 500)
        found = largest_remainder(total, weights, minimum)
        assert sum(found.values()) == total and set(found) == set(weights)
        assert all(found[key] >= minimum for key in taking) and all(found[key] == 0 for key in weights if key not in taking)
        assert all(found[low] <= found[high] for low in taking for high in taking if weights[low] < weights[high])


@pytest.mark.parametrize(("total", "weights", "minimum"), [(5, {}, 0), (5, {1: 0}, 0), (1, {1: 1, 2: 1}, 1), (-1, {1: 1}, 0)])
def test_what_cannot_be_divided_is_refused(total, weights, minimum):
    with pytest.raises(ValueError):
        largest_remainder(total, weights, minimum)


def test_waiting_places_and_collection_target():
    assert waiting_places(10, Decimal("2")) == 10 and waiting_places(10, Decimal("1.55")) == 5
    assert waiting_places(10, Decimal("1")) == 0 and waiting_places(10, None) is None
    assert collection_target(11, Decimal("1.5")) == 17 and collection_target(11, None) == 11


def test_unused_places_move_where_somebody_waits():
    places = {1: 10, 2: 10, 3: 10}
    assert reallocated(places, {1: 4, 2: 10, 3: 10}, {2: 9, 3: 3}) == {1: 4, 2: 15, 3: 11}
    assert reallocated(places, {1: 4, 2: 10, 3: 10}, {}) == places
    few = reallocated(places, {1: 0, 2: 10, 3: 10}, {2: 1, 3: 2})
    assert few == {1: 7, 2: 11, 3: 12}


def test_a_lot_can_be_drawn_again():
    assert draw(202561, 3784) == draw(202561, 3784) != draw(202562, 3784)
    assert draw(1, 100) == "0c1f40b4acaa364478f2de01979d9dc99885aa5e0a8668c80dc53a4cfe21310b"  # echo -n 1:100 | sha256sum

"""The arithmetic of charts."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from coremis.modules.dashboards import formulas

calmly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
COUNTS = some.lists(some.integers(0, 10**12), max_size=8)


def test_it_works():
    assert formulas.parts([0, 1, 3, 4], 4) == [0, 2500, 7500, 10_000]
    assert formulas.shares([1, 1, 1]) == [3334, 3333, 3333]
    assert formulas.percent(6320) == "63.2%" and formulas.percent(10_000) == "100%" and formulas.percent(5) == "0.05%"


@calmly
@given(COUNTS)
def test_shares_add_up_to_the_whole(values):
    found = formulas.shares(values)
    assert sum(found) == (10_000 if sum(values) else 0) and all(share >= 0 for share in found)


@calmly
@given(COUNTS, some.integers(-5, 10**12))
def test_parts_stay_inside(values, whole):
    assert all(0 <= part <= 10_000 for part in formulas.parts(values, whole))


@pytest.mark.parametrize(("largest", "top"), [(1, 1), (2, 2), (3, 5), (7, 10), (10, 10), (11, 20), (499, 500), (501, 1000)])
def test_the_top_of_a_scale_is_round(largest, top):
    assert formulas.round_top(largest) == top


@calmly
@given(some.integers(1, 300))
def test_points_stand_in_order_inside(count):
    found = formulas.positions(count)
    assert found == sorted(found) and found[0] >= 0 and found[-1] <= 10_000 and len(found) == count


@calmly
@given(some.integers(2, 80), some.integers(1, 36), some.sampled_from([44, 76, 96]), some.integers(2, 8))
def test_labels_beside_each_other_do_not_meet(count, longest, room, most):
    """Laid out as they are drawn, the first to the right of its point and the last to the left; thinned out again for a phone."""
    shown = formulas.spread(range(count), formulas.apart(count, most, longest, room))
    for kept in (shown, formulas.spread(shown, formulas.apart(count, 4, longest, 44))):
        assert kept[0] == 0 and kept[-1] == count - 1 and len(kept) <= most
        wide = room if kept is shown else 44
        at = [formulas.positions(count)[place] * wide / 10_000 for place in kept]
        left = [at[0], *(x - longest / 2 for x in at[1:-1]), at[-1] - longest]
        right = [at[0] + longest, *(x + longest / 2 for x in at[1:-1]), at[-1]]
        if 2 * longest <= wide * 0.94:
            assert all(end <= start for end, start in zip(right, left[1:], strict=False)), (left, right)

"""The measures, against published tables and by hand."""

import pytest

from coremis.modules.simulation.formulas import (
    Accuracy,
    Band,
    Count,
    added,
    cutoff_table,
    disparity,
    expected_poor,
)
from coremis.modules.simulation.tests.published import MALAWI, MALAWI_MEASURES, NIGER, NIGER_MEASURES

ROUNDED = 0.5  # the published fields have one decimal, so that rates computed from them may differ by that much
CALIBRATION = 1.05  # likelihoods and tables come from two halves of a survey; the largest gap found is 1.01 points


def test_it_works():
    found = Accuracy(poor_chosen=30, poor_missed=10, others_chosen=20, others_left=40)
    assert (found.households, found.poor, found.chosen) == (100, 40, 50)
    assert (found.coverage, found.undercoverage, found.leakage, found.hit_rate) == (0.75, 0.25, 0.4, 0.7)
    assert found.bpac == (30 - 10) * 100 / 40
    assert found.incidence == 1.5
    assert found.shares == (0.3, 0.1, 0.2, 0.4)


def test_nobody_gives_no_rates():
    found = Accuracy(0, 0, 0, 0)
    assert [found.coverage, found.leakage, found.hit_rate, found.bpac, found.incidence, found.shares] == [None] * 6


@pytest.mark.parametrize(("published", "measures"), [(MALAWI, MALAWI_MEASURES), (NIGER, NIGER_MEASURES)])
def test_published_measures_follow_from_the_four_fields(published, measures):
    rows = {cutoff: Accuracy(included, missed, leaked, left) for cutoff, included, missed, leaked, left in published.rows}
    for cutoff, (hit, bpac, poor_among, reached) in measures.items():
        found = rows[cutoff]
        assert found.hit_rate * 100 == pytest.approx(hit, abs=ROUNDED)
        assert bpac is None or found.bpac == pytest.approx(bpac, abs=ROUNDED)
        assert found.poor_among_chosen * 100 == pytest.approx(poor_among, abs=ROUNDED)
        assert found.coverage * 100 == pytest.approx(reached, abs=ROUNDED)


@pytest.mark.parametrize(("published", "best_hit", "best_bpac"), [(MALAWI, (34, 39), 39), (NIGER, (29,), 29)])
def test_the_best_cutoffs_are_the_published_ones(published, best_hit, best_bpac):
    rows = {cutoff: Accuracy(*fields) for cutoff, *fields in published.rows}
    assert max(rows, key=lambda cutoff: rows[cutoff].hit_rate) in best_hit
    assert max(rows, key=lambda cutoff: rows[cutoff].bpac) == best_bpac


@pytest.mark.parametrize("published", [MALAWI, NIGER])
def test_tables_follow_from_the_published_likelihoods_as_far_as_they_allow(published):
    """A million households spread over the bands as published, each poor with the likelihood of its band."""
    whole, bands, before = 1_000_000, [], 0.0
    for (edge, included, _missed, leaked, _left), likelihood in zip(published.rows, published.likelihoods, strict=True):
        households = round((included + leaked - before) / 100 * whole)
        before = included + leaked
        bands.append(Band(edge, households, households, households * likelihood / 100))
    last = published.rows[-1]
    bands.append(
        Band(100, whole - sum(band.households for band in bands), whole - sum(band.known for band in bands), whole * last[2] / 100)
    )
    for (edge, found), (cutoff, *fields) in zip(cutoff_table(bands), published.rows, strict=False):
        assert edge == cutoff
        assert found.households == pytest.approx(whole)
        assert [share * 100 for share in found.shares] == pytest.approx(fields, abs=CALIBRATION)


def test_likelihood_of_a_score_is_that_of_its_band():
    table = [(0, 100), (5, 86.5), (25, 64.8)]
    assert [expected_poor(score, table) for score in (0, 4, 5, 24.9, 28)] == [1, 1, 0.865, 0.865, 0.648]
    assert expected_poor(-1, table) is None


def test_counts_add_up():
    total = added([Count(10, 4, 8, 3, 5, 2), Count(5, 5, 5, 5, 1, 1)])
    assert total == Count(15, 9, 13, 8, 6, 3)
    assert total.accuracy == Accuracy(3, 3, 5, 2)
    assert total.rate == 0.6


def test_disparity_needs_both_groups():
    assert disparity(0.2, 0.4) == 0.5
    assert disparity(None, 0.4) is None
    assert disparity(0.2, 0) is None

import math

import pytest

from coremis.kernel.base.formula.evaluate import scaled
from coremis.kernel.expressions.stored import first_from, last_at
from coremis.kernel.expressions.tests.test_agreement import assert_agrees

NUMBERS = [0.0, 1.0, -1.0, 0.1, -0.3, 2.5, 1e-6, 12345.678901, 1e9, -123456789012.25, 1e15, -1e15]


@pytest.mark.parametrize("number", NUMBERS)
def test_it_works(number):
    first, last = first_from(scaled(number)), last_at(scaled(number))
    assert first <= number <= last
    assert scaled(first) == scaled(last) == scaled(number)
    assert scaled(math.nextafter(first, -math.inf)) < scaled(number) < scaled(math.nextafter(last, math.inf))


@pytest.mark.django_db
def test_the_ends_of_each_range_are_compared_as_the_evaluator_does(dwelling_table):
    ends = [end(scaled(number)) for number in NUMBERS for end in (first_from, last_at)]
    beyond = [math.nextafter(end, side) for end in ends for side in (-math.inf, math.inf)]
    written = [repr(number) if number >= 0 else f"({number!r})" for number in NUMBERS]
    texts = [f"number {sign} {number}" for number in written for sign in ("=", "<>", "<", "<=", ">", ">=")]
    texts += [f"{number} {sign} number" for number in written[:6] for sign in ("=", "<>", "<", "<=", ">", ">=")]
    texts += ["number between 0.1 and 2.5", "number between 2.5 and 0.1", "number in (0.1, 1, 1e9)"]
    assert assert_agrees(texts, [{"number": value} for value in ends + beyond] + [{}]) == len(texts)

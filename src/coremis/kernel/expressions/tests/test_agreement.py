"""The compiled queries give exactly what the evaluator gives (pitfall M18). The suite runs on each database."""

import math

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from coremis.kernel.base.formula import FormulaError, Kind, evaluate, parse
from coremis.kernel.expressions.compiler import compile_condition, compile_value
from coremis.kernel.expressions.tests.formulas import formula, rows
from coremis.kernel.expressions.tests.sample import COLUMNS, NAMES, Dwelling, fill

STABLE = settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=60,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
KINDS = (Kind.NUMBER, Kind.BOOLEAN, Kind.BOOLEAN, Kind.TEXT, Kind.DATE)


def same(expected, found):
    """Equal, or the same double within the last bits that two mathematical libraries may differ by."""
    if isinstance(expected, float) and isinstance(found, float):
        return math.isclose(expected, found, rel_tol=1e-9, abs_tol=1e-9)
    return type(expected) is type(found) and expected == found


def assert_agrees(texts, values):
    fill(values)
    formulas = []
    for text in texts:
        try:
            formulas.append(parse(text, NAMES))
        except FormulaError as error:
            assert "too" in str(error), (text, str(error))
    columns = {f"result_{index}": compile_value(each, COLUMNS) for index, each in enumerate(formulas)}
    found = list(Dwelling.objects.annotate(**columns).order_by("id").values_list(*columns))
    for index, each in enumerate(formulas):
        for row, line in zip(values, found, strict=True):
            assert same(evaluate(each, row), line[index]), (each.text, row, evaluate(each, row), line[index])
        if each.kind is Kind.BOOLEAN:
            matching = Dwelling.objects.filter(compile_condition(each, COLUMNS)).order_by("id").values_list("id", flat=True)
            assert list(matching) == [number for number, row in enumerate(values, 1) if evaluate(each, row)], each.text
    return len(formulas)


@pytest.mark.django_db
def test_it_works(dwelling_table):
    assert_agrees(["rooms * 2 + 1", "roof in ('tin', 'iron')"], [{"rooms": 2, "roof": "tin"}, {"roof": "iron"}, {}])


@pytest.mark.django_db
@STABLE
@given(texts=st.lists(st.one_of([formula(kind, 3) for kind in KINDS]), min_size=12, max_size=12), values=rows())
def test_random_formulas_agree_on_random_rows(dwelling_table, texts, values):
    """pitfalls M18, M19"""
    assert_agrees(texts, values)

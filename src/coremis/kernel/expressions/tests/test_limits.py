"""The largest formulas that the language accepts run on both databases."""

import pytest
from django.db.models import Q

from coremis.kernel.base.formula import FormulaError, Kind, evaluate, parse
from coremis.kernel.base.formula.operations import OPERATIONS
from coremis.kernel.expressions.compiler import COMPARISONS, compile_condition, compile_value, template_for
from coremis.kernel.expressions.tests.sample import COLUMNS, NAMES, Dwelling, fill
from coremis.kernel.expressions.variable import Variable

ROW = {"rooms": 3, "income": 2.5, "urban": True, "nickname": "a", "born": "1980-05-06", "roof": "tin"}
NESTS = {
    "sum on the right": "(1 + X)",
    "sum on the left": "(X + 1)",
    "difference": "(1 - X)",
    "product": "(0.5 * (1 + X))",
    "quotient": "(X / 2)",
    "quotient below": "(1 / round(X + 7, 2))",
    "sign": "abs(-X)",
    "if else": "if(urban, 1, X)",
    "if then": "if(urban, X, 1)",
    "if condition": "if(X > 1, 1, 2)",
    "comparison on the right": "if(rooms < X, 1, 2)",
    "between": "if(rooms between 1 and X, 1, 2)",
    "in": "if(rooms in (1, 2, X), 1, 2)",
    "coalesce": "coalesce(income, X)",
    "least": "min(income, X)",
    "most": "max(X, income, 1, 2)",
    "round": "round(X, 2)",
    "floor": "floor(X)",
    "ceil": "ceil(X)",
    "ln": "ln(abs(X) + 1)",
    "exp": "exp(min(X, 3))",
    "sqrt": "sqrt(abs(X))",
    "and": "if(urban and X > 1, 1, 2)",
    "not": "if(not (X > 1), 1, 2)",
    "missing": "if(is_missing(X), 1, 2)",
    "dates": "years_between(born, if(X > 1, born, day))",
    "texts": "if(contains(nickname, if(X > 1, nickname, word)), 1, 2)",
    "equal": "if((X = 3) = (1 = X), 1, 2)",
    "sum of many": "(X + " + " + ".join(["rooms"] * 60) + ")",
    "many choices": "if(X in (" + ", ".join(str(number) for number in range(80)) + "), 1, rooms)",
}


def deepest(pattern, inner="rooms"):
    """The deepest nest of this pattern that the language accepts."""
    before, text, levels = "", inner, 0
    while True:
        try:
            parse(f"({text}) > 1", NAMES)
        except FormulaError:
            return before, levels - 1
        before, text, levels = text, pattern.replace("X", text, 1).replace("X", "rooms"), levels + 1


@pytest.mark.django_db
def test_it_works(dwelling_table):
    fill([ROW])
    assert deepest("(1 + X)")[1] > 10
    assert deepest("if(urban, 1, X)")[1] >= 10


@pytest.mark.django_db
@pytest.mark.parametrize("inner", ["rooms", "years_between(born, day)", "if(roof = 'tin', 1, 2)"])
@pytest.mark.parametrize("name", NESTS)
def test_the_deepest_nest_runs(name, inner, dwelling_table):
    fill([ROW, {}])
    text, levels = deepest(NESTS[name], inner)
    assert levels >= 2
    formula, condition = parse(text, NAMES), parse(f"({text}) > 1", NAMES)
    inside = Dwelling.objects.filter(~Q(compile_condition(condition, COLUMNS)) | Q(id__gt=0)).values("id")
    rows = Dwelling.objects.filter(id__in=inside).annotate(result=compile_value(formula, COLUMNS)).order_by("id")
    for row, values in zip(rows, [ROW, {}], strict=True):
        expected = evaluate(formula, values)
        assert row.result == (None if expected is None else pytest.approx(expected))


@pytest.mark.django_db
def test_a_long_score_runs(dwelling_table):
    """Hundreds of terms, as in the largest proxy means tests."""
    fill([ROW])
    terms = " + ".join(f"0.{number} * if(roof = 'tin' and rooms > 2, 1, 0)" for number in range(1, 201))
    formula = parse(f"1000 * (9.835 + {terms})", NAMES)
    assert Dwelling.objects.annotate(result=compile_value(formula, COLUMNS)).get().result == pytest.approx(evaluate(formula, ROW))


@pytest.mark.parametrize(
    ("text", "columns", "words"),
    [
        ("rooms > 1", {}, "has no column"),
        ("rooms > 1", {"rooms": Variable("rooms", Kind.TEXT)}, "no longer what"),
        ("rooms", COLUMNS, "must give yes or no"),
    ],
)
def test_it_fails_closed(text, columns, words):
    """pitfall M18: what cannot be compiled is refused, it never matches everybody."""
    with pytest.raises(FormulaError, match=words):
        compile_condition(parse(text, NAMES), columns)


def test_every_operation_can_be_compiled():
    special = {*COMPARISONS, "in", "between", "round"}
    for vendor in ("sqlite", "postgresql"):
        assert all(template_for(operation, 2, vendor) for operation in OPERATIONS.keys() - special)

"""Compiles the typed tree of a formula to database expressions. It knows the operations of the language and nothing else.

No argument is written twice, so the SQL grows only as fast as the formula. 1e301 and 1e-301 are out of reach of every
formula (``check.MOST_BITS``); they carry "missing" through functions that on PostgreSQL ignore NULL or raise an error.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.formula import Formula, FormulaError, Kind
from coremis.kernel.base.formula.evaluate import scaled
from coremis.kernel.base.formula.syntax import KIND_WORDS, Call, Literal, Name, Node
from coremis.kernel.expressions.stored import MIRRORED, compare_stored
from coremis.kernel.expressions.variable import Variable, typed
from coremis.kernel.expressions.written import FIELDS, Written, constant

Columns = Mapping[str, Any]

JOINERS = {"add": " + ", "multiply": " * ", "and": " AND ", "or": " OR "}
COMPARISONS = {
    "equal": "=",
    "unequal": "<>",
    "less": "<",
    "less_or_equal": "<=",
    "more": ">",
    "more_or_equal": ">=",
}
TEMPLATES = {
    "divide": "({0} / nullif({1}, 0))",
    "negate": "(- {0})",
    "not": "(NOT {0})",
    "is_missing": "({0} IS NULL)",
    "if": "CASE {0} WHEN FALSE THEN {2} WHEN TRUE THEN {1} END",
    "abs": "abs({0})",
    "floor": "floor(floor({0} * 1e6 + 0.5) / 1e6)",
    "ceil": "(- floor(- (floor({0} * 1e6 + 0.5) / 1e6)))",
    "ln": "ln(nullif(max({0}, 0), 0))",
    "sqrt": "sqrt(nullif(max({0}, -1e-301), -1e-301))",
    "exp": "exp(nullif(max(nullif(min({0}, 100), 100), -100), -100))",
    "contains": "(instr({0}, {1}) > 0)",
    "days_between": "(julianday({1}) - julianday({0}))",
    "years_between": "CAST(CAST((CAST(replace({1}, '-', '') AS REAL) - CAST(replace({0}, '-', '') AS REAL)) / 10000 AS INTEGER) AS REAL)",
}
POSTGRESQL_TEMPLATES = {
    "ln": "ln(nullif(greatest({0}, 0), 0))",
    "sqrt": "sqrt(nullif(greatest({0}, -1e-301), -1e-301))",
    "exp": "exp(nullif(greatest(nullif(least({0}, 100), 100), -100), -100))",
    "contains": "(strpos({0}, {1}) > 0)",
    "days_between": "({1} - {0})::double precision",
    "years_between": "trunc((to_char({1}, 'YYYYMMDD')::double precision - to_char({0}, 'YYYYMMDD')::double precision) / 10000)",
}


def compile_value(formula: Formula, columns: Columns) -> Written:
    """The formula as an expression; ``columns`` maps each name to a ``Variable``, a field name or any expression."""
    unknown = [name for name in formula.names_used if name not in columns]
    if unknown:
        raise FormulaError(_("“%(name)s” has no column here, so the formula cannot be used."), name=unknown[0])
    return compiled(formula.root, columns)


def compile_condition(formula: Formula, columns: Columns) -> Written:
    """A yes-or-no formula for ``filter``; rows for which the answer is missing do not match."""
    if formula.kind is not Kind.BOOLEAN:
        raise FormulaError(_("A condition must give yes or no; this gives %(kind)s."), kind=KIND_WORDS[formula.kind])
    return compile_value(formula, columns)


def compiled(node: Node, columns: Columns) -> Written:
    """The expression of one node."""
    if isinstance(node, Literal):
        return constant(node.value, node.kind or Kind.TEXT)
    if isinstance(node, Name):
        return read(node, columns[node.name])
    if node.operation in COMPARISONS:
        return comparison(node, columns)
    if node.operation in ("in", "between"):
        return membership(node, columns)
    if node.operation == "round":
        return rounding(node, columns)
    arguments = [compiled(each, columns) for each in node.arguments]
    return Written(
        template_for(node.operation, len(arguments), "sqlite"),
        *arguments,
        kind=node.kind,
        postgresql=template_for(node.operation, len(arguments), "postgresql"),
    )


def read(node: Name, column: Any) -> Written:
    """The expression of one name; FormulaError if its variable is of another kind than the formula was checked with."""
    if not isinstance(column, Variable):
        return typed(column, node.kind)
    if FIELDS.get(column.kind) is not FIELDS.get(node.kind):
        raise FormulaError(_("“%(name)s” is no longer what the formula was written for. Check the formula again."), name=node.name)
    return column


def template_for(operation: str, count: int, vendor: str) -> str:
    """The SQL of an operation on so many arguments; KeyError for an operation that nobody wrote."""
    places = [f"{{{index}}}" for index in range(count)]
    if operation in JOINERS:
        return f"({JOINERS[operation].join(places)})"
    if operation == "coalesce":
        return f"coalesce({', '.join(places)})"
    if operation in ("min", "max") and vendor == "postgresql":
        function, beyond = {"min": ("least", "-1e301"), "max": ("greatest", "1e301")}[operation]
        return f"nullif({function}({', '.join(f'coalesce({place}, {beyond})' for place in places)}), {beyond})"
    if operation in ("min", "max"):
        return f"{operation}({', '.join(places)})"
    return (POSTGRESQL_TEMPLATES if vendor == "postgresql" else {}).get(operation) or TEMPLATES[operation]


def comparable(node: Node, columns: Columns) -> Written:
    """What is really compared: numbers in whole millionths, anything else as it is."""
    if isinstance(node, Literal) and isinstance(node.value, float):
        return constant(scaled(node.value), Kind.NUMBER)
    expression = compiled(node, columns)
    return Written("floor({0} * 1e6 + 0.5)", expression, kind=node.kind) if node.kind is Kind.NUMBER else expression


def numbers_beside(stored: Node, others: Sequence[Node]) -> list[float]:
    """The numbers of the formula that a number of the data is compared with; empty if the comparison is any other."""
    if not isinstance(stored, Name) or stored.kind is not Kind.NUMBER:
        return []
    numbers = [each.value for each in others if isinstance(each, Literal) and isinstance(each.value, float)]
    return numbers if len(numbers) == len(others) else []


def comparison(node: Call, columns: Columns) -> Written:
    """One of the six comparisons."""
    left, right = node.arguments
    for stored, other, operation in (
        (left, right, node.operation),
        (right, left, MIRRORED.get(node.operation, node.operation)),
    ):
        for number in numbers_beside(stored, [other]):
            return compare_stored(operation, compiled(stored, columns), number, number)
    template = f"({{0}} {COMPARISONS[node.operation]} {{1}})"
    return Written(template, comparable(left, columns), comparable(right, columns), kind=Kind.BOOLEAN)


def membership(node: Call, columns: Columns) -> Written:
    """``in`` and ``between``."""
    value, *others = node.arguments
    numbers = numbers_beside(value, others)
    if numbers and node.operation == "between":
        return compare_stored("between", compiled(value, columns), *numbers)
    if numbers:
        ranges = [compare_stored("equal", compiled(value, columns), number, number) for number in numbers]
        return Written(template_for("or", len(ranges), ""), *ranges, kind=Kind.BOOLEAN)
    places = ", ".join(f"{{{index}}}" for index in range(1, len(node.arguments)))
    template = "({0} BETWEEN {1} AND {2})" if node.operation == "between" else f"({{0}} IN ({places}))"
    return Written(template, *(comparable(each, columns) for each in node.arguments), kind=Kind.BOOLEAN)


def rounding(node: Call, columns: Columns) -> Written:
    """``round``: six decimals first, then as many as asked for, halves up."""
    value, decimals = node.arguments
    assert isinstance(decimals, Literal) and isinstance(decimals.value, float)
    scale = 10.0**decimals.value
    template = f"(floor(floor({{0}} * {scale} * 1e6 + 0.5) / 1e6 + 0.5) / {scale})"
    return Written(template, compiled(value, columns), kind=Kind.NUMBER)

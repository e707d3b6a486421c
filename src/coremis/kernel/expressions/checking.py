"""Formulas that people write into rules, read and refused with the code of what they belong to."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.formula import Formula, FormulaError, Kind, parse
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.expressions.compiler import compile_value


def checked(given: Mapping[str, Any], name: str, code: str, names: Mapping[str, str], kind: Kind | None = None) -> Formula | None:
    """The formula under ``name``, None for no text; refused where it cannot be computed or does not give what its place needs."""
    text = str(given.get(name) or "").strip()
    if not text:
        return None
    try:
        formula = parse(text, names)
        compile_value(formula, dict.fromkeys(names, "pk"))
    except FormulaError as problem:
        raise Refusal(_("“%(code)s”: %(problem)s"), code=code, problem=str(problem)) from None
    if kind is not None and formula.kind is not kind:
        sentence = _("“%(code)s”: a condition must give yes or no.")
        raise Refusal(sentence if kind is Kind.BOOLEAN else _("“%(code)s”: a value must be a number."), code=code)
    return formula

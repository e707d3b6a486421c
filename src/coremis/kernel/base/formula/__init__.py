"""The formula language: one small, spreadsheet-like language for scores, conditions, amounts and checks.

``parse`` turns a text into a typed tree or refuses it with one sentence; ``evaluate`` computes it for one set of values.
The same tree is compiled to a database query by ``coremis.kernel.expressions``; both give the same answers.
"""

from coremis.kernel.base.formula.evaluate import clean, evaluate
from coremis.kernel.base.formula.parser import parse
from coremis.kernel.base.formula.syntax import Formula, FormulaError, Kind
from coremis.kernel.base.formula.tokens import RESERVED_WORDS

__all__ = ["RESERVED_WORDS", "Formula", "FormulaError", "Kind", "clean", "evaluate", "parse"]

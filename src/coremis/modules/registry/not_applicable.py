"""“Does not apply”: an answer of its own, beside a value and beside nothing known (pitfall M19).

It is stored in the place of the value, as an object, which no type of the data dictionary uses: so every formula, score and comparison
finds no value there, never a zero, and does what it says about missing values.
"""

from typing import Any

from coremis.kernel.base.formula import Kind
from coremis.kernel.base.text import fold
from coremis.kernel.expressions.variable import Variable
from coremis.kernel.expressions.written import Written

CODE = "not_applicable"  # what a form or another program sends
NOT_APPLICABLE = {"missing": CODE}  # what a record holds
# What people write in files, in the three languages; a choice of the same code or name is that choice.
SPELLINGS = (
    CODE, "n/a", "na", "n.a.", "not applicable", "does not apply", "s/o", "s.o.", "sans objet", "non applicable", "ne s'applique pas",
    "não aplicável", "não se aplica", "n.ap.",
)  # fmt: skip
WORDS = frozenset(map(fold, SPELLINGS))


def says_not_applicable(raw: Any) -> bool:
    """Whether somebody answers so."""
    return raw == NOT_APPLICABLE or (isinstance(raw, str) and fold(raw) in WORDS)


def value_or_none(value: Any) -> Any:
    """A stored value; None where there is none, for whatever reason."""
    return None if value == NOT_APPLICABLE else value


def is_not_applicable(code: str, column: str = "data") -> Written:
    """Whether a record holds this answer to a variable, as a condition."""
    checked = Variable(code, Kind.BOOLEAN, column).code  # only plain codes enter the SQL
    sqlite, postgresql = f"(json_type({{0}}, '$.{checked}') = 'object')", f"(jsonb_typeof({{0}} -> '{checked}') = 'object')"
    return Written(sqlite, column, kind=Kind.BOOLEAN, postgresql=postgresql)

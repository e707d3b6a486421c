"""A configured variable in a JSON column, as one expression for filter, index, sort and formula."""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.formula import FormulaError, Kind
from coremis.kernel.base.formula.syntax import LARGEST, SMALLEST
from coremis.kernel.expressions.written import POSTGRESQL_TEXT, Written

CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")
# Every real day: PostgreSQL's own text-to-date cast raises errors and may not be used in an index.
POSSIBLE_DATE = (
    "^((([0-9][0-9](0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)"
    "|([0-9][0-9][0-9][0-9]-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
    "|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))))$"
)
ISO_DATE = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
USABLE = f"WHEN abs(NUMBER) BETWEEN {SMALLEST!r} AND {LARGEST!r} OR NUMBER = 0 THEN NUMBER END"
USABLE_PATH = f"@ >= {SMALLEST!r} && @ <= {LARGEST!r} || @ == 0 || @ <= -{SMALLEST!r} && @ >= -{LARGEST!r}"
USABLE_REAL = USABLE.replace("NUMBER", "CAST(VALUE AS REAL)")
USABLE_DOUBLE = USABLE.replace("NUMBER", "CAST(VALUE AS double precision)")

SQLITE = {
    Kind.NUMBER: f"CASE WHEN json_type({{0}}, PATH) NOT IN ('integer', 'real') THEN NULL {USABLE_REAL}",
    Kind.BOOLEAN: "CASE json_type({0}, PATH) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END",
    Kind.TEXT: "CASE json_type({0}, PATH) WHEN 'text' THEN VALUE END",
    Kind.DATE: f"CASE WHEN json_type({{0}}, PATH) <> 'text' OR VALUE < '0001' THEN NULL WHEN VALUE NOT GLOB '{ISO_DATE}' THEN NULL"
    " WHEN date(VALUE, '+0 days') = VALUE THEN VALUE END",
}
POSTGRESQL = {
    Kind.NUMBER: f"jsonb_path_query_first({{0}}, 'strict $.\"CODE\" ? ({USABLE_PATH})', '{{}}', true)",
    Kind.BOOLEAN: "CASE jsonb_typeof({0} -> KEY) WHEN 'boolean' THEN (VALUE)::boolean END",
    Kind.TEXT: "CASE jsonb_typeof({0} -> KEY) WHEN 'string' THEN VALUE END COLLATE \"C\"",
    Kind.DATE: f"CASE WHEN jsonb_typeof({{0}} -> KEY) <> 'string' OR left(VALUE, 4) = '0000' THEN NULL WHEN VALUE ~ '{POSSIBLE_DATE}'"
    " THEN make_date(left(VALUE, 4)::integer, substr(VALUE, 6, 2)::integer, right(VALUE, 2)::integer) END",
}
CASTS = {Kind.NUMBER: "::double precision"}


class Variable(Written):
    """The value of one code, typed strictly: what is absent, null, of another type or out of range is NULL, never an error.

    The code is written literally into the SQL, so that an index on the same expression is used; only plain codes pass.
    ``column`` may follow relations, as in ``household__data``.
    """

    def __init__(self, code: str, kind: Kind | str, column: str = "data") -> None:
        if not CODE.fullmatch(code):
            raise FormulaError(_("“%(code)s” is not a valid code for a variable."), code=code[:80])
        self.code = code
        self.kind = Kind(kind)
        lookup = Kind.TEXT if self.kind is Kind.CHOICE else self.kind
        path = f"'$.{code}'"
        sqlite = SQLITE[lookup].replace("VALUE", "json_extract({0}, PATH)").replace("PATH", path)
        postgresql = POSTGRESQL[lookup].replace("VALUE", "({0} ->> KEY)").replace("KEY", f"'{code}'").replace("CODE", code)
        super().__init__(f"({sqlite})", column, kind=self.kind, postgresql=f"({postgresql}){CASTS.get(lookup, '')}")

    def __repr__(self) -> str:
        return f"Variable({self.code!r}, {self.kind.value!r})"


def typed(expression: Any, kind: Kind) -> Written:
    """Any field or expression as a value of the language, with the same care as a variable."""
    if kind is Kind.NUMBER:
        sqlite, postgresql = (each.replace("VALUE", "{0}") for each in (USABLE_REAL, USABLE_DOUBLE))
        return Written(f"(CASE {sqlite})", expression, kind=kind, postgresql=f"(CASE {postgresql})")
    if kind in (Kind.TEXT, Kind.CHOICE):
        return Written("({0})", expression, kind=kind, postgresql=POSTGRESQL_TEXT)
    return Written("({0})", expression, kind=kind)

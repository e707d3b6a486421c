"""The columns of the data dictionary in files: as people read them, and as an import reads them again."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from coremis.kernel.screens.columns import Column
from coremis.kernel.screens.columns import Kind as ColumnKind
from coremis.modules.registry.dictionary import variables_of
from coremis.modules.registry.holders import holder_of
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.not_applicable import NOT_APPLICABLE
from coremis.modules.registry.sight import SENSITIVE, VARIABLE, may_probe
from coremis.modules.registry.words import value_words

Kind = VariableDefinition.Kind
SHAPES: dict[str, ColumnKind] = {Kind.NUMBER: "number", Kind.DATE: "date"}


def variable_columns(
    user: Any, *subjects: str, values: Callable[[Any], dict[str, Any]] = lambda row: row.data, programme: int | None = None
) -> list[Column]:
    """A column for each variable that this person may know of. A masked value is left blank, so that it is never read back."""
    found = variables_of(*subjects, programme=programme)
    return [_column(one, values) for one in found if not one.sensitive or _may_see_all(user, one)]


def _may_see_all(user: Any, found: VariableDefinition) -> bool:
    holder = holder_of(found.subject)
    return holder is not None and may_probe(user, SENSITIVE, holder.permission)


def _column(found: VariableDefinition, values: Callable[[Any], dict[str, Any]]) -> Column:
    permission = VARIABLE if found.masked else SENSITIVE if found.sensitive else None
    return Column(
        f"data_{found.code}", str(found), lambda row: in_file(found, values(row).get(found.code)), kind=SHAPES.get(found.kind, "text"),
        permission=permission, masked=lambda row: "",
    )  # fmt: skip


def in_file(found: VariableDefinition, value: Any) -> Any:
    """A stored value as a spreadsheet holds it: exact numbers, dates, and words in the reader's language."""
    if value is None:
        return None
    if value == NOT_APPLICABLE:
        return value_words(found, value)
    if found.kind == Kind.NUMBER:
        return Decimal(str(value))
    return date.fromisoformat(value) if found.kind == Kind.DATE else value_words(found, value)

"""The filters of the data dictionary: one for each filterable variable whose values the reader may see."""

from dataclasses import replace
from typing import Any

from coremis.kernel.base.text import label
from coremis.kernel.expressions.variable import Variable
from coremis.kernel.screens.filters import Filter, NumberRangeFilter, variable_filter
from coremis.modules.registry.dictionary import variables_of
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.sight import usable


def variable_filters(language: str, user: Any, *subjects: str) -> list[Filter]:
    """A filter for each filterable variable whose values this person may see; its parameter begins with ``var_``."""
    found = [one for one in variables_of(*subjects) if one.filterable]
    return [_variable_filter(one, language) for one in usable(user, found)]


def _variable_filter(found: VariableDefinition, language: str) -> Filter:
    choices = [(str(one["code"]), label(one.get("names"), language) or str(one["code"])) for one in found.choices]
    title = str(found) + (f" ({found.unit})" if found.unit else "")
    made = variable_filter(f"var_{found.code}", title, Variable(found.code, found.kind.lower()), found.kind.lower(), choices)
    return replace(made, decimals=6) if isinstance(made, NumberRangeFilter) else made

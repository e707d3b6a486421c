"""The filters of the data dictionary: one for each filterable variable whose values the reader may see."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from coremis.kernel.base.text import label
from coremis.kernel.expressions.variable import Variable
from coremis.kernel.screens.filters import ChoiceFilter, Filter, NumberRangeFilter, variable_filter
from coremis.modules.registry.dictionary import variables_of
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.not_applicable import is_not_applicable
from coremis.modules.registry.sight import usable


def variable_filters(language: str, user: Any, *subjects: str) -> list[Filter]:
    """A filter for each filterable variable whose values this person may see; its parameter begins with ``var_``."""
    found = [one for one in variables_of(*subjects) if one.filterable]
    return [made for one in usable(user, found) for made in _filters_of(one, language)]


def _filters_of(found: VariableDefinition, language: str) -> list[Filter]:
    """By value, and where the dictionary knows that answer, by “does not apply”."""
    if not found.may_not_apply:
        return [_variable_filter(found, language)]
    title = _("%(fact)s: does not apply") % {"fact": found}
    return [
        _variable_filter(found, language),
        ChoiceFilter(f"var_{found.code}_na", title, on=is_not_applicable(found.code), choices=[(True, _("Yes"))]),
    ]


def _variable_filter(found: VariableDefinition, language: str) -> Filter:
    choices = [(str(one["code"]), label(one.get("names"), language) or str(one["code"])) for one in found.choices]
    title = str(found) + (f" ({found.unit})" if found.unit else "")
    made = variable_filter(f"var_{found.code}", title, Variable(found.code, found.kind.lower()), found.kind.lower(), choices)
    return replace(made, decimals=6) if isinstance(made, NumberRangeFilter) else made

"""The variables of the data dictionary as facts of filters."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.text import label
from coremis.kernel.expressions.variable import Variable
from coremis.kernel.screens.facts import Fact
from coremis.modules.registry.dictionary import variables_of
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.not_applicable import is_not_applicable
from coremis.modules.registry.sight import SENSITIVE, VARIABLE

PREFIX = "var_"
HEADINGS = {"person": _("Person"), "household": _("Household"), "dwelling": _("Dwelling and facts"), "enrolment": _("Beneficiary")}


def dictionary_facts(model: type[Any], subjects: tuple[str, ...]) -> list[Fact]:
    """A fact for each variable in use that may be filtered; of enrolments, those of every programme."""
    language = get_language() or "en"
    return [_fact_of(model, found, place, language) for place, found in enumerate(variables_of(*subjects)) if found.filterable]


def fact_key(model: type[Any], code: str) -> str:
    """What a stored filter calls a variable of these records."""
    return f"{model._meta.label_lower}.{PREFIX}{code}"


def _fact_of(model: type[Any], found: VariableDefinition, place: int, language: str) -> Fact:
    names = [(str(one["code"]), label(one.get("names"), language) or str(one["code"])) for one in found.choices]
    asked = ((found.sensitive, SENSITIVE), (found.masked, VARIABLE))
    return Fact(
        model, f"{PREFIX}{found.code}", str(found), found.kind.lower(),
        value=lambda prefix: Variable(found.code, found.kind.lower(), f"{prefix}data"),
        inapplicable=(lambda prefix: is_not_applicable(found.code, f"{prefix}data")) if found.may_not_apply else None,
        choices=names, unit=found.unit, group=HEADINGS[found.subject], order=500 + place,
        permissions=tuple(permission for hidden, permission in asked if hidden), exact=found.kind == "TEXT",
    )  # fmt: skip

"""The data dictionary at work: which variables there are, and whether values fit them."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.rules import clean_text

Subject = VariableDefinition.Subject
Kind = VariableDefinition.Kind
OF_HOUSEHOLDS = (Subject.HOUSEHOLD, Subject.DWELLING)
OF_PERSONS = (Subject.PERSON,)
LARGEST = 10**12
NO, YES = {"no", "false", "0"}, {"yes", "true", "1"}


def variables_of(*subjects: str) -> list[VariableDefinition]:
    """The variables in use that describe one of these, in their order."""
    return list(VariableDefinition.objects.filter(subject__in=subjects, is_active=True))


def checked_data(subjects: tuple[str, ...], given: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """``before`` with the given values, each as its variable says; None takes a value away. Unknown codes are refused."""
    known = {variable.code: variable for variable in VariableDefinition.objects.filter(subject__in=subjects)}
    values: dict[str, Any] = dict(before or {})
    errors: dict[str, list[Any]] = {}
    for code, raw in given.items():
        try:
            if code not in known:
                raise Refusal(_("There is no variable “%(code)s”. Add it to the data dictionary first."), code=str(code)[:60])
            values[code] = None if raw is None or raw == "" else checked_value(known[code], raw)
        except Refusal as problem:
            errors[code] = [str(problem)]
    for variable in known.values():
        if variable.required and variable.is_active and values.get(variable.code) is None and variable.code not in errors:
            errors[variable.code] = [_("This is required.")]
    if errors:
        raise Invalid(_("Some facts cannot be used. Correct them and send it again."), errors)
    return {code: value for code, value in values.items() if value is not None}


def checked_value(variable: VariableDefinition, raw: Any) -> Any:
    """One value as it is stored: a number, yes or no, a text, an ISO date, or the code of a choice."""
    checks: dict[str, Any] = {
        Kind.NUMBER: _number, Kind.BOOLEAN: _boolean, Kind.DATE: _date, Kind.TEXT: clean_text, Kind.CHOICE: partial(_choice, variable),
    }  # fmt: skip
    return checks[variable.kind](raw)


def choice_codes(variable: VariableDefinition) -> list[str]:
    """The codes a choice variable accepts."""
    return [str(choice["code"]) for choice in variable.choices]


def _number(raw: Any) -> int | float:
    text = str(raw).strip()
    if isinstance(raw, bool) or not re.fullmatch(r"-?\d{1,15}(\.\d{1,6})?", text):
        raise Refusal(_("“%(value)s” is not a number."), value=text[:40])
    number = Decimal(text)
    if abs(number) > LARGEST:
        raise Refusal(_("“%(value)s” is too large a number."), value=text[:40])
    return int(number) if number == number.to_integral_value() else float(number)


def _boolean(raw: Any) -> bool:
    text = str(raw).strip().lower()
    if text not in YES | NO:
        raise Refusal(_("“%(value)s” is neither yes nor no."), value=text[:40])
    return text in YES


def _date(raw: Any) -> str:
    try:
        return (raw if isinstance(raw, date) else date.fromisoformat(str(raw).strip())).isoformat()[:10]
    except ValueError:
        raise Refusal(_("“%(value)s” is not a date. Write year-month-day."), value=str(raw)[:40]) from None


def _choice(variable: VariableDefinition, raw: Any) -> str:
    if str(raw) not in choice_codes(variable):
        raise Refusal(_("“%(value)s” is not one of the choices."), value=str(raw)[:40])
    return str(raw)

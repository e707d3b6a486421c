"""The data dictionary at work: which variables there are, and whether values fit them."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.registry.checking import SAME, FactRules, check_unique, sentence_of
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.not_applicable import NOT_APPLICABLE, says_not_applicable
from coremis.modules.registry.rules import clean_text

Subject = VariableDefinition.Subject
Kind = VariableDefinition.Kind
OF_HOUSEHOLDS = (Subject.HOUSEHOLD, Subject.DWELLING)
OF_PERSONS = (Subject.PERSON,)
OF_ENROLMENTS = (Subject.ENROLMENT,)
Errors = dict[str, list[Any]]
LARGEST = 10**12
NO, YES = {"no", "false", "0"}, {"yes", "true", "1"}


def variables_of(*subjects: str, programme: int | None = None) -> list[VariableDefinition]:
    """The variables in use that describe one of these, in their order; of enrolments, those of one programme and of all."""
    found = VariableDefinition.objects.filter(subject__in=subjects, is_active=True)
    return list(found.filter(Q(programme_id=None) | Q(programme_id=programme)) if programme is not None else found)


def asked_of(*subjects: str, programme: int | None = None) -> list[VariableDefinition]:
    """Those of them that forms and files ask for today."""
    today = timezone.localdate()
    return [found for found in variables_of(*subjects, programme=programme) if found.asked_on(today)]


def checked_data(
    subjects: tuple[str, ...],
    given: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
    *,
    pk: int | None = None,
    programme: int | None = None,
) -> dict[str, Any]:
    """``before`` with the given values, each as its variable says; None takes a value away. Unknown codes are refused.

    ``pk`` is the id of the record that holds ``before``. What must be required, different or fit a rule is checked here, too.
    """
    every = VariableDefinition.objects.filter(subject__in=subjects)
    rules = FactRules(list(every.filter(Q(programme_id=None) | Q(programme_id=programme)) if programme is not None else every))
    held = dict(before or {})
    values, errors = _read_given(rules.by_code, given, held)
    for code in rules.missing(values):
        errors.setdefault(code, [_("This is required.")])
    for code, problem in rules.problems(values, held).items():
        errors.setdefault(code, [sentence_of(problem)])
    for code in check_unique([found for code, found in rules.by_code.items() if code not in errors], values, held, pk):
        errors[code] = [SAME]
    if errors:
        raise Invalid(_("Some facts cannot be used. Correct them and send it again."), errors)
    return {code: value for code, value in values.items() if value is not None}


def _read_given(known: Mapping[str, VariableDefinition], given: Mapping[str, Any], held: dict[str, Any]) -> tuple[dict[str, Any], Errors]:
    values, errors = dict(held), {}
    for code, raw in given.items():
        try:
            if code not in known:
                raise Refusal(_("There is no variable “%(code)s”. Add it to the data dictionary first."), code=str(code)[:60])
            values[code] = None if raw is None or raw == "" else checked_value(known[code], raw)
        except Refusal as problem:
            errors[code] = [str(problem)]
    return values, errors


def repeated(subjects: tuple[str, ...], datas: Sequence[Mapping[str, Any]]) -> list[tuple[int, str]]:
    """(place, code) of every value that must be different and stands in several of these records."""
    unique = VariableDefinition.objects.filter(subject__in=subjects, unique=True).values_list("code", flat=True)
    found = []
    for code in unique:
        counted = Counter(data[code] for data in datas if data.get(code) is not None)
        found += [(place, code) for place, data in enumerate(datas) if counted.get(data.get(code), 0) > 1]
    return found


def checked_value(variable: VariableDefinition, raw: Any) -> Any:
    """One value as it is stored: a number, yes or no, a text, an ISO date, the code of a choice; or that the question does not apply."""
    if variable.may_not_apply and says_not_applicable(raw) and str(raw) not in choice_codes(variable):
        return NOT_APPLICABLE
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

"""What the data dictionary asks of the values of one record together: choices in use, dates, rules, and being different for everybody."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.formula import Formula, FormulaError, evaluate, parse
from coremis.kernel.base.formula import Kind as FormulaKind
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.base.text import label
from coremis.kernel.expressions.variable import Variable
from coremis.modules.registry.holders import holder_of
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.not_applicable import NOT_APPLICABLE, value_or_none

Kind, Subject = VariableDefinition.Kind, VariableDefinition.Subject
VALUE, TODAY = "value", "today"
FAMILIES: tuple[tuple[str, ...], ...] = ((Subject.PERSON,), (Subject.HOUSEHOLD, Subject.DWELLING), (Subject.ENROLMENT,))
Problem = tuple[Any, dict[str, Any]]


def family_of(subject: str) -> tuple[str, ...]:
    """The subjects whose values lie together in one record."""
    return next(family for family in FAMILIES if subject in family)


def kinds_of(variables: Iterable[VariableDefinition]) -> dict[str, str]:
    """The names a rule may use, with their kinds."""
    return {found.code: FormulaKind(found.kind.lower()).value for found in variables} | {TODAY: FormulaKind.DATE.value}


def read_rule(text: str, kind: str, names: Mapping[str, str]) -> Formula:
    """The formula of a rule: over ``value``, ``today`` and the variables of the same record; its answer is yes or no."""
    formula = parse(text, {**names, VALUE: FormulaKind(kind.lower()).value})
    if formula.kind is not FormulaKind.BOOLEAN:
        raise FormulaError(_("A rule must answer yes or no. Compare something, for instance: value >= 0"))
    return formula


class FactRules:
    """The rules of one family of variables, read once and asked for many records."""

    def __init__(self, variables: Sequence[VariableDefinition], day: date | None = None) -> None:
        self.day = day or timezone.localdate()
        self.by_code = {found.code: found for found in variables}
        self._names = kinds_of(variables)
        self._formulas = {found.code: self._read(found) for found in variables if found.validation.strip() and found.is_active}

    def problems(self, values: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Problem]:
        """By code: a sentence and its parameters for each value that cannot be taken. What did not change is left alone."""
        changed = {code for code in {*values, *before} if values.get(code) != before.get(code)}
        found: dict[str, Problem] = {}
        for code in changed & set(self.by_code):
            if values.get(code) is not None and (problem := self._not_asked(self.by_code[code], values[code])):
                found[code] = problem
        for code, formula in self._formulas.items():
            concerned = {code} if formula is None else {code, *formula.names_used}
            asked = value_or_none(values.get(code)) is not None and concerned & changed and code not in found
            if asked and (problem := self._broken(self.by_code[code], formula, values)):
                found[code] = problem
        return found

    def missing(self, values: Mapping[str, Any]) -> list[str]:
        """The codes of what must be there today and is not."""
        return [code for code, found in self.by_code.items() if found.required and found.asked_on(self.day) and values.get(code) is None]

    def _read(self, found: VariableDefinition) -> Formula | None:
        try:
            return read_rule(found.validation, found.kind, self._names)
        except FormulaError:
            return None  # told wherever a value comes: a rule that cannot be read lets nothing pass

    def _not_asked(self, found: VariableDefinition, value: Any) -> Problem | None:
        if not found.asked_on(self.day):
            return _("“%(name)s” is not asked for now. Leave it as it is."), {"name": str(found)}
        if value == NOT_APPLICABLE and not found.may_not_apply:
            return _("“%(name)s” applies to everybody. Give the value, or leave it empty."), {"name": str(found)}
        if value == NOT_APPLICABLE:
            return None
        if not shaped(found, value):
            return _("“%(name)s” is of another type by now. Give the value anew."), {"name": str(found)}
        if found.kind == Kind.CHOICE and str(value) not in offered_codes(found):
            return _("This choice of “%(name)s” is no longer offered. Choose another."), {"name": str(found)}
        return None

    def _broken(self, found: VariableDefinition, formula: Formula | None, values: Mapping[str, Any]) -> Problem | None:
        if formula is None:
            return _("The rule of “%(name)s” cannot be read. Ask whoever keeps the data dictionary."), {"name": str(found)}
        known = {code: value_or_none(value) for code, value in values.items()}
        if evaluate(formula, {TODAY: self.day, **known, VALUE: known[found.code]}) is True:
            return None
        own = label(found.error_texts, get_language() or "en")
        return ("%(said)s", {"said": own}) if own else (_("This breaks the rule of “%(name)s”. Check it."), {"name": str(found)})


def offered_codes(found: VariableDefinition) -> set[str]:
    """The choices that may be given to a record now."""
    return {str(choice["code"]) for choice in found.choices if not choice.get("retired")}


def shaped(found: VariableDefinition, value: Any) -> bool:
    """Whether a value has the shape in which its type is stored; what waited in an import may be older than a change of the type."""
    if found.kind == Kind.NUMBER:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if found.kind == Kind.DATE and isinstance(value, str):
        return re.fullmatch(r"\d{4}-\d\d-\d\d", value) is not None
    return isinstance(value, bool if found.kind == Kind.BOOLEAN else str)


def retired_codes(found: VariableDefinition) -> set[str]:
    """The choices that are kept for stored values and no longer offered."""
    return {str(choice["code"]) for choice in found.choices if choice.get("retired")}


def compared(found: VariableDefinition, value: Any) -> Any:
    """A stored value as the database compares it."""
    if found.kind == Kind.DATE:
        return date.fromisoformat(value)
    return float(value) if found.kind == Kind.NUMBER else value


def taken(found: VariableDefinition, values: Iterable[Any], but: Iterable[int] = ()) -> dict[Any, int]:
    """Which of these stored values other records hold already, with the id of one that does; one statement."""
    holder, wanted = holder_of(found.subject), {compared(found, value): value for value in values}
    if holder is None or not wanted:
        return {}
    rows: Any = holder.model._base_manager.annotate(held=Variable(found.code, found.kind.lower())).filter(held__in=list(wanted))
    if any(field.name == "retired_on" for field in holder.model._meta.fields):
        rows = rows.filter(retired_on=None)
    own = set(but)
    return {wanted[held]: pk for pk, held in rows.values_list("pk", "held") if pk not in own}


def check_unique(
    variables: Iterable[VariableDefinition], values: Mapping[str, Any], before: Mapping[str, Any], pk: int | None
) -> list[str]:
    """The codes of values that somebody else has. Whoever writes such a value waits here for others who do, until they are done."""
    asked = [found for found in variables if found.unique and values.get(found.code) not in (None, before.get(found.code))]
    lock_unique(asked)
    return [found.code for found in asked if taken(found, [values[found.code]], () if pk is None else (pk,))]


def lock_unique(variables: Iterable[VariableDefinition]) -> None:
    """Let one transaction at a time write values of these; the index beside it catches every other way in."""
    keys = sorted(found.pk for found in variables)
    if keys and connection.in_atomic_block:
        list(VariableDefinition.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))


def taken_meanwhile(records: Iterable[Any], but: Iterable[int] = ()) -> list[str]:
    """A sentence for each value that must be different and was given to somebody else while a record was out of use."""
    found, held = [], [record for record in records if record.data]
    variables = list(VariableDefinition.objects.filter(unique=True)) if held else []
    lock_unique(variables)
    for record in held:
        for one in variables:
            holder, value = holder_of(one.subject), value_or_none(record.data.get(one.code))
            if holder is not None and holder.model is type(record) and value is not None and taken(one, [value], (record.pk, *but)):
                found.append(str(GIVEN % {"fact": one, "who": record}))
    return found


GIVEN = _("“%(fact)s” of %(who)s was given to somebody else meanwhile. Correct it there first.")
SAME = _("Somebody else has this value already. It must be different for everybody.")


def sentence_of(problem: Problem) -> str:
    """A problem in the reader's language."""
    return str(Refusal(problem[0], **problem[1]))

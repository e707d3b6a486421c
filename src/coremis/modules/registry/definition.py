"""Whether an entry of the data dictionary can be as it was written, beside what is stored under its code already."""

import re
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.formula import RESERVED_WORDS, FormulaError, parse
from coremis.kernel.base.refusal import Invalid
from coremis.kernel.expressions.variable import Variable
from coremis.modules.registry.checking import TODAY, VALUE, family_of, kinds_of, read_rule
from coremis.modules.registry.holders import holder_of
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.not_applicable import CODE, is_not_applicable

Kind, Subject = VariableDefinition.Kind, VariableDefinition.Subject
Errors = dict[str, list[Any]]
TAKEN_WORDS = {VALUE, TODAY, *RESERVED_WORDS}
WRONG = _("The variable cannot be kept like this. Correct it and send it again.")


def check_definition(variable: VariableDefinition, stored: VariableDefinition | None) -> None:
    """Refuse, all at once, what cannot be; ``stored`` is the entry as it is now, None for a new one."""
    errors: Errors = {}
    for check in (_check_code, _check_kind, _check_choices, _check_rule, _check_flags, _check_dates, _check_unique):
        check(variable, stored, errors)
    if errors:
        raise Invalid(WRONG, errors)


def _check_code(variable: VariableDefinition, stored: VariableDefinition | None, errors: Errors) -> None:
    if not any(str(text).strip() for text in variable.names.values()):
        errors["names"] = [_("Write the name in at least one language.")]
    if stored is not None:
        return
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", variable.code):
        errors["code"] = [_("A code begins with a small letter and holds small letters, digits and _ only.")]
    elif variable.code in TAKEN_WORDS:
        errors["code"] = [_("This word has a meaning of its own in formulas. Take another code.")]
    elif (twin := VariableDefinition.objects.filter(subject__in=family_of(variable.subject), code=variable.code).first()) is not None:
        shared = _("Households and dwellings share their codes, and this one is taken.")
        errors["code"] = [shared if twin.subject != variable.subject else _("This code is taken. A code keeps its meaning for ever.")]
    if variable.programme_id is not None and variable.subject != Subject.ENROLMENT:
        errors["programme_id"] = [_("Only variables of enrolments belong to one programme.")]
    if holder_of(variable.subject) is None:
        errors["subject"] = [_("Nothing keeps such values here. The module may be switched off.")]


def _check_kind(variable: VariableDefinition, stored: VariableDefinition | None, errors: Errors) -> None:
    if stored is not None and variable.kind != stored.kind and is_stored(stored):
        errors["kind"] = [_("Values are stored under this code, so its type stays. Take another code.")]


def _check_choices(variable: VariableDefinition, stored: VariableDefinition | None, errors: Errors) -> None:
    codes = [str(choice.get("code", "")).strip() for choice in variable.choices]
    if variable.kind != Kind.CHOICE:
        if codes:
            errors["choices"] = [_("Only a variable of the type “one of a list” has choices.")]
        return
    offered = [choice for choice in variable.choices if not choice.get("retired")]
    if not all(codes) or len(offered) < 2 or len(set(codes)) < len(codes):
        errors["choices"] = [_("A list needs at least two choices, each with its own code.")]
    elif not all(re.fullmatch(r"[\w.\-]{1,60}", code) for code in codes):
        errors["choices"] = [_("The code of a choice holds letters, digits, dots, - and _ only.")]
    gone = {str(choice["code"]) for choice in stored.choices} - set(codes) if stored else set()
    if stored and (kept := sorted(code for code in gone if is_stored(stored, code))):
        sentence = _("Records hold these choices, so they stay: %(codes)s. Say that they are no longer offered.")
        errors["choices"] = [sentence % {"codes": ", ".join(kept)}]


def _check_rule(variable: VariableDefinition, stored: VariableDefinition | None, errors: Errors) -> None:
    if not variable.validation:
        return
    others = VariableDefinition.objects.filter(subject__in=family_of(variable.subject)).exclude(pk=variable.pk)
    try:
        read_rule(variable.validation, variable.kind, kinds_of([*others, variable]))
    except FormulaError as problem:
        errors["validation"] = [str(problem)]


def _check_flags(variable: VariableDefinition, stored: VariableDefinition | None, errors: Errors) -> None:
    if variable.sensitive and variable.required:
        errors["required"] = [_("Not everybody may see a sensitive fact, so it cannot be required.")]
    if variable.unique and variable.kind in (Kind.BOOLEAN, Kind.CHOICE):
        errors["unique"] = [_("A yes or no and a choice cannot be different for everybody.")]
    if variable.unique and variable.may_not_apply:
        errors["may_not_apply"] = [_("What is different for everybody applies to everybody.")]
    if variable.may_not_apply and CODE in [str(choice.get("code")) for choice in variable.choices]:
        errors["may_not_apply"] = [_("One of the choices says this already. Take it away, or leave this out.")]
    if stored and stored.may_not_apply and not variable.may_not_apply and rows_without_application(stored).exists():
        errors["may_not_apply"] = [_("Records hold the answer “does not apply”, so it stays possible.")]
    if variable.unit and variable.kind != Kind.NUMBER:
        errors["unit"] = [_("Only numbers have a unit.")]
    if len(variable.unit) > 20:
        errors["unit"] = [_("A unit has at most 20 letters.")]


def _check_dates(variable: VariableDefinition, stored: VariableDefinition | None, errors: Errors) -> None:
    if variable.valid_from and variable.valid_until and variable.valid_until < variable.valid_from:
        errors["valid_until"] = [_("The last day lies before the first one.")]


def _check_unique(variable: VariableDefinition, stored: VariableDefinition | None, errors: Errors) -> None:
    if variable.unique and stored is not None and not stored.unique and "unique" not in errors and (count := count_repeated(stored)):
        sentence = _("Several records share a value (%(count)s values). Correct them first.")
        errors["unique"] = [sentence % {"count": count}]


def rows_with(variable: VariableDefinition, value: Any = None) -> Any:
    """The records, wherever they lie, that hold a value of this variable, or this very value."""
    holder = holder_of(variable.subject)
    if holder is None:
        return VariableDefinition.objects.none()
    rows: Any = holder.model._base_manager.annotate(held=Variable(variable.code, variable.kind.lower()))
    return rows.exclude(held=None) if value is None else rows.filter(held=value)


def rows_without_application(variable: VariableDefinition) -> Any:
    """The records, wherever they lie, to which a variable does not apply."""
    holder = holder_of(variable.subject)
    rows: Any = holder.model._base_manager if holder else VariableDefinition.objects.none()
    return rows.filter(is_not_applicable(variable.code)) if holder else rows


def is_stored(variable: VariableDefinition, value: Any = None) -> bool:
    """Whether any record holds it; what is stored in a wrong shape counts, too."""
    return bool(rows_with(variable, value).exists())


def count_repeated(variable: VariableDefinition) -> int:
    """How many values stand in several records."""
    rows = rows_with(variable)
    if any(field.name == "retired_on" for field in rows.model._meta.fields):
        rows = rows.filter(retired_on=None)  # who was merged or withdrawn holds its values for ever
    shared = rows.order_by().values("held").annotate(found=Count("pk")).filter(found__gt=1)
    return int(shared.count())


def uses_name(text: str, code: str, kind: str) -> bool:
    """Whether a formula names this code; one that cannot be read counts where the word stands in it."""
    if not re.search(rf"\b{re.escape(code)}\b", text):
        return False
    try:
        return code in parse(text, _Anything(code, kind)).names_used
    except FormulaError:
        return True


class _Anything(dict[str, str]):
    """Names of which only one kind is known; formulas over others cannot be read and count as uses."""

    def __init__(self, code: str, kind: str) -> None:
        super().__init__({code: kind.lower()})

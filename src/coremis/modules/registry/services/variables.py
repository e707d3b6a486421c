"""The entries of the data dictionary: adding, changing, taking out of use, putting in order."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.registry.definition import check_definition
from coremis.modules.registry.dictionary import variables_of
from coremis.modules.registry.indexing import order_indexes
from coremis.modules.registry.models import VariableDefinition

Kind, Subject = VariableDefinition.Kind, VariableDefinition.Subject
MOST = 32_000


@action(_("Define a variable"))
def define_variable(
    *, subject: VariableDefinition.Subject, code: str, names: dict[str, str], kind: VariableDefinition.Kind,
    choices: list[dict[str, Any]] | None = None, unit: str = "", required: bool = False, filterable: bool = False,
    position: int | None = None, help_texts: dict[str, str] | None = None, programme_id: int | None = None, unique: bool = False,
    validation: str = "", error_texts: dict[str, str] | None = None, masked: bool = False, sensitive: bool = False,
    valid_from: date | None = None, valid_until: date | None = None, is_active: bool = True, may_not_apply: bool = False, actor: Actor,
) -> VariableDefinition:  # fmt: skip
    """Add a variable. Its code keeps its meaning for ever, so it is never given twice.

    ``choices`` are {code, names, retired}. Households and dwellings share one set of codes. ``validation`` is a formula over ``value``,
    ``today`` and the other variables of the same record.
    """
    variable = VariableDefinition(
        subject=subject, code=code.strip(), names=names, kind=kind, choices=choices or [], unit=unit.strip(), required=required,
        filterable=filterable, help_texts=help_texts or {}, programme_id=programme_id, unique=unique, validation=validation.strip(),
        error_texts=error_texts or {}, masked=masked, sensitive=sensitive, valid_from=valid_from, valid_until=valid_until,
        is_active=is_active, may_not_apply=may_not_apply,
    )  # fmt: skip
    check_definition(variable, None)
    variable.position = min(position if position is not None else _last(subject) + 1, MOST)
    variable.save()
    order_indexes()
    return variable


@action(_("Change a variable"), approvable=True)
def change_variable(
    *, variable: VariableDefinition, names: dict[str, str] | None = None, kind: VariableDefinition.Kind | None = None,
    choices: list[dict[str, Any]] | None = None, unit: str | None = None, required: bool | None = None, filterable: bool | None = None,
    help_texts: dict[str, str] | None = None, unique: bool | None = None, validation: str | None = None,
    error_texts: dict[str, str] | None = None, masked: bool | None = None, sensitive: bool | None = None, valid_from: date | None = None,
    valid_until: date | None = None, may_not_apply: bool | None = None, always: bool = False, actor: Actor,
) -> VariableDefinition:  # fmt: skip
    """Change what is given; code and subject stay, and the type once a value is stored. ``always`` takes away the dates not given."""
    stored = VariableDefinition.objects.select_for_update().get(pk=variable.pk)
    given = {
        "names": names, "kind": kind, "choices": choices, "unit": unit, "required": required, "filterable": filterable,
        "help_texts": help_texts, "unique": unique, "validation": validation, "error_texts": error_texts, "masked": masked,
        "sensitive": sensitive, "valid_from": valid_from, "valid_until": valid_until, "may_not_apply": may_not_apply,
    }  # fmt: skip
    apply_change(variable, given, always)
    check_definition(variable, stored)
    variable.save()
    order_indexes()
    return variable


def apply_change(variable: VariableDefinition, given: dict[str, Any], always: bool = False) -> VariableDefinition:
    """Put what was given into the entry, without storing it."""
    if always:
        variable.valid_from = variable.valid_until = None
    for name, value in given.items():
        if value is not None:
            setattr(variable, name, value.strip() if isinstance(value, str) and name != "kind" else value)
    return variable


@action(_("Take a variable out of use"), approvable=True)
def retire_variable(*, variable: VariableDefinition, reason: str, actor: Actor) -> VariableDefinition:
    """No longer asked for or shown; what is stored stays, and the code is never given again."""
    _need(reason)
    if not variable.is_active:
        raise Refusal(_("This variable is out of use already."))
    return _use(variable, False)


@action(_("Use a variable again"), approvable=True)
def restore_variable(*, variable: VariableDefinition, reason: str, actor: Actor) -> VariableDefinition:
    """Asked for and shown again, with everything that was stored."""
    _need(reason)
    if variable.is_active:
        raise Refusal(_("This variable is in use already."))
    return _use(variable, True)


@action(_("Put variables in order"))
def reorder_variables(*, subject: VariableDefinition.Subject, codes: list[str], actor: Actor) -> list[VariableDefinition]:
    """The order in which forms, pages and files show the variables of a subject; all in use must be named, each once."""
    found = {variable.code: variable for variable in variables_of(subject)}
    if sorted(codes) != sorted(found):
        raise Invalid(_("The list of variables has changed meanwhile. Look at it again."), {})
    for position, code in enumerate(codes, start=1):
        found[code].position = position
        found[code].save()
    return [found[code] for code in codes]


def _use(variable: VariableDefinition, is_active: bool) -> VariableDefinition:
    variable.is_active = is_active
    variable.save()
    order_indexes()
    return variable


def _need(reason: str) -> None:
    if not reason.strip():
        raise Invalid(_("Write why."), {"reason": [_("This is required.")]})


def _last(subject: str) -> int:
    found = VariableDefinition.objects.filter(subject=subject).order_by("-position").values_list("position", flat=True).first()
    return found or 0

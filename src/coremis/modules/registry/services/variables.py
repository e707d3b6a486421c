"""The entries of the data dictionary."""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.modules.registry.dictionary import OF_HOUSEHOLDS
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.services.fields import Errors, refuse_if

Kind = VariableDefinition.Kind


@action(_("Define a variable"))
def define_variable(
    *, subject: VariableDefinition.Subject, code: str, names: dict[str, str], kind: VariableDefinition.Kind,
    choices: list[dict[str, Any]] | None = None, unit: str = "", required: bool = False,
    filterable: bool = False, position: int = 0, is_active: bool = True, actor: Actor,
) -> VariableDefinition:  # fmt: skip
    """Add a variable, or change its name, choices and use. A code that exists keeps its type, because values are stored under it.

    ``choices`` are {code, names}. Households and dwellings share one set of codes.
    """
    found = VariableDefinition.objects.filter(subject=subject, code=code).first()
    errors: Errors = {}
    _check(subject, code, names, kind, choices or [], found, errors)
    refuse_if(errors)
    variable = found or VariableDefinition(subject=subject, code=code, kind=kind)
    variable.names, variable.choices, variable.unit = names, choices or [], unit
    variable.required, variable.filterable, variable.position, variable.is_active = required, filterable, position, is_active
    variable.save()
    return variable


def _check(
    subject: str,
    code: str,
    names: dict[str, str],
    kind: str,
    choices: list[dict[str, Any]],
    found: VariableDefinition | None,
    errors: Errors,
) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", code):
        errors["code"] = [_("A code begins with a small letter and holds small letters, digits and _ only.")]
    if not any(str(text).strip() for text in names.values()):
        errors["names"] = [_("Write the name in at least one language.")]
    if found and found.kind != kind:
        errors["kind"] = [_("This code is in use with another type. Take another code.")]
    codes = [str(choice.get("code", "")) for choice in choices]
    if kind == Kind.CHOICE and (not all(codes) or len(codes) < 2 or len(set(codes)) < len(codes)):
        errors["choices"] = [_("A list needs at least two choices, each with its own code.")]
    if found and set(map(str, (choice["code"] for choice in found.choices))) - set(codes):
        errors["choices"] = [_("A choice that was used stays. Add new ones beside it.")]
    others = set(OF_HOUSEHOLDS) - {subject} if subject in OF_HOUSEHOLDS else set()
    if VariableDefinition.objects.filter(subject__in=others, code=code).exists():
        errors["code"] = [_("Households and dwellings share their codes, and this one is taken.")]

"""What a change of the data dictionary will do, in words, before it is done."""

from collections.abc import Callable
from copy import copy
from functools import partial
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coremis.kernel.base.text import label
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.preview import Preview
from coremis.modules.registry.definition import check_definition
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.services.variables import apply_change
from coremis.modules.registry.usage import counted, holding, lacking, uses_of

Inputs = dict[str, Any]
NOT_FIELDS = ("variable", "always")


def new_variable(inputs: Inputs, actor: Any) -> Preview:
    """What the new entry will be, and where it will show."""
    variable = VariableDefinition(**{name: value for name, value in inputs.items() if value is not None})
    check_definition(variable, None)
    facts = [
        (_("Name"), str(variable)), (_("Code"), variable.code), (_("Describes"), variable.get_subject_display()),
        (_("Type"), variable.get_kind_display()), (_("Choices"), choices_words(variable)), *consequences(None, variable, actor),
    ]  # fmt: skip
    return Preview(facts=facts)


def changed_variable(inputs: Inputs, actor: Any) -> Preview:
    """Every property before and after, and what follows for forms, lists and stored values."""
    before: VariableDefinition = VariableDefinition.objects.get(pk=inputs["variable"].pk)
    given = {name: value for name, value in inputs.items() if name not in NOT_FIELDS}
    after = apply_change(copy(before), given, bool(inputs.get("always")))
    check_definition(after, before)
    changes = [(title, old, new) for title, old, new in differences(before, after) if old != new]
    problem = "" if changes else _("Nothing is different yet. Change something, or leave the page.")
    facts = [(_("Variable"), f"{before} ({before.code})"), *consequences(before, after, actor)]
    return Preview(facts=facts, changes=changes, problem=problem)


def retired_variable(inputs: Inputs, actor: Any) -> Preview:
    """How many values will no longer be shown, and what names the variable."""
    variable: VariableDefinition = inputs["variable"]
    facts = [
        (_("Variable"), f"{variable} ({variable.code})"),
        (_("Stored values in your places"), counted(holding(variable, actor))),
        (_("What follows"), _("Nobody is asked for it any more. Stored values stay and are not shown.")),
        *((_("Named in"), words) for words, _address in uses_of(variable, actor)),
        *((_("Reason"), text) for text in [inputs.get("reason")] if text),
    ]
    return Preview(facts=facts, changes=[(_("Status"), _("in use"), _("out of use"))])


def restored_variable(inputs: Inputs, actor: Any) -> Preview:
    """What comes back."""
    variable: VariableDefinition = inputs["variable"]
    facts = [
        (_("Variable"), f"{variable} ({variable.code})"),
        (_("Stored values in your places"), counted(holding(variable, actor))),
        (_("What follows"), _("Forms ask for it again, and stored values are shown again.")),
    ]
    return Preview(facts=facts, changes=[(_("Status"), _("out of use"), _("in use"))])


def new_order(inputs: Inputs, actor: Any) -> Preview:
    """The order as it will be."""
    names = {found.code: str(found) for found in VariableDefinition.objects.filter(subject=inputs["subject"])}
    return Preview(facts=[(str(place), names.get(code, code)) for place, code in enumerate(inputs["codes"], start=1)])


def differences(before: VariableDefinition, after: VariableDefinition) -> list[tuple[Any, str, str]]:
    """Title, words before and words after of every property."""
    titles = {field.name: field.verbose_name for field in VariableDefinition._meta.concrete_fields}
    plain = ("unit", "required", "unique", "filterable", "may_not_apply", "masked", "sensitive", "validation", "valid_from", "valid_until")
    shown: dict[str, tuple[Any, Callable[[Any], str]]] = {
        **{name: (titles[name], partial(_property, name)) for name in plain},
        "names": (_("Name"), lambda one: texts_words(one.names)),
        "kind": (_("Type"), lambda one: str(one.get_kind_display())),
        "choices": (_("Choices"), choices_words),
        "help_texts": (_("Help beside the field"), lambda one: texts_words(one.help_texts)),
        "error_texts": (_("Sentence where the rule is broken"), lambda one: texts_words(one.error_texts)),
    }
    return [(str(title)[:1].upper() + str(title)[1:], show(before), show(after)) for title, show in shown.values()]


def _property(name: str, variable: VariableDefinition) -> str:
    return text_of(getattr(variable, name))


def consequences(before: VariableDefinition | None, after: VariableDefinition, actor: Any) -> list[tuple[Any, Any]]:
    """What follows from properties that are new."""

    def is_new(name: str) -> bool:
        return bool(getattr(after, name)) and not (before and getattr(before, name))

    def was(name: str) -> bool:
        return bool(before is not None and getattr(before, name) and not getattr(after, name))

    found = []
    if is_new("required"):
        found.append((_("Records without a value"), counted(lacking(after, actor))))
        found.append((_("Required"), _("They stay as they are; whoever changes them next must fill it in.")))
    if is_new("unique"):
        found.append((_("Different for everybody"), _("A value that somebody has is refused from now on, in files too.")))
    if is_new("validation"):
        found.append((_("Rule"), _("It is asked of every new value. Stored values stay until they are changed.")))
    if is_new("masked"):
        found.append((_("Masked"), _("Pages, lists, files and the history show ••• to whoever lacks the right.")))
    if is_new("sensitive"):
        found.append((_("Sensitive"), _("Pages, forms, lists and files leave it out for whoever lacks the right.")))
    if was("masked") or was("sensitive"):
        found.append((_("Attention"), _("Values that were hidden will be seen by everybody who sees the record.")))
    if is_new("filterable"):
        found.append((_("Filter"), _("An index is made in the background; until then the filter is slower.")))
    return found


def texts_words(texts: dict[str, str]) -> str:
    """“Rooms (en), Pièces (fr)”."""
    return ", ".join(f"{text} ({code})" for code, text in sorted(texts.items()) if text)


def choices_words(variable: VariableDefinition) -> str:
    """The choices by name, with those no longer offered marked."""
    gone = _("no longer offered")
    words = [(label(one.get("names"), get_language() or "en") or one["code"], bool(one.get("retired"))) for one in variable.choices]
    return ", ".join(f"{name} ({gone})" if retired else str(name) for name, retired in words)

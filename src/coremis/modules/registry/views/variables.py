"""Pages of the data dictionary."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.text import label
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.details import Attention, DetailScreen, Fact
from coremis.kernel.screens.lists import EmptyState, ListScreen
from coremis.kernel.screens.screen import ActionLink
from coremis.kernel.screens.timeline import Timeline
from coremis.modules.registry import services, variable_previews
from coremis.modules.registry.forms import ReasonForm
from coremis.modules.registry.indexing import is_ready
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.variable_forms import ChangeVariableForm, DefineVariableForm, OrderForm, ordered_codes
from coremis.modules.registry.variable_previews import choices_words, texts_words
from coremis.modules.registry.variable_tables import SEE, VariableTable, flags_of, state_of, variable_url

NEW = ActionLink(_("Define a variable"), "registry:define_variable", services.define_variable.name, tone="primary")
SHARED = (
    "names", "kind", "choices", "unit", "help_texts", "required", "unique", "filterable", "masked", "sensitive", "validation",
    "error_texts", "valid_from", "valid_until", "may_not_apply",
)  # fmt: skip

variables = ListScreen(
    VariableTable,
    title=_("Data dictionary"),
    lead=_("What this country records about persons, households, dwellings and enrolments, beside names, dates and places."),
    actions=[NEW],
    empty=EmptyState(
        _("No variables yet"),
        _("A variable is one fact, such as rooms or schooling. Forms, filters and files follow it at once."),
        NEW,
    ),
)


def facts_of(request: HttpRequest, found: VariableDefinition) -> list[Fact]:
    """What an entry says."""
    facts = [
        Fact(_("Code"), found.code), Fact(_("Describes"), found.get_subject_display()), Fact(_("Type"), found.get_kind_display()),
        Fact(_("Name"), texts_words(found.names)), Fact(_("Properties"), flags_of(found) or None),
    ]  # fmt: skip
    language = get_language() or "en"
    more = {
        _("Unit"): found.unit, _("Choices"): choices_words(found), _("Help beside the field"): label(found.help_texts, language),
        _("Rule"): found.validation, _("Sentence where the rule is broken"): label(found.error_texts, language),
        _("Asked from"): found.valid_from, _("Asked until"): found.valid_until,
    }  # fmt: skip
    return [*facts, *(Fact(title, value) for title, value in more.items() if value)]


def attention(request: HttpRequest, found: VariableDefinition) -> list[Attention]:
    """An index that is still being made."""
    waits = found.is_active and found.filterable and not is_ready(found)
    waits = waits or (found.unique and not is_ready(found, unique=True))
    return [Attention("info", _("Its index is being made. Until then filtering is slower."))] if waits else []


variable = DetailScreen(
    VariableDefinition,
    permission=SEE,
    title=str,
    subtitle=lambda found: f"{found.code} · {found.get_subject_display()}",
    status=state_of,
    facts=facts_of,
    attention=attention,
    actions=[
        ActionLink(_("Change"), "registry:change_variable", services.change_variable.name, tone="primary"),
        ActionLink(_("Change the order"), "registry:reorder_variables", services.reorder_variables.name, show=lambda one: one.is_active),
        ActionLink(_("Take out of use"), "registry:retire_variable", services.retire_variable.name, show=lambda one: one.is_active),
        ActionLink(_("Use again"), "registry:restore_variable", services.restore_variable.name, show=lambda one: not one.is_active),
    ],
    timeline=Timeline(words={"choices": lambda value, record: ", ".join(str(one.get("code")) for one in value)}),
)


def new_inputs(cleaned: dict[str, Any], target: Any) -> dict[str, Any]:
    """The inputs of a new entry."""
    programme = cleaned.get("programme_id")
    own = {"subject": cleaned["subject"], "code": cleaned["code"], "programme_id": int(programme) if programme else None}
    return {**{name: cleaned[name] for name in SHARED}, **own}


def changed_inputs(cleaned: dict[str, Any], target: VariableDefinition) -> dict[str, Any]:
    """The inputs of a change; a date that was emptied is taken away."""
    return {**{name: cleaned[name] for name in SHARED}, "variable": target, "always": True}


def as_now(request: HttpRequest, target: VariableDefinition) -> dict[str, Any]:
    """What the form of a change begins with."""
    return {name: getattr(target, name) for name in SHARED}


define_page = ActionScreen(
    services.define_variable,
    form=DefineVariableForm,
    lead=_("The code and the type are for ever; the rest can be changed."),
    inputs=new_inputs,
    preview=variable_previews.new_variable,
    done=variable_url,
    back=lambda target: reverse("registry:variables"),
)
change_page = ActionScreen(
    services.change_variable, form=ChangeVariableForm, target=(VariableDefinition, "pk"),
    title=lambda found: gettext("Change the variable “%(name)s”") % {"name": found},
    inputs=changed_inputs, initial=as_now, preview=variable_previews.changed_variable, done=variable_url, back=variable_url,
)  # fmt: skip
retire_page = ActionScreen(
    services.retire_variable, form=ReasonForm, target=(VariableDefinition, "pk"), preview=variable_previews.retired_variable,
    done=variable_url, back=variable_url, danger=True,
)  # fmt: skip
restore_page = ActionScreen(
    services.restore_variable, form=ReasonForm, target=(VariableDefinition, "pk"), preview=variable_previews.restored_variable,
    done=variable_url, back=variable_url,
)  # fmt: skip
reorder_page = ActionScreen(
    services.reorder_variables, form=OrderForm, target=(VariableDefinition, "pk"),
    title=lambda found: gettext("Order of the variables: %(subject)s") % {"subject": found.get_subject_display()},
    lead=_("The smallest number comes first, on forms, pages and in files."),
    inputs=lambda cleaned, target: {"subject": target.subject, "codes": ordered_codes(cleaned)},
    preview=variable_previews.new_order,
    done=lambda result: reverse("registry:variables"), back=variable_url,
)  # fmt: skip

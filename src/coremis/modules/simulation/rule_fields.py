"""The fields that belong to each rule of selection, and a choice that shows those of the chosen one; without scripts a button does it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.html import format_html
from django.utils.translation import gettext as _

from coremis.modules.simulation.models import Simulation

Rule = Simulation.Rule
OF_RULE: Mapping[str, tuple[str, ...]] = {
    Rule.CUTOFF: ("cutoff",), Rule.PLACES: ("places",), Rule.SHARED: ("places", "weights"), Rule.QUOTAS: ("stage",),
}  # fmt: skip
EDIT = "edit"  # the step that shows the form again as it was typed
SHOWS_ANEW = {"hx-post": "", "hx-trigger": "change", "hx-vals": f'{{"step": "{EDIT}"}}', "hx-target": "#main", "hx-push-url": "false"}


class RuleSelect(forms.Select):
    """The rules; choosing another one shows its fields."""

    def __init__(self) -> None:
        super().__init__(attrs=SHOWS_ANEW)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        """With a button for browsers without scripts."""
        button = '<button class="button button--small" type="submit" name="step" value="{}" formnovalidate>{}</button>'
        shown = super().render(name, value, attrs, renderer)
        return format_html(f"{{}}<noscript>{button}</noscript>", shown, EDIT, _("Show what this rule needs"))


def chosen_rule(form: forms.Form) -> str:
    """The rule that stands in a form, the first one where it is none."""
    asked = str((form.data if form.is_bound else form.initial).get("rule") or "")
    return asked if asked in OF_RULE else next(iter(OF_RULE))


def others(rule: str) -> Iterable[str]:
    """The fields that this rule does not read."""
    return sorted({name for names in OF_RULE.values() for name in names} - set(OF_RULE[rule]))


def hide_others(form: Any, rule: str) -> None:
    """Only what the rule reads is shown. What was typed for another one comes along, in case somebody goes back to it."""
    for name in others(rule):
        form.fields[name].widget = form.fields[name].hidden_widget()
    if form.is_bound and form.data.get("step") == EDIT:
        form._errors = ErrorDict()  # nothing was sent yet that could be wrong


def forget_others(form: forms.Form, rule: str) -> None:
    """What belongs to another rule is no part of what is asked."""
    for name in others(rule):
        form.errors.pop(name, None)
        form.cleaned_data[name] = "" if isinstance(form.fields[name], forms.ChoiceField) and name == "weights" else None

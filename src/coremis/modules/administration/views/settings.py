"""The page of what a country decides about the product as a whole."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.config.services import change_settings
from coremis.kernel.config.settings import Setting, setting
from coremis.kernel.module.contributions import contributions
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.forms import ActionForm
from coremis.kernel.screens.preview import Preview
from coremis.modules.administration.views.links import Form

LONGEST = 200  # letters


def settable() -> list[Setting]:
    """What this page changes, by title: a yes or no, a number, a text. Whatever has more to it has a page of its own."""
    found = (one for one in contributions(Setting) if isinstance(one.default, bool | int | str) and not one.once)
    return sorted(found, key=lambda one: str(one.title))


def field_of(one: Setting) -> forms.Field:
    """The field in which a setting is typed."""
    told = {"label": one.title, "help_text": one.help}
    if isinstance(one.default, bool):
        return forms.BooleanField(required=False, **told)
    if isinstance(one.default, int):
        return forms.IntegerField(min_value=one.least, max_value=one.most, **told)
    return forms.CharField(max_length=LONGEST, required=False, **told)


class SettingsForm(ActionForm):
    """All settings at once, each as it is now."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in settable():
            self.fields[one.name] = field_of(one)


def as_they_are(_request: HttpRequest, _target: Any) -> Form:
    """The values in force."""
    return {one.name: setting(one.name) for one in settable()}


def changed(cleaned: Form, _target: Any) -> Form:
    """Those that differ from what is in force."""
    return {"values": {name: value for name, value in cleaned.items() if value != setting(name)}}


def settings_preview(inputs: Form, _actor: Any) -> Preview:
    """Each before and after."""
    values = inputs["values"]
    rows = [(one.title, text_of(setting(one.name)), text_of(values[one.name])) for one in settable() if one.name in values]
    return Preview(changes=rows, problem="" if rows else _("Nothing is different yet. Change something, or leave the page."))


change_settings_page = ActionScreen(
    change_settings, form=SettingsForm, title=_("Settings"), button=change_settings.title, initial=as_they_are, inputs=changed,
    preview=settings_preview,
    lead=_("What this country decides about the product as a whole. What belongs to a machine stands in its settings file."),
    done=lambda _count: reverse("administration:change_settings"),
)  # fmt: skip

"""The forms of this module."""

from django import forms
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.forms import ActionForm
from coremis.modules.filters.models import SavedFilter


class CopyForm(ActionForm):
    """The name of one's own copy."""

    name = forms.CharField(label=_("Name"), max_length=80)


class KeepForm(CopyForm):
    """Name, and who else may use it."""

    shared = forms.ChoiceField(
        label=_("Shared with"), choices=SavedFilter.Shared.choices, help_text=_("Others find with it only what they may see themselves.")
    )

"""The forms of this module."""

from django import forms
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.forms import ActionForm, AreaField


class MeetingPlaceForm(ActionForm):
    """Where it is, and how it is called."""

    area = AreaField(label=_("Place"))
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("As people call it."))


class ClosingForm(ActionForm):
    """Why it is closed."""

    reason = forms.CharField(label=_("Reason"), max_length=200)

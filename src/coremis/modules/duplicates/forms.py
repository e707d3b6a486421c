"""The form of this module."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.forms import ActionForm
from coremis.modules.duplicates.models import Verdict


class VerdictForm(ActionForm):
    """Different people, or the same person."""

    verdict = forms.ChoiceField(label=_("Verdict"), choices=Verdict.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=_("Note"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def clean(self) -> dict[str, Any]:
        """The verdict as the action takes it."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("verdict"):
            cleaned["verdict"] = Verdict(cleaned["verdict"])
        return cleaned

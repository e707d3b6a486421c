"""Choosing one of the saved filters on a form."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coremis.modules.filters.models import SavedFilter
from coremis.modules.filters.saved import usable_filters

KEEP = "keep"


class FilterField(forms.ChoiceField):
    """One of the filters that somebody may use; gives a copy of what it asks."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Filter"), required=False, help_text=_("One of your filters, or one that is shared with you."), **kwargs)
        self.found: dict[str, SavedFilter] = {}
        self.kept: Any = None

    def offer(self, user: Any, about: Iterable[str], kept: Any = None, kept_words: str = "") -> None:
        """Offer the filters on these subjects; ``kept`` is the condition that is in force now, offered in its words."""
        self.found, self.kept = {str(saved.pk): saved for saved in usable_filters(user, list(about))}, kept
        held = [(KEEP, _("as it is: %(words)s") % {"words": kept_words})] if kept else []
        self.choices = [("", "–"), *held, *((number, saved.name) for number, saved in self.found.items())]

    def clean(self, value: Any) -> Any:
        """The condition of the filter, None for none."""
        number = super().clean(value)
        if number == KEEP:
            return self.kept
        return self.found[number].condition if number else None

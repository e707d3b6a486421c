"""Choosing one of the saved filters on a form."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coremis.modules.filters.saved import usable_filters


class FilterField(forms.ChoiceField):
    """One of the filters that somebody may use; gives a copy of what it asks."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Filter"), required=False, help_text=_("One of your filters, or one that is shared with you."), **kwargs)
        self.found: dict[str, Any] = {}

    def offer(self, user: Any, about: Iterable[str], further: Iterable[tuple[str, Any, Any]] = ()) -> None:
        """Offer the filters on these subjects; before them ``further`` conditions, each (key, words, condition)."""
        first, saved = list(further), list(usable_filters(user, list(about)))
        self.found = {**{key: condition for key, _words, condition in first}, **{str(one.pk): one.condition for one in saved}}
        self.choices = [("", "–"), *((key, words) for key, words, _condition in first), *((str(one.pk), one.name) for one in saved)]

    def clean(self, value: Any) -> Any:
        """The condition of the filter, None for none."""
        number = super().clean(value)
        return self.found[number] if number else None

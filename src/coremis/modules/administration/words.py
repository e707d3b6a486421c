"""A translatable word in all languages of the installation."""

from typing import Any

from django.conf import settings
from django.utils.translation import override


def in_languages(text: Any) -> dict[str, str]:
    """``{"en": ..., "fr": ..., "pt": ...}`` from one translatable text."""
    found = {}
    for code, _name in settings.LANGUAGES:
        if not code.startswith("en-x"):
            with override(code):
                found[code] = str(text)
    return found

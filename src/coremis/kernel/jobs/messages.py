"""Stored sentences: the English source and its parameters are kept, and each reader sees their own language."""

from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.functional import Promise

Sentence = str | Promise


def message_key(sentence: Sentence) -> str:
    """The English source of a translatable sentence, which is what is stored."""
    with translation.override(None):
        return str(sentence)


def plain_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters as plain data; a translatable word among them stays translatable."""
    return {name: _plain(value) for name, value in params.items()}


def rendered(key: str, params: Mapping[str, Any]) -> str:
    """The stored sentence in the active language; without the parameters it needs, the bare sentence."""
    text = translation.gettext(key) if key else ""
    try:
        return text % {name: _shown(value) for name, value in params.items()} if params else text
    except (KeyError, TypeError, ValueError):
        return text


def _plain(value: Any) -> Any:
    if isinstance(value, Promise):
        return {"message": message_key(value)}
    return value if value is None or isinstance(value, int | str) else str(value)


def _shown(value: Any) -> Any:
    return translation.gettext(value["message"]) if isinstance(value, dict) else value

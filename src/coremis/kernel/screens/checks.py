"""Start-up checks: every page of every module is a screen, and asks for a permission that exists."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver

from coremis.kernel.access.permissions import known_permissions
from coremis.kernel.module.config import ModuleConfig
from coremis.kernel.screens.screen import Screen


def patterns_in(patterns: Sequence[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    """All patterns, those of included lists too."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns_in(pattern.url_patterns)
        else:
            yield pattern


@register()
def check_pages(**_options: Any) -> list[CheckMessage]:
    """A page that does not say who may open it stops the start."""
    known = known_permissions()
    problems: list[CheckMessage] = []
    for config in apps.get_app_configs():
        if isinstance(config, ModuleConfig) and find_spec(f"{config.name}.urls"):
            for pattern in patterns_in(import_module(f"{config.name}.urls").urlpatterns):
                problems += check_page(f"{config.label}:{pattern.name}", pattern.callback, known)
    return problems


def check_page(name: str, view: Any, known: dict[str, Any]) -> list[CheckMessage]:
    """A sentence for a page that is no screen, or asks for a permission that nobody can hold."""
    if not isinstance(view, Screen):
        return [Error(f"The page “{name}” does not declare a permission. Make it a screen.", id="screens.E104")]
    if view.permission is not None and view.permission not in known:
        return [Error(f"The page “{name}” asks for “{view.permission}”, which does not exist. Correct the name.", id="screens.E105")]
    return []

"""All addresses: sign-in, and those of every enabled module under its own name."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

from coremis.kernel.access.views import set_language
from coremis.kernel.module.config import ModuleConfig


def module_urls() -> list[URLPattern | URLResolver]:
    """The address files of all enabled modules; the one that has a home page serves it at the root."""
    found: list[URLPattern | URLResolver] = []
    for config in apps.get_app_configs():
        if isinstance(config, ModuleConfig) and find_spec(f"{config.name}.urls"):
            import_module(f"{config.name}.urls")
            found.append(path(config.url_prefix, include(f"{config.name}.urls")))
    return found


urlpatterns = [
    path("account/", include("coremis.kernel.access.urls")),
    path("language/", set_language, name="set_language"),
    path("files/", include("coremis.kernel.files.urls")),
    path("", include("coremis.kernel.screens.urls")),
    *module_urls(),
]
handler400 = "coremis.kernel.screens.errors.unreadable"
handler403 = "coremis.kernel.screens.errors.forbidden"
handler404 = "coremis.kernel.screens.errors.not_found"
handler500 = "coremis.kernel.screens.errors.broken"

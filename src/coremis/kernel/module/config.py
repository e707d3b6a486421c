"""A module's own description, and how its contributions are found."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any, ClassVar

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured

from coremis.kernel.module.contributions import CATALOGUE


class ModuleConfig(AppConfig):
    """Base of every module's ``apps.py``: title, version, the modules it requires, and what it adds (``module.py``)."""

    title: ClassVar[Any] = ""
    version: ClassVar[str] = ""
    requires: ClassVar[tuple[str, ...]] = ()
    url_prefix: ClassVar[str] = ""

    def ready(self) -> None:
        """Load the module's actions and contributions, once all models are known."""
        for name in ("services", "jobs"):
            if find_spec(f"{self.name}.{name}"):
                import_module(f"{self.name}.{name}")
        module = import_module(f"{self.name}.module") if find_spec(f"{self.name}.module") else None
        contributions = getattr(module, "contributions", None)
        if not isinstance(contributions, list):
            raise ImproperlyConfigured(f"The module “{self.label}” must have a module.py with a list named contributions.")
        CATALOGUE.add(self.label, contributions)
        for other, bridge in self.bridges():
            CATALOGUE.add(f"{self.label}:{other}", bridge)

    def bridges(self) -> list[tuple[str, list[Any]]]:
        """What ``bridges/<other>.py`` adds for each other module that is on."""
        found = []
        for config in self.apps.get_app_configs() if self.apps else ():
            if find_spec(f"{self.name}.bridges") and find_spec(f"{self.name}.bridges.{config.label}"):
                found.append((config.label, import_module(f"{self.name}.bridges.{config.label}").contributions))
        return found

"""Which modules are on: resolved, checked and ordered before Django loads them."""

from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from importlib.metadata import entry_points

from django.core.exceptions import ImproperlyConfigured

from coremis.kernel.module.config import ModuleConfig

ALWAYS_ON = "administration"


def enabled_apps(names: list[str]) -> list[str]:
    """The dotted app configurations of the named modules, those that are required first; a wrong combination stops with a sentence."""
    configs = {name: module_config(name) for name in dict.fromkeys([ALWAYS_ON, *names])}
    for name, config in configs.items():
        missing = [required for required in config.requires if required not in configs]
        if missing:
            raise ImproperlyConfigured(f"The module “{name}” needs {', '.join(missing)}. Add it to COREMIS_MODULES, or take “{name}” out.")
    try:
        order = list(TopologicalSorter({name: set(config.requires) for name, config in configs.items()}).static_order())
    except CycleError as error:
        raise ImproperlyConfigured(f"These modules require each other in a circle: {', '.join(error.args[1])}.") from None
    return [f"{configs[name].__module__}.{configs[name].__qualname__}" for name in order]


def module_config(name: str) -> type[ModuleConfig]:
    """The configuration class of one installed module, or a sentence that says what is installed."""
    path = installed_modules().get(name)
    if path is None:
        raise ImproperlyConfigured(
            f"COREMIS_MODULES names “{name}”, which is not installed. Installed: {', '.join(sorted(installed_modules()))}."
        )
    try:
        apps_file = import_module(f"{path}.apps")
    except ModuleNotFoundError as error:
        if error.name not in {path, f"{path}.apps"}:
            raise
        raise ImproperlyConfigured(
            f"The module “{name}” has no {path}/apps.py. Install it again, or take “{name}” out of COREMIS_MODULES."
        ) from None
    found = [
        item for item in vars(apps_file).values() if isinstance(item, type) and issubclass(item, ModuleConfig) and item is not ModuleConfig
    ]
    if len(found) != 1:
        raise ImproperlyConfigured(f"{path}/apps.py must hold exactly one ModuleConfig; it holds {len(found)}.")
    return found[0]


def installed_modules() -> dict[str, str]:
    """Every installed module's name and package, from the entry points of the group ``coremis.modules``."""
    found: dict[str, str] = {}
    for point in entry_points(group="coremis.modules"):
        if found.setdefault(point.name, point.value) != point.value:
            raise ImproperlyConfigured(
                f"Two installed packages offer a module “{point.name}”: {found[point.name]} and {point.value}. Remove one."
            )
    return found

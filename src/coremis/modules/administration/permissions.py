"""Permissions as people read them: by module, in words."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.permissions import known_permissions
from coremis.kernel.module.config import ModuleConfig

KERNEL_TITLES = {
    "access": _("Users and access"), "actions": _("History"), "approvals": _("Approvals"), "areas": _("Administrative units"),
    "config": _("Settings"), "exchange": _("Imports"), "files": _("Files"), "jobs": _("Running work"), "screens": _("Lists"),
}  # fmt: skip

# Actions of the system itself, which no person is given.
NOBODYS = frozenset(
    {
        "actions.maintain", "administration.set_up_country", "screens.save_exported_list",
        "administration.note_backup", "administration.note_restore",
    }
)  # fmt: skip


def group_title(label: str) -> Any:
    """The heading of the permissions of one package or module."""
    config = apps.app_configs.get(label)
    return KERNEL_TITLES.get(label) or (config.title if isinstance(config, ModuleConfig) else label)


def grouped_permissions(names: Iterable[str] | None = None) -> list[tuple[Any, list[tuple[str, Any]]]]:
    """(heading, [(name, title)]) of all permissions, or of these; modules first, in the order in which they are on."""
    known = known_permissions()
    wanted = (
        {name: title for name, title in known.items() if name not in NOBODYS}
        if names is None
        else {name: known.get(name, name) for name in names}
    )
    groups: dict[str, list[tuple[str, Any]]] = {}
    for name, title in wanted.items():
        groups.setdefault(name.split(".")[0], []).append((name, title))
    order = [*(config.label for config in apps.get_app_configs() if isinstance(config, ModuleConfig)), *KERNEL_TITLES]
    labels = sorted(groups, key=lambda label: (order.index(label) if label in order else len(order), label))
    return [(group_title(label), sorted(groups[label], key=lambda item: str(item[1]))) for label in labels]

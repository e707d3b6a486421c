"""All permissions that exist: every action, and reading each record class."""

from typing import Any

from django.apps import apps
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import ACTIONS
from coremis.kernel.actions.models import Record

# Reading what is no record class: contributed by the packages that show it.
FURTHER: dict[str, Any] = {
    "access.view_user": _("See: users"),
    "actions.view_event": _("See: history"),
    "jobs.view_job": _("See: running work"),
}


def known_permissions() -> dict[str, Any]:
    """Every permission with its title for people."""
    views = {
        f"{model._meta.app_label}.view_{model._meta.model_name}": format_lazy(_("See: {things}"), things=model._meta.verbose_name_plural)
        for model in apps.get_models()
        if issubclass(model, Record)
    }
    return {**{name: action.title for name, action in sorted(ACTIONS.items())}, **views, **FURTHER}

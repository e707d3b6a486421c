"""Start-up checks: every record says where it is, every action can be stored."""

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error

from coremis.kernel.actions.action import ACTIONS
from coremis.kernel.actions.models import Record


def check_records(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A record class without a place is an error: its rows could be read by anybody."""
    return [
        Error(f"{model.__name__} does not say where its rows are.", hint="Give it area_path, areas_path, or area_path = None.", id="actions.E002")
        for model in apps.get_models()
        if issubclass(model, Record) and not hasattr(model, "area_path")
    ]


def check_actions(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """What waits for approval is stored, so it must not carry secrets."""
    return [
        Error(f"{action.name} is approvable and takes a secret, which is never stored.", hint="Take the secret outside the approval.", id="actions.E003")
        for action in ACTIONS.values()
        if action.approvable and any(given.secret for given in action.parameters.values())
    ]

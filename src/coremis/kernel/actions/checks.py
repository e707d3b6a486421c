"""Start-up checks: every record says where it is, every action can be stored."""

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.core.exceptions import FieldError

from coremis.kernel.actions.action import ACTIONS, FORMER_NAMES
from coremis.kernel.actions.models import Record


def check_records(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A record class without a place is an error: its rows could be read by anybody."""
    problems: list[CheckMessage] = []
    for model in [model for model in apps.get_models() if issubclass(model, Record)]:
        if not hasattr(model, "area_path"):
            hint = "Give it area_path, areas_path, or area_path = None."
            problems.append(Error(f"{model.__name__} does not say where its rows are.", hint=hint, id="actions.E002"))
        elif not _leads_somewhere(model, model.area_path or model.areas_path):
            problems.append(
                Error(f"{model.__name__} says that its rows are in {model.area_path}, which it does not have.", id="actions.E004")
            )
    return problems


def _leads_somewhere(model: type[Record], path: str | None) -> bool:
    try:
        return not path or bool(model._base_manager.filter(**{f"{path}__in": []}).query)
    except FieldError:
        return False


def check_actions(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """What waits for approval is stored, so it must not carry secrets; a former name belongs to one action only."""
    hidden: list[CheckMessage] = [
        Error(f"{name} is an action, and a former name of {now}.", hint="Take it out of formerly=.", id="actions.E005")
        for name, now in FORMER_NAMES.items()
        if name in ACTIONS
    ]
    return hidden + [
        Error(
            f"{action.name} is approvable and takes a secret, which is never stored.",
            hint="Take the secret outside the approval.",
            id="actions.E003",
        )
        for action in ACTIONS.values()
        if action.approvable and any(given.secret for given in action.parameters.values())
    ]

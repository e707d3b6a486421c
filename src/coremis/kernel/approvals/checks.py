"""Start-up check of what may wait for approval."""

from typing import Any

from django.core.checks import CheckMessage, Error

from coremis.kernel.approvals.routes import Approvable
from coremis.kernel.module.contributions import contributions


def check_approvables(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """An Approvable for an action that needs no approval would promise what does not happen."""
    return [
        Error(
            f"{item.action.name} is declared Approvable but is not approvable=True.",
            hint="Correct the action or module.py.",
            id="approvals.E001",
        )
        for item in contributions(Approvable)
        if not item.action.approvable
    ]

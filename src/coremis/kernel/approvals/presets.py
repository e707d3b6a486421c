"""Ready routes: so that failing closed does not lock the door on the first day."""

from dataclasses import dataclass
from typing import Any

from coremis.kernel.actions.action import ACTIONS, Action
from coremis.kernel.module.contributions import Contribution, contributions


@dataclass(frozen=True)
class RoutePreset(Contribution):
    """The route the first-run assistant installs for one action: seats level by level, from an amount upwards."""

    action: Action[Any]
    levels: tuple[str, ...]
    min_amount: int = 0


def presets() -> list[tuple[str, tuple[str, ...], int]]:
    """A route for every approvable action of the enabled modules: as declared, else one approver."""
    declared = [(item.action.name, item.levels, item.min_amount) for item in contributions(RoutePreset)]
    named = {name for name, _levels, amount in declared if amount == 0}
    rest = [(name, ("approver",), 0) for name, action in sorted(ACTIONS.items()) if action.approvable and name not in named]
    return declared + rest

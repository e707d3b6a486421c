"""What modules keep about places, told before a place is merged, split or closed, and what follows it afterwards."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from coremis.kernel.actions.context import Actor
from coremis.kernel.areas.models import Area
from coremis.kernel.module.contributions import Contribution


@dataclass(frozen=True)
class AreaUse(Contribution):
    """``count(area_ids)`` says how many of something lie in these very places, in one query.

    ``follow(old, new, day, actor)`` runs inside the action that ends the place ``old`` on the day before ``day``: it lets what lies
    there follow to ``new`` (one place after a merge, several after a split). Without it, what lies there stays as it is.
    """

    title: Any
    count: Callable[[Sequence[int]], int]
    follow: Callable[[Area, Sequence[Area], date, Actor], object] | None = None
    order: int = 100

"""What other modules add to the table of programmes on the home page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.screen import Text
from coremis.modules.programmes.models import Programme


@dataclass(frozen=True)
class ProgrammeFigure(Contribution):
    """A column of the pipeline: for each programme how many, and the address of the list of them ("": none).

    ``counts(user, programmes)`` reads what this person may see under ``permission``, in a number of queries that does not grow.
    An ``order`` below zero stands before the statuses: what happens before somebody is in the programme.
    """

    title: Text
    permission: str
    counts: Callable[[Any, Sequence[Programme]], Mapping[int, tuple[int, str]]]
    order: int = 100

"""Where other modules say whose households a run may be limited to: the list of a stage, a programme, a sample."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.module.contributions import Contribution, contributions
from coremis.modules.registry.models import Household
from coremis.modules.scoring.models import ScoreRun


@dataclass(frozen=True)
class HouseholdSource(Contribution):
    """``rows(id)`` gives the households of one list of this source, without any limit by place.

    ``ended(run)`` is told, in the same transaction, when a run over such a list is done or was stopped.
    """

    code: str
    rows: Callable[[int], "QuerySet[Household]"]
    ended: Callable[[ScoreRun], None] | None = None


def households_of(code: str, number: int | None) -> "QuerySet[Any]":
    """The households of a list; Refusal where its module is off."""
    for source in contributions(HouseholdSource):
        if source.code == code and number is not None:
            return source.rows(number)
    raise Refusal(_("The list of households is not there any more. The module it came from may be switched off."))


def tell(run: ScoreRun) -> None:
    """Tell the source of a run's list that the run has ended."""
    for source in contributions(HouseholdSource):
        if source.code == run.only and source.ended is not None:
            source.ended(run)

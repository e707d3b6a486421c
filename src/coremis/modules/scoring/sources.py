"""Where other modules say whose households a run may be limited to: the list of a stage, a programme, a sample."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.module.contributions import Contribution, contributions
from coremis.modules.registry.models import Household


@dataclass(frozen=True)
class HouseholdSource(Contribution):
    """``rows(id)`` gives the households of one list of this source, without any limit by place."""

    code: str
    rows: Callable[[int], "QuerySet[Household]"]


def households_of(code: str, number: int | None) -> "QuerySet[Any]":
    """The households of a list; Refusal where its module is off."""
    for source in contributions(HouseholdSource):
        if source.code == code and number is not None:
            return source.rows(number)
    raise Refusal(_("The list of households is not there any more. The module it came from may be switched off."))

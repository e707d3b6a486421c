"""What other modules say about money where somebody decides who comes into a programme: what payments cost, how many there will be, and
what is there to pay them from.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet

from coremis.kernel.base.money import Money
from coremis.kernel.module.contributions import Contribution, contributions
from coremis.kernel.screens.screen import Text
from coremis.modules.programmes.models import Programme

Key = tuple[int, str]


@dataclass
class Costs:
    """Smallest units by place and group: of one payment to each, and of all payments that are planned; the names of the rules used.

    ``without`` counts those of whom a fact is missing, so that no amount can be said.
    """

    rules: list[str] = field(default_factory=list)
    once: dict[Key, int] = field(default_factory=dict)
    planned: dict[Key, int] = field(default_factory=dict)
    without: int = 0


@dataclass(frozen=True)
class PaymentPlan:
    """How many payments are planned from a day on, and in words what that rests on."""

    payments: int
    words: Text


@dataclass(frozen=True)
class CostOfPayments(Contribution):
    """What payments would cost. ``reckon(programme, rows, group, day, payments)`` adds up over ``rows``, which have a household or a
    person, an area, and a column ``group``; the result has no rules where the programme has none.
    """

    reckon: Callable[[Programme, "QuerySet[Any]", str, date, int], Costs]


@dataclass(frozen=True)
class MeansOfProgramme(Contribution):
    """How many payments a programme plans (None: nothing is planned), and its funds that a reader may see: name, what is free, address."""

    plan: Callable[[Programme, date], PaymentPlan | None]
    funds: Callable[[Programme, Any], Sequence[tuple[str, Money, str]]]


def plan_of(programme: Programme, day: date) -> PaymentPlan | None:
    """The payments that a programme plans; None where nobody knows."""
    return next((plan for item in contributions(MeansOfProgramme) if (plan := item.plan(programme, day)) is not None), None)


def funds_of(programme: Programme, user: Any) -> list[tuple[str, Money, str]]:
    """The funds of a programme that a reader may see."""
    return [fund for item in contributions(MeansOfProgramme) for fund in item.funds(programme, user)]


def costs_of(programme: Programme, rows: "QuerySet[Any]", group: str, day: date, payments: int) -> Costs | None:
    """What payments to ``rows`` would cost; None where no module knows amounts."""
    return next((item.reckon(programme, rows, group, day, payments) for item in contributions(CostOfPayments)), None)

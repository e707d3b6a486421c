"""What the result of a campaign will cost, beside the funds of the programme: for whoever decides about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coremis.kernel.areas.models import Area, AreaTree
from coremis.kernel.base.money import Money
from coremis.kernel.screens.columns import text_of
from coremis.modules.programmes.services import Costs, PaymentPlan, costs_of, funds_of, plan_of
from coremis.modules.targeting.models import Outcome, StageEntry, StageRun
from coremis.modules.targeting.queries import DECIDED

SEES = "targeting.view_stageentry"


@dataclass(frozen=True)
class Budget:
    """What payments to the selected and the waiting cost, by village and outcome, and how many payments were reckoned."""

    costs: Costs
    plan: PaymentPlan | None
    currency: str

    @property
    def payments(self) -> int:
        """How many payments are reckoned for each; at least one."""
        return max(1, self.plan.payments) if self.plan else 1

    def once(self, *outcomes: str) -> Money:
        """One payment to everybody of these outcomes."""
        return self._sum(self.costs.once, outcomes)

    def planned(self, *outcomes: str) -> Money:
        """All planned payments to everybody of these outcomes."""
        return self._sum(self.costs.planned, outcomes)

    def _sum(self, amounts: Mapping[tuple[int, str], int], outcomes: Sequence[str]) -> Money:
        return Money(sum(minor for (_area, outcome), minor in amounts.items() if outcome in outcomes), self.currency)


def budget_of(run: StageRun, actor: Any) -> Budget | None:
    """What the selected and the waiting of a list cost, as far as the reader sees them; None where no module knows amounts."""
    programme = run.stage.campaign.programme
    plan = plan_of(programme, timezone.localdate())
    rows = StageEntry.objects.visible_to(actor, SEES).filter(run=run.pk, outcome__in=DECIDED)
    costs = costs_of(programme, rows, "outcome", timezone.localdate(), max(1, plan.payments) if plan else 1)
    return None if costs is None else Budget(costs, plan, programme.currency)


def facts(run: StageRun, budget: Budget | None, actor: Any) -> list[Any]:
    """The cost of one payment and of all that are planned, what that rests on in words, and what the funds hold."""
    programme = run.stage.campaign.programme
    funds = funds_of(programme, actor)
    free = [(_("Free in the fund “%(fund)s”") % {"fund": name}, amount, address) for name, amount, address in funds]
    if budget is None:
        return list(free)
    if not budget.costs.rules:
        return [(_("What it costs"), _("The programme has no benefit rule in use, so no cost can be reckoned.")), *free]
    found: list[Any] = [
        (_("One payment: the selected"), budget.once(Outcome.SELECTED)), (_("One payment: the waiting too"), budget.once(*DECIDED)),
        (_("How it is reckoned"), said(budget)),
    ]  # fmt: skip
    if budget.plan is not None and budget.payments > 1:
        words = ngettext("%(n)s payment: the selected", "%(n)s payments: the selected", budget.payments)
        found.insert(2, (words % {"n": text_of(budget.payments)}, budget.planned(Outcome.SELECTED)))
    if budget.costs.without:
        found.append((_("Without an amount: a fact is missing"), budget.costs.without))
    return [*found, *free, *_against(budget, [amount for _name, amount, _address in funds])]


def said(budget: Budget) -> str:
    """The assumptions in words."""
    rules = ", ".join(budget.costs.rules)
    first = _("By %(rules)s, with the facts of today; what earlier payments left is not counted.") % {"rules": rules}
    second = str(budget.plan.words) if budget.plan else _("No payment cycle is planned, so only one payment is reckoned.")
    return f"{first} {second}"


def _against(budget: Budget, amounts: Sequence[Money]) -> list[tuple[str, Any]]:
    """What the funds would hold after all planned payments to the selected, or what is missing."""
    if not amounts:
        return []
    left = sum(amount.amount_minor for amount in amounts) - budget.planned(Outcome.SELECTED).amount_minor
    title = _("Left in the funds afterwards") if left >= 0 else _("Missing in the funds")
    return [(title, Money(abs(left), budget.currency))]


def by_area(budget: Budget | None, shown: Sequence[Area]) -> dict[int, tuple[Money, Money]]:
    """One payment and all planned ones to the selected, for each of the places shown, with all below them. One query."""
    if budget is None or not budget.costs.rules:
        return {}
    villages = {area for area, _outcome in budget.costs.once}
    tree = AreaTree.objects.filter(ancestor__in=[area.pk for area in shown], descendant__in=villages)
    inside: dict[int, set[int]] = {area.pk: set() for area in shown}
    for place, village in tree.values_list("ancestor", "descendant"):
        inside[place].add(village)
    return {
        place: (
            _total(budget.costs.once, below, budget.currency), _total(budget.costs.planned, below, budget.currency)
        )
        for place, below in inside.items()
    }  # fmt: skip


def _total(amounts: Mapping[tuple[int, str], int], villages: set[int], currency: str) -> Money:
    mine = (minor for (village, outcome), minor in amounts.items() if village in villages and outcome == Outcome.SELECTED)
    return Money(sum(mine), currency)

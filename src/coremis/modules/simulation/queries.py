"""Reads about simulations: the stored counts as figures."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Max, Min
from django.utils.formats import number_format

from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.queries import usable
from coremis.modules.scoring.models import Score, ScoreRun
from coremis.modules.simulation.formulas import Accuracy, Band, Count, added, cutoff_table
from coremis.modules.simulation.models import Simulation

AREA, HEAD, DISABILITY = 0, 1, 2


def counts_of(simulation: Simulation, by: Callable[[Any], Any] = lambda row: "") -> dict[Any, Count]:
    """The stored counts added up by what ``by`` says of a row (area, sex of the head, disability); one entry "" without it."""
    found: dict[Any, list[Count]] = {}
    for row in simulation.results.get("groups", []):
        found.setdefault(by(row), []).append(Count(*row[3:]))
    return {key: added(counts) for key, counts in found.items()} or {"": Count()}


def total_of(simulation: Simulation) -> Count:
    """All households that could be assessed."""
    return added(counts_of(simulation).values())


def range_of(run: ScoreRun) -> tuple[float, float] | None:
    """The lowest and the highest score; None where nobody has one. One query."""
    found = Score.objects.filter(run=run, value__isnull=False).aggregate(low=Min("value"), high=Max("value"))
    return None if found["low"] is None else (found["low"], found["high"])


def table_of(simulation: Simulation) -> list[tuple[float, Accuracy]]:
    """What each cut-off would do."""
    return cutoff_table([Band(*row) for row in simulation.results.get("bands", [])])


def knows_poor(simulation: Simulation) -> bool:
    """Whether it was said who is poor."""
    return bool(simulation.poor or simulation.likelihoods)


def named_facts(simulation: Simulation) -> list[str]:
    """The facts of households by which it was said who is poor."""
    return list(simulation.results.get("names", {})) if simulation.poor else []


def all_seen(user: Any, codes: Iterable[str]) -> bool:
    """Whether this person may count by all of these facts: few households in a place would tell of each of them."""
    defined = list(VariableDefinition.objects.filter(code__in=asked)) if (asked := list(codes)) else []
    return len(usable(user, defined)) == len(defined)


def tells_poor(user: Any, simulation: Simulation) -> bool:
    """Whether it was said who is poor, by facts that this person may count by."""
    return knows_poor(simulation) and all_seen(user, named_facts(simulation))


def percent(value: float | None, decimals: int = 1) -> str | None:
    """A fraction as a percentage in the reader's language; None stays None."""
    return None if value is None else f"{decimal(value * 100, decimals)} %"


def decimal(value: float, decimals: int = 1) -> str:
    """A number with so many decimals in the reader's language; never a negative zero."""
    shown = Decimal(f"{value:.{decimals}f}")
    return number_format(shown + 0 if shown else Decimal(f"{0:.{decimals}f}"), use_l10n=True, force_grouping=True)


def edge(score: float) -> str:
    """A score at which a selection ends, without decimals where it has none."""
    return decimal(score, 0 if float(score).is_integer() else 3)

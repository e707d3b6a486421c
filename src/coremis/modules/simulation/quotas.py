"""How many places each area would have, for a simulation."""

from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.models import AreaLevel, AreaTree
from coremis.kernel.areas.queries import below
from coremis.kernel.base.refusal import Invalid
from coremis.modules.geography.queries import figures_on, inherited_figures
from coremis.modules.scoring.models import Score, ScoreRun
from coremis.modules.simulation.models import Simulation
from coremis.modules.targeting.models import Quota, Stage
from coremis.modules.targeting.queries import largest_remainder, weight

Weights = Simulation.Weights


def quotas_of(run: ScoreRun, rule: str, places: int, level: AreaLevel | None, weights: str, stage: Stage | None) -> dict[str, int]:
    """Places by the id of an area, as text: those planned for a stage, or ``places`` shared among the areas of a level."""
    if rule == Simulation.Rule.QUOTAS:
        assert stage is not None
        planned = {str(area): count for area, count in Quota.objects.filter(stage=stage, run=None).values_list("area_id", "places")}
        if not planned:
            raise _refused("stage", _("No quotas are planned for this stage. Plan them first."))
        return planned
    assert level is not None
    found = weights_of(run, level, weights)
    if not any(found.values()):
        raise _refused("weights", _("The areas of this level have no such figures. Import them first."))
    return {str(area): count for area, count in largest_remainder(places, found).items()}


def weights_of(run: ScoreRun, level: AreaLevel, weights: str) -> dict[int, float]:
    """What each area of a level counts, within the places of a scoring."""
    if weights == Weights.SCORED:
        rows = Score.objects.filter(run=run, value__isnull=False, area__ancestors_of__ancestor__level=level)
        counted = rows.order_by().values("area__ancestors_of__ancestor").annotate(found=Count("pk"))
        return {row["area__ancestors_of__ancestor"]: float(row["found"]) for row in counted}
    reached = set(AreaTree.objects.filter(ancestor_id__in=run.area_ids, descendant__level=level).values_list("descendant_id", flat=True))
    reached |= set(below(run.area_ids).filter(descendant__level=level))
    households = dict(figures_on("households", run.day).filter(area__in=reached).values_list("area_id", "value"))
    if weights == Weights.HOUSEHOLDS:
        return households
    told: Any = inherited_figures("poverty_rate", run.day).filter(pk__in=reached)
    rates: dict[int, float | None] = dict(told.values_list("pk", "figure"))
    return {area: weight(rate, count) for area, count in households.items() if (rate := rates.get(area)) is not None}


def _refused(field: str, sentence: object) -> Invalid:
    return Invalid(sentence, {field: [sentence]})

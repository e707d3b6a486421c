"""Reads about formulas and scores that other modules use."""

from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum

from coremis.kernel.areas.models import Area
from coremis.modules.registry.models import Household, VariableDefinition
from coremis.modules.registry.queries import Sight
from coremis.modules.scoring.formulas import Assessment, Card, assess, limits_on
from coremis.modules.scoring.models import FormulaVersion, Score, ScoreCount, ScoreFormula, ScoreRun
from coremis.modules.scoring.names import HEAD
from coremis.modules.scoring.sources import HouseholdSource
from coremis.modules.scoring.versions import applied, card_of, names_of, wording_of
from coremis.modules.scoring.wording import Wording, figure
from coremis.modules.scoring.working import Limit, Working, WorkingRow, in_words, working

__all__ = [
    "Assessment", "Card", "HouseholdSource", "Limit", "Wording", "Working", "WorkingRow", "active_version", "applied", "assess",
    "card_of", "category_names", "counts_below", "figure", "hidden_from", "in_words", "latest_scores", "limits_on", "missing_names",
    "names_of", "newest_runs", "usable_versions", "wording_of", "working",
]  # fmt: skip


def active_version(formula: ScoreFormula) -> FormulaVersion | None:
    """The version in use."""
    return formula.versions.filter(state=FormulaVersion.State.ACTIVE).select_related("formula").first()


def usable_versions(rows: "QuerySet[FormulaVersion]") -> "QuerySet[FormulaVersion]":
    """Those of ``rows`` that can score households."""
    return rows.filter(state=FormulaVersion.State.ACTIVE).select_related("formula")


def newest_runs(rows: "QuerySet[ScoreRun]") -> "QuerySet[ScoreRun]":
    """Runs that are done, the latest first."""
    return rows.filter(state=ScoreRun.State.DONE).select_related("formula_version__formula", "area").order_by("-day", "-pk")


def latest_scores(households: Any, formula: ScoreFormula) -> "QuerySet[Score]":
    """The newest score by a formula of each of these households (ids, or a query of them): by the day of the run, then by the run."""
    rows: QuerySet[Score] = Score.objects.filter(household__in=households, run__formula_version__formula=formula)
    newest = Score.objects.filter(household=OuterRef("household"), run__formula_version__formula=formula)
    return rows.filter(pk=Subquery(newest.order_by("-run__day", "-run").values("pk")[:1]))


def category_names(version: FormulaVersion) -> dict[str, str]:
    """The categories of a version by their codes, poorest first, in the reader's language."""
    say = wording_of(version)
    return {one["code"]: say.entry("categories", one["code"]) for one in version.definition.get("categories", [])}


def missing_names(version: FormulaVersion, codes: list[str]) -> list[str]:
    """What was missing, in words."""
    say = wording_of(version)
    return [say.missing(code) for code in codes]


def hidden_from(user: Any, household: Household) -> set[str]:
    """The names whose values this reader may not see of a household: masked and sensitive facts, also those of its head."""
    guarded = VariableDefinition.objects.filter(masked=True) | VariableDefinition.objects.filter(sensitive=True)
    sight = Sight(user, household)
    hidden = [found for found in guarded if not sight.plain(found)]
    return {f"{HEAD}{found.code}" if found.subject == "person" else found.code for found in hidden}


def counts_below(run: ScoreRun, places: "QuerySet[Area]", user: Any) -> "QuerySet[Any]":
    """How many households came out how in each of these places and all below it, where this reader may see scores.

    Gives ``place``, ``category``, ``assessed`` and ``found``; one grouped statement.
    """
    rows = ScoreCount.objects.visible_to(user, "scoring.view_score").filter(run=run, area__ancestors_of__ancestor__in=places)
    named = rows.order_by().values(place=F("area__ancestors_of__ancestor"), outcome=F("category"), was_assessed=F("assessed"))
    found: QuerySet[Any] = named.annotate(found=Sum("households"))
    return found

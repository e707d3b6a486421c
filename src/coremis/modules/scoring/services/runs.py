"""Scoring the households of some places: the run, the job that computes it in key ranges, and what it counts in the end."""

import json
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import BooleanField, Case, Count, F, FloatField, Max, Min, Q, QuerySet, Value, When
from django.db.models.functions import Floor
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import User
from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import insert_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.guard import removing_prepared
from coremis.kernel.actions.long import steps_of
from coremis.kernel.areas.models import Area
from coremis.kernel.areas.queries import below, common_ancestor
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.jobs import ranges
from coremis.kernel.jobs.work import Work
from coremis.modules.filters.queries import checked, matching, words
from coremis.modules.registry.models import Household
from coremis.modules.scoring.distribution import bins_of
from coremis.modules.scoring.finishing import RESULTS
from coremis.modules.scoring.models import Computed, FormulaVersion, Score, ScoreCount, ScoreRun
from coremis.modules.scoring.sets import ScoreSet
from coremis.modules.scoring.sources import households_of, tell
from coremis.modules.scoring.versions import applied, limit_places, places_above

WRONG = _("Households cannot be scored like this. Correct what is marked.")
State = ScoreRun.State
SCORE_COLUMNS = ("run", "household", "area", "stratum", "value", "category", "missing", "inputs")
COUNT_COLUMNS = ("run", "area", "stratum", "category", "assessed", "households")
MOST_REASONS = 5_000


@action(_("Score households"))
def score_households(
    *, version: FormulaVersion, areas: list[Area], day: date, condition: str = "", filter: dict[str, Any] | None = None, note: str = "",
    only: str = "", only_id: int | None = None, actor: Actor,
) -> ScoreRun:  # fmt: skip
    """Compute the score of every household that was registered in ``areas`` on ``day``, with a version in use.

    ``condition`` is written in the language of formulas, ``filter`` comes from the filter editor; ``only`` and ``only_id`` name a list
    of a household source. A run never changes an earlier one: scoring again gives new scores beside the old ones. The work goes on as
    a job.
    """
    check_request(version, areas, day, condition, filter, actor)
    run = new_run(version, areas, day, condition, filter, only, only_id)
    run.note = note.strip()[:300]
    if not population(run).exists():
        raise Refusal(_("No household of these places fits, so there is nothing to score. Look at places, day and filter."))
    run.save()
    places = list(run.area_ids)
    title = {"formula": str(version.formula), "area": run.area.name}
    run.job_id = compute_scores.start({"run": run.pk}, title_params=title, area_ids=places).pk
    run.save()
    return run


def new_run(
    version: FormulaVersion, areas: list[Area], day: date, condition: str = "", filter: dict[str, Any] | None = None, only: str = "",
    only_id: int | None = None,
) -> ScoreRun:  # fmt: skip
    """The run that was asked for, not stored yet; the preview counts with the same one."""
    places = sorted({area.pk for area in areas})
    return ScoreRun(
        formula_version=version, area=common_ancestor(places), area_ids=places, day=day, condition=condition.strip(), filter=filter or {},
        filter_words=words(filter) if filter else "", only=only, only_id=only_id,
    )  # fmt: skip


def check_request(version: FormulaVersion, areas: list[Area], day: date, condition: str, filter: dict[str, Any] | None, actor: Any) -> None:
    """Refuse no place, a version that is not in use or not valid on the day, and conditions that cannot be read."""
    errors: dict[str, list[Any]] = {}
    if not areas:
        errors["areas"] = [_("Choose at least one place. No place means that nobody is scored.")]
    if version.state != FormulaVersion.State.ACTIVE:
        errors["version"] = [_("Choose a version that is in use. A draft must be activated first.")]
    elif not version.valid_on(day):
        errors["day"] = [_("This version is not valid on this day. Choose another day or formula.")]
    try:
        checked(filter or {}, "household" if filter else "", user=actor if isinstance(actor, User) else None)
    except Refusal as problem:
        errors["filter"] = [str(problem)]
    try:
        if "version" not in errors:
            applied(version, day, condition)
    except Refusal as problem:
        errors["condition"] = [str(problem)]
    if errors:
        raise Invalid(WRONG, errors)


def population(run: ScoreRun) -> "QuerySet[Household]":
    """The households that a run is about: in its places, registered by its day and not dissolved then."""
    rows = fitting(json.dumps(run.filter, sort_keys=True), run.day)
    rows = rows.filter(Q(ended_on=None) | Q(ended_on__gt=run.day), in_places(run), registered_on__lte=run.day)
    return rows.filter(pk__in=households_of(run.only, run.only_id).order_by().values("pk")) if run.only else rows


def in_places(run: ScoreRun) -> Q:
    """The places of a run and all below them."""
    return Q(area_id__in=below(run.area_ids))


@lru_cache(maxsize=32)
def fitting(condition: str, day: date) -> "QuerySet[Household]":
    """All households whom a filter finds; kept, so that not every chunk of a run reads the data dictionary anew."""
    found: QuerySet[Household] = matching(Household.objects.all(), json.loads(condition), day)
    return found


@steps_of(score_households, title=_("Score households with “%(formula)s”, %(area)s"))
def compute_scores(work: Work) -> bool:
    """One key range of households: facts into the input table, scores out of it, one row for each household."""
    due = ranges.current(work)
    if due is None:
        return False
    run = run_of(work)
    above = {int(place): path for place, path in work.cursor["above"].items()}
    create_computed(run, applied(run.formula_version, run.day, run.condition, above), due)
    ready = Computed.objects.annotate(new_run=Value(run.pk)).order_by("pk")
    insert_from(Score, ready, SCORE_COLUMNS)
    drop_computed()
    return ranges.advance(work)


@compute_scores.begin
def plan_scores(work: Work) -> None:
    """Fix the key ranges, and the places with limits of their own."""
    run = run_of(work)
    fitting.cache_clear()
    card = applied(run.formula_version, run.day, run.condition, {}).card
    ranges.plan(work, households=population(run))
    work.cursor["above"] = {str(place): path for place, path in places_above(limit_places(card, run.day)).items()}
    if run.state == State.STOPPED:
        move(run, State.PREPARING)


@compute_scores.finish
def close_scores(work: Work) -> None:
    """Count, so that no page needs to read every score, and let the scores be seen."""
    run = run_of(work)
    rows = Score.everything.filter(run=run)
    found = rows.aggregate(all=Count("pk"), scored=Count("value"), lowest=Min("value"), highest=Max("value"))
    if not found["all"]:
        raise Refusal(_("No household is left to be scored. Look at places, day and filter, and start again."))
    assessed = Case(When(value=None, then=Value(False)), default=Value(True), output_field=BooleanField())
    grouped = rows.order_by().values("area", "stratum", "category").annotate(new_assessed=assessed, new_households=Count("pk"))
    insert_from(ScoreCount, grouped.annotate(new_run=Value(run.pk)), COUNT_COLUMNS)
    run.scored, run.not_assessed = found["scored"], found["all"] - found["scored"]
    run.results = {"missing": missing_counts(rows), "distribution": distribution(rows, found["lowest"], found["highest"])}
    move(run, State.DONE)
    tell(run)
    work.report = {"scored": run.scored, "not_assessed": run.not_assessed}


@compute_scores.abandon
def remove_scores(work: Work) -> bool:
    """Take away what nobody has seen; the run itself stays as stopped."""
    first = Score.everything.filter(run_id=work.params["run"]).order_by("pk").values("pk")[: ranges.CHUNK]
    with removing_prepared():
        if Score.everything.filter(pk__in=first)._raw_delete(DEFAULT_DB_ALIAS):
            return True
    run = run_of(work)
    if run.state == State.PREPARING:
        move(run, State.STOPPED)
        tell(run)
    return False


def run_of(work: Work) -> ScoreRun:
    """The run of the work. One statement."""
    return ScoreRun.objects.select_related("formula_version__formula").get(pk=work.params["run"])


def move(run: ScoreRun, state: ScoreRun.State) -> None:
    """Set the state."""
    run.state = state
    run.save()


def create_computed(run: ScoreRun, sets: ScoreSet, due: ranges.Range) -> None:
    """Compute a key range into the temporary table behind ``Computed``. One statement."""
    chain = sets.chain(population(run), due.within)
    as_json = "CAST({} AS jsonb) AS {}" if connection.vendor == "postgresql" else "{} AS {}"
    names = {"id": "id AS household_id", **{name: as_json.format(name, name) for name in ("missing", "inputs")}}
    sql, params = chain.select(", ".join(names.get(name, name) for name in RESULTS))
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE scoring_computed AS {sql}", params)


def drop_computed() -> None:
    """Take the temporary table away."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE scoring_computed")


def missing_counts(rows: "QuerySet[Score]") -> dict[str, int]:
    """How many households could not be assessed for want of each name; one household may lack several. One statement."""
    grouped = rows.filter(value=None).order_by().values_list("missing").annotate(found=Count("pk")).order_by("-found")[:MOST_REASONS]
    found: dict[str, int] = {}
    for missing, count in grouped:
        for name in missing:
            found[name] = found.get(name, 0) + count
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def distribution(rows: "QuerySet[Score]", lowest: float | None, highest: float | None) -> dict[str, Any]:
    """How many scores lie in each of some twenty equal steps. One statement."""
    if lowest is None or highest is None:
        return {}
    start, width, steps = bins_of(lowest, highest)
    place = Floor((F("value") - Value(start)) / Value(width), output_field=FloatField())
    found = dict(rows.exclude(value=None).order_by().annotate(step=place).values_list("step").annotate(found=Count("pk")))
    return {"start": start, "width": width, "counts": [found.get(float(step), 0) for step in range(steps)]}

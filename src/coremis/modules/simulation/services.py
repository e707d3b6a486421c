"""Simulating a selection and comparing two: nothing but the result is written, and nobody's status changes."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.long import LongWork, steps_of
from coremis.kernel.areas.models import Area, AreaLevel
from coremis.kernel.areas.queries import common_ancestor
from coremis.kernel.base.formula import FormulaError, Kind, parse
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.expressions.compiler import compile_value
from coremis.kernel.jobs.work import Work
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.queries import usable
from coremis.modules.scoring.models import ScoreRun
from coremis.modules.simulation import sets
from coremis.modules.simulation.models import Comparison, Simulation, State
from coremis.modules.simulation.quotas import quotas_of
from coremis.modules.targeting.models import Stage

Rule, Weights, Subject = Simulation.Rule, Simulation.Weights, VariableDefinition.Subject
MOST_BANDS, WHOLE = 101, 100


@action(_("Simulate a selection"))
def simulate(
    *, title: str, run: ScoreRun, rule: Simulation.Rule, cutoff: Decimal | None = None, places: int | None = None,
    level: AreaLevel | None = None, weights: Simulation.Weights | None = None, stage: Stage | None = None, poor: str = "",
    likelihoods: list[list[float]] | None = None, disability: str = "", amount: Money | None = None, payments: int | None = None,
    actor: Actor,
) -> Simulation:  # fmt: skip
    """Say what a rule of selection would do to the households of a scoring. The computing is a job; nothing else is changed.

    ``poor`` is a condition on the facts of a household that says who is poor; else ``likelihoods``, pairs of a score and the percent
    of poor from there on. ``disability`` names a yes-or-no fact of persons. Refused where the rule lacks its figure.
    """
    if run.state != ScoreRun.State.DONE:
        raise Refusal(_("This scoring is not done. Wait for it, or choose another one."))
    check_rule(rule, cutoff=cutoff, places=places, level=level, stage=stage)
    shared = rule not in (Rule.CUTOFF, Rule.PLACES)
    quotas = quotas_of(run, rule, places or 0, level, weights or Weights.SCORED, stage) if shared else {}
    limit = None if cutoff is None else float(cutoff)
    simulation = Simulation(
        title=title.strip(), run=run, area=run.area, rule=rule, cutoff=limit, places=places, level=level,
        weights=(weights or Weights.SCORED) if rule == Rule.SHARED else "", stage=stage if rule == Rule.QUOTAS else None,
        poor=poor.strip(), likelihoods=[] if poor.strip() else checked_likelihoods(likelihoods or []), disability=disability,
        amount_minor=amount.amount_minor if amount else None, currency=amount.currency if amount else "", payments=payments,
        results={"names": truth_names(poor, actor), "level": group_level(run.area, level), "quotas": quotas},
    )  # fmt: skip
    check_disability(disability, actor)
    simulation.save()
    compute.start({"simulation": simulation.pk}, title_params={"title": simulation.title}, area_ids=[run.area_id])
    return simulation


@steps_of(simulate, title=_("Simulation “%(title)s”"))
def compute(work: Work) -> bool:
    """The groups first, then the bands: five statements in all."""
    simulation = _of(work)
    results = simulation.results
    if "groups" not in results:
        results["groups"] = [[area, sex, disability, *count.values()] for area, sex, disability, count in sets.groups(simulation)]
    else:
        results["bands"] = [[band.edge, band.households, band.known, band.poor] for band in sets.bands(simulation)]
    simulation.save()
    work.done += 1
    return "bands" not in results


@compute.finish
def show(work: Work) -> None:
    """Now it can be read."""
    _end(_of(work), State.DONE)


@compute.abandon
def stop(work: Work) -> bool:
    """It keeps what was asked, without results."""
    _end(_of(work), State.STOPPED)
    return False


@action(_("Compare two simulations"))
def compare_simulations(*, first: Simulation, second: Simulation, actor: Actor) -> Comparison:
    """Say whom both, or only one of them, would select. Refused unless both are done and about two different things."""
    if first.pk == second.pk:
        raise Invalid(_("Choose two different simulations."), {"second": [_("Choose two different simulations.")]})
    if first.state != State.DONE or second.state != State.DONE:
        raise Refusal(_("Both simulations must be done. Wait, or choose others."))
    area = common_ancestor([first.area_id, second.area_id])
    assert area is not None
    comparison = Comparison(first=first, second=second, area=area)
    comparison.save()
    set_side_by_side.start({"comparison": comparison.pk}, title_params={"title": str(comparison)}, area_ids=[area.pk])
    return comparison


@steps_of(compare_simulations, title=_("Comparison “%(title)s”"))
def set_side_by_side(work: Work) -> bool:
    """One statement over both."""
    comparison = _compared(work)
    comparison.results = {"overlap": [list(row) for row in sets.overlap(comparison.first, comparison.second)]}
    comparison.save()
    return False


@set_side_by_side.finish
def show_comparison(work: Work) -> None:
    """Now it can be read."""
    _end(_compared(work), State.DONE)


@set_side_by_side.abandon
def stop_comparison(work: Work) -> bool:
    """It stays without results."""
    _end(_compared(work), State.STOPPED)
    return False


def check_rule(rule: str, **given: Any) -> None:
    """Refuse a rule without the figure it needs."""
    needed = {Rule.CUTOFF: "cutoff", Rule.PLACES: "places", Rule.SHARED: "places", Rule.QUOTAS: "stage"}[Rule(rule)]
    missing = [needed] if not given[needed] and not (needed == "cutoff" and given["cutoff"] is not None) else []
    if rule == Rule.SHARED and given["level"] is None:
        missing.append("level")
    if missing:
        sentence = _("This rule needs it. Fill it in, or choose another rule.")
        raise Invalid(sentence, {name: [sentence] for name in missing})


def truth_names(text: str, actor: Any) -> dict[str, str]:
    """The facts of households that a condition names, with their kinds; refused where it is not understood (pitfall M18)."""
    if not text.strip():
        return {}
    variables = VariableDefinition.objects.filter(subject__in=(Subject.HOUSEHOLD, Subject.DWELLING), is_active=True)
    names = {one.code: Kind(one.kind.lower()).value for one in usable(actor, variables)}
    try:
        formula = parse(text, names)
        compile_value(formula, dict.fromkeys(names, "pk"))
    except FormulaError as problem:
        raise Invalid(_("This condition is not understood."), {"poor": [str(problem)]}) from None
    if formula.kind is not Kind.BOOLEAN:
        raise Invalid(_("This condition is not understood."), {"poor": [_("A condition must give yes or no.")]})
    return {name: names[name] for name in formula.names_used}


def checked_likelihoods(pairs: Sequence[Sequence[float]]) -> list[list[float]]:
    """The pairs in rising order; refused where a percent is out of bounds or a score stands twice."""
    found = sorted([float(start), float(percent)] for start, percent in pairs)
    problem = None
    if any(not 0 <= percent <= WHOLE for _start, percent in found):
        problem = _("A percent lies between 0 and 100.")
    elif len({start for start, _percent in found}) < len(found) or len(found) > MOST_BANDS:
        problem = _("A score stands twice, or there are more than 101 lines.")
    if problem:
        raise Invalid(problem, {"likelihoods": [problem]})
    return found


def check_disability(code: str, actor: Any) -> None:
    """Refuse anything but a yes-or-no fact of persons that the actor may use."""
    if not code:
        return
    rows = VariableDefinition.objects.filter(subject=Subject.PERSON, is_active=True, kind=VariableDefinition.Kind.BOOLEAN, code=code)
    if not usable(actor, rows):
        raise Invalid(_("This fact cannot be used."), {"disability": [_("Choose a yes-or-no fact of persons.")]})


def group_level(area: Area, level: AreaLevel | None) -> int | None:
    """The level whose areas are told apart: the chosen one, else the one below the scoring's place."""
    if level is not None:
        return level.pk
    position = area.level.position
    found = AreaLevel.objects.filter(position__gte=position).exclude(position=0).order_by("position")[:2]
    return next((one.pk for one in found if one.position > position), found[0].pk if found else None)


def _of(work: Work) -> Simulation:
    rows = Simulation.objects.select_related("run__formula_version")
    found: Simulation = rows.get(pk=work.params["simulation"])
    return found


def _compared(work: Work) -> Comparison:
    rows = Comparison.objects.select_related("first__run__formula_version", "second__run__formula_version")
    found: Comparison = rows.get(pk=work.params["comparison"])
    return found


def _end(record: Simulation | Comparison, state: State) -> None:
    record.state = state
    record.save()


WORKS: tuple[LongWork, ...] = (compute, set_side_by_side)

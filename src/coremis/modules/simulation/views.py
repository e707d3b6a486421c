"""The pages of this module."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.models import Area
from coremis.kernel.base.money import Money
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.details import Attention, DetailScreen, Fact
from coremis.kernel.screens.lists import EmptyState, ListScreen
from coremis.kernel.screens.screen import ActionLink
from coremis.kernel.screens.timeline import Timeline
from coremis.modules.scoring.models import ScoreRun
from coremis.modules.simulation import forms, services
from coremis.modules.simulation.forms import SEES_RUNS, done_runs
from coremis.modules.simulation.models import Comparison, Simulation, State
from coremis.modules.simulation.queries import AREA, counts_of, edge, range_of
from coremis.modules.simulation.tables import SimulationTable, status_of
from coremis.modules.targeting.queries import divides_places

NAMED = 5  # places without figures that are named


def simulation_url(simulation: Simulation) -> str:
    """The page of a simulation."""
    return reverse("simulation:simulation_detail", kwargs={"pk": simulation.pk})


def comparison_url(comparison: Comparison) -> str:
    """The page of a comparison."""
    return reverse("simulation:comparison_detail", kwargs={"pk": comparison.pk})


def asked(request: HttpRequest, simulation: Simulation) -> Sequence[Fact]:
    """What was asked."""
    facts = [
        Fact(_("Scoring"), str(simulation.run)), Fact(_("As of"), simulation.run.day),
        Fact(_("Who would be selected"), simulation.get_rule_display()),
    ]  # fmt: skip
    given: dict[Any, Any] = {
        _("Cut-off"): None if simulation.cutoff is None else edge(simulation.cutoff),
        _("Number of places"): simulation.places,
        _("Level"): simulation.level,
        _("Places divided by"): simulation.get_weights_display() if simulation.weights else None,
        _("Quotas of the stage"): simulation.stage,
        _("Who counts as poor"): simulation.poor or None,
        _("Amount of a payment"): text_of(Money(simulation.amount_minor, simulation.currency)) if simulation.amount_minor else None,
        _("Payments a year"): simulation.payments,
    }
    return [*facts, *(Fact(label, value if isinstance(value, int) else str(value)) for label, value in given.items() if value is not None)]


def notes(request: HttpRequest, simulation: Simulation) -> Sequence[Attention]:
    """What the result leaves out, or does otherwise than a campaign would."""
    found = [*outside(simulation), *without_figures(simulation)]
    if simulation.stage is not None and divides_places(simulation.stage):
        words = _("The stage gives places to categories or keeps a reserve. The simulation gives them all by rank.")
        found.append(Attention("warn", words))
    return found


def without_figures(simulation: Simulation) -> Sequence[Attention]:
    """Places that share in nothing because nobody entered their figures."""
    if simulation.weights not in (Simulation.Weights.HOUSEHOLDS, Simulation.Weights.POOR):
        return []
    counts = counts_of(simulation, lambda row: row[AREA])
    missing = {key: count.households for key, count in counts.items() if count.households and str(key) not in simulation.results["quotas"]}
    if not missing:
        return []
    named = Area.objects.filter(pk__in=[key for key in missing if key]).order_by("search_name", "pk").values_list("name", flat=True)[:NAMED]
    words = {"count": text_of(sum(missing.values())), "places": ", ".join(named) or "–"}
    sentence = _("%(count)s households got no place because their places have no such figures: %(places)s. Enter the figures first.")
    return [Attention("warn", sentence % words)]


def outside(simulation: Simulation) -> Sequence[Attention]:
    """A cut-off beyond every score selects everybody or nobody."""
    if simulation.cutoff is None or (bounds := range_of(simulation.run)) is None or bounds[0] <= simulation.cutoff <= bounds[1]:
        return []
    words = {"cutoff": edge(simulation.cutoff), "low": edge(bounds[0]), "high": edge(bounds[1])}
    return [Attention("warn", _("The cut-off %(cutoff)s lies beyond all scores, which go from %(low)s to %(high)s.") % words)]


def _as_before(request: HttpRequest, target: Any) -> Mapping[str, Any]:
    """A new one begins with what the one it was opened from asked, or with the newest scores."""
    text = request.GET.get("like", "")
    rows = SimulationTable.visible(request.user)
    found = rows.filter(pk=int(text)).first() if text.isascii() and text.isdigit() and len(text) < 19 else None
    if found is None:
        newest = done_runs(ScoreRun.objects.visible_to(request.user, SEES_RUNS)).first()  # type: ignore[arg-type]
        return {"title": _("Simulation of %(day)s") % {"day": text_of(timezone.localdate())}, "run": newest}
    names = ("title", "run", "rule", "cutoff", "places", "level", "weights", "stage", "poor", "disability", "payments")
    lines = "\n".join(f"{start:g} {percent:g}" for start, percent in found.likelihoods)
    return {**{name: getattr(found, name) for name in names}, "likelihoods": lines}


add = ActionLink(_("Simulate a selection"), "simulation:simulate", "simulation.simulate", tone="primary")
simulation_list = ListScreen(
    SimulationTable, title=_("Simulations"), actions=[add],
    empty=EmptyState(_("No simulations yet"), _("See what a cut-off or quota would do, before anybody decides."), add),
)  # fmt: skip
COUNTED_ELSEWHERE = Timeline(hidden=frozenset({"results"}))  # the other tabs tell them in tables
simulation_detail = DetailScreen(
    Simulation, permission="simulation.view_simulation", title=str, subtitle=lambda one: str(one.area), status=status_of, facts=asked,
    attention=notes,
    actions=[
        ActionLink(
            _("Compare"), "simulation:compare_simulations", "simulation.compare_simulations", "primary", lambda one: one.state == State.DONE
        ),
        ActionLink(_("Simulate another"), lambda one: f"{reverse('simulation:simulate')}?like={one.pk}", "simulation.simulate"),
    ],
    prepare=lambda rows: rows.select_related("run__formula_version__formula", "run__area", "level", "stage__campaign", "area"),
    timeline=COUNTED_ELSEWHERE,
)  # fmt: skip
comparison_detail = DetailScreen(
    Comparison, permission="simulation.view_comparison", title=str, subtitle=lambda one: str(one.area), status=status_of,
    prepare=lambda rows: rows.select_related(
        "first__run__formula_version__formula", "second__run__formula_version__formula", "first__run__area", "second__run__area", "area"
    ),
    timeline=COUNTED_ELSEWHERE,
)  # fmt: skip
simulate = ActionScreen(
    services.simulate, form=forms.SimulationForm, initial=_as_before, done=simulation_url, button=_("Simulate"),
    back=lambda target: reverse("simulation:simulation_list"), lead=_("Nothing is changed by it; the result is kept for others to see."),
)  # fmt: skip
compare_simulations = ActionScreen(
    services.compare_simulations, form=forms.ComparisonForm, target=(Simulation, "pk"), done=comparison_url, back=simulation_url,
    inputs=lambda cleaned, simulation: {"first": simulation, **cleaned}, button=_("Compare"),
)  # fmt: skip

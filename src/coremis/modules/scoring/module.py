"""What this module adds."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.seats import SeatPermissions
from coremis.kernel.approvals.presets import RoutePreset
from coremis.kernel.approvals.routes import Approvable
from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.contributions import Panel, Tab, WatchedActions
from coremis.kernel.screens.menu import ASSESS, MenuItem
from coremis.modules.registry.models import Household
from coremis.modules.scoring import panels, previews, run_panels, services
from coremis.modules.scoring.models import FormulaVersion, Score, ScoreFormula, ScoreRun

FORMULA, VERSION, RUN, SCORE = (
    "scoring.view_scoreformula", "scoring.view_formulaversion", "scoring.view_scorerun", "scoring.view_score",
)  # fmt: skip
SEES = (FORMULA, VERSION, RUN, SCORE)
WRITES = tuple(
    action.name
    for action in (
        services.save_formula, services.start_version, services.load_formulas, services.save_settings, services.save_stratum,
        services.save_member_fact, services.save_fact, services.save_term, services.save_category, services.save_cutoff,
        services.save_example, services.remove_entry, services.move_entry, services.activate_version,
    )
)  # fmt: skip
SCORES = services.score_households.name

contributions: list[Contribution] = [
    MenuItem(_("Formulas"), "scoring:formula_list", group=ASSESS, order=60),
    MenuItem(_("Scores"), "scoring:run_list", group=ASSESS, order=20),
    WatchedActions(_("Formulas"), WRITES, order=52),
    WatchedActions(_("Scores"), (SCORES,), order=53),
    Panel(ScoreFormula, _("Versions"), panels.versions, VERSION, order=10),
    Panel(FormulaVersion, _("Strata"), panels.strata, VERSION, order=10),
    Panel(FormulaVersion, _("Terms"), panels.terms, VERSION, order=20),
    Panel(FormulaVersion, _("Facts that the formula declares"), panels.facts, VERSION, order=30),
    Panel(FormulaVersion, _("Categories"), panels.categories, VERSION, order=40),
    Panel(FormulaVersion, _("Limits"), panels.cutoffs, VERSION, order=50),
    Panel(FormulaVersion, _("Still to be done"), panels.to_do, VERSION, "scoring/_to_do.html", order=55),
    Panel(FormulaVersion, _("Names that may be used"), panels.names, VERSION, "scoring/_names.html", order=60),
    Tab(FormulaVersion, "try", _("Try it"), order=10),
    Panel(FormulaVersion, _("Examples"), panels.examples, VERSION, "scoring/_examples.html", order=10, tab="try"),
    Panel(FormulaVersion, _("A real household"), panels.try_it, "registry.view_household", "scoring/_try.html", order=20, tab="try"),
    Panel(ScoreRun, _("Results"), run_panels.by_category, SCORE, order=10),
    Panel(ScoreRun, _("How the scores are spread"), run_panels.spread, SCORE, "scoring/_spread.html", order=20),
    Panel(ScoreRun, _("By place, with the coverage of registration"), run_panels.by_place, SCORE, order=30),
    Panel(ScoreRun, _("What was missing"), run_panels.missing, SCORE, order=40),
    Panel(Score, _("Working"), run_panels.explained, SCORE, "scoring/_explained.html", order=10),
    Panel(Household, _("Scores"), run_panels.of_household, SCORE, order=45),
    Approvable(services.activate_version, preview=previews.activation),
    RoutePreset(services.activate_version, ("approver",)),
    SeatPermissions("manager", (*SEES, *WRITES, SCORES)),
    SeatPermissions("approver", SEES),
    SeatPermissions("data", SEES),
    SeatPermissions("commune", SEES),
    SeatPermissions("auditor", SEES),
]

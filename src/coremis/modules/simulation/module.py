"""What this module adds."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.seats import SeatPermissions
from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.contributions import Panel
from coremis.kernel.screens.menu import ASSESS, MenuItem
from coremis.modules.simulation import panels, services
from coremis.modules.simulation.models import Comparison, Simulation

SEES = ("simulation.view_simulation", "simulation.view_comparison")
WRITES = tuple(action.name for action in (services.simulate, services.compare_simulations))

contributions: list[Contribution] = [
    MenuItem(_("Simulations"), "simulation:simulation_list", group=ASSESS, order=60),
    Panel(Simulation, _("What it would do"), panels.result, SEES[0], order=10),
    Panel(Simulation, _("How well it finds the poor"), panels.accuracy, SEES[0], "simulation/_accuracy.html", order=20),
    Panel(Simulation, _("Other cut-offs"), panels.cutoffs, SEES[0], order=30),
    Panel(Simulation, _("By place"), panels.by_place, SEES[0], order=40),
    Panel(Simulation, _("By head of household"), panels.by_head, SEES[0], order=50),
    Panel(Simulation, _("By disability"), panels.by_disability, SEES[0], order=60),
    Panel(Comparison, _("Whom they select"), panels.both, SEES[1], order=10),
    Panel(Comparison, _("Side by side"), panels.side_by_side, SEES[1], order=20),
    SeatPermissions("manager", (*SEES, *WRITES)),
    SeatPermissions("approver", SEES),
    SeatPermissions("auditor", SEES),
]

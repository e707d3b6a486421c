"""What this module adds."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.seats import SeatPermissions
from coremis.kernel.approvals.presets import RoutePreset
from coremis.kernel.approvals.routes import Approvable
from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.contributions import Panel, Tab, WatchedActions
from coremis.modules.benefits import panels, previews, services
from coremis.modules.benefits.costs import COSTS
from coremis.modules.benefits.models import BenefitRule, RuleVersion
from coremis.modules.benefits.uses import rules_with
from coremis.modules.programmes.models import Programme
from coremis.modules.registry.queries import VariableUse

SEES = ("benefits.view_benefitrule", "benefits.view_ruleversion")
WRITES = tuple(
    action.name
    for action in (
        services.save_rule, services.start_version, services.save_part, services.remove_part, services.move_part, services.save_limits,
        services.save_example, services.remove_example, services.activate_version,
    )
)  # fmt: skip

contributions: list[Contribution] = [
    WatchedActions(_("Benefit rules"), WRITES, order=50),
    VariableUse(rules_with),
    COSTS,
    Panel(Programme, _("Benefit rules"), panels.of_programme, "benefits.view_benefitrule", order=40),
    Panel(BenefitRule, _("Versions"), panels.versions, "benefits.view_ruleversion", order=10),
    Panel(RuleVersion, _("Parts, in the order of computation"), panels.parts, SEES[1], "benefits/_parts.html", order=10),
    Panel(RuleVersion, _("Limits"), panels.limits, "benefits.view_ruleversion", order=20),
    Panel(RuleVersion, _("Names that may be used"), panels.names, "benefits.view_ruleversion", "benefits/_names.html", order=40),
    Tab(RuleVersion, "try", _("Try it"), order=10),
    Panel(RuleVersion, _("Examples"), panels.examples, "benefits.view_ruleversion", "benefits/_examples.html", order=10, tab="try"),
    Panel(RuleVersion, _("A real household"), panels.try_it, "registry.view_household", "benefits/_try.html", order=20, tab="try"),
    Approvable(services.activate_version, preview=previews.activation),
    RoutePreset(services.activate_version, ("approver",)),
    SeatPermissions("manager", (*SEES, *WRITES)),
    SeatPermissions("payments", SEES),
    SeatPermissions("verifier", SEES),
    SeatPermissions("approver", SEES),
    SeatPermissions("accountant", SEES),
    SeatPermissions("auditor", SEES),
]

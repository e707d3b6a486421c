"""What this module adds."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.seats import SeatPermissions
from coremis.kernel.actions.action import Action
from coremis.kernel.approvals.presets import RoutePreset
from coremis.kernel.approvals.routes import Approvable
from coremis.kernel.areas.uses import AreaUse
from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.contributions import Panel, Tab, WatchedActions
from coremis.kernel.screens.menu import ASSESS, MenuItem
from coremis.modules.programmes.models import Programme
from coremis.modules.registry.models import Household, Person
from coremis.modules.scoring.services import HouseholdSource
from coremis.modules.targeting import explaining, panels, previews, services
from coremis.modules.targeting.cards import CARDS
from coremis.modules.targeting.facts import facts
from coremis.modules.targeting.following import campaigns_in, follow_place, quotas_in
from coremis.modules.targeting.imports import LISTED, QUOTAS
from coremis.modules.targeting.kinds.scoring import SOURCE
from coremis.modules.targeting.models import Campaign, Stage, StageEntry, StageRun
from coremis.modules.targeting.pipeline import STEPS
from coremis.modules.targeting.services.running import go_on_after_scores, to_score
from coremis.modules.targeting.views.addresses import appeal_url, campaign_url

SEES = ("targeting.view_campaign", "targeting.view_stageentry", "targeting.view_quota", "targeting.view_appeal")
MAKES = tuple(
    f"targeting.{name}" for name in (
        "create_campaign", "change_campaign", "abandon_campaign", "close_campaign", "add_stage", "set_stage", "move_stage", "skip_stage",
        "bring_back_stage", "run_stage", "set_quotas", "compute_quotas", "reallocate_quotas", "close_validation", "close_appeals",
        "approve_results", "approve_exits", "enrol_selected", "fill_places", "decide_appeal", "give_place",
    )
)  # fmt: skip
IN_VILLAGES = tuple(f"targeting.{name}" for name in ("record_verdict", "confirm_others", "propose_addition", "open_appeal"))


def with_approval(action: Action[Any], preview: Callable[..., Any]) -> list[Contribution]:
    """An action about a campaign that one approver agrees to, in the places that the campaign was made for."""

    def places(inputs: dict[str, Any]) -> list[int]:
        return [area.pk for area in inputs["areas"]] if "areas" in inputs else inputs["campaign"].area_ids

    def page(inputs: dict[str, Any]) -> str:
        return campaign_url(inputs["campaign"])

    return [Approvable(action, preview=preview, places=places, page=page), RoutePreset(action, ("approver",))]


contributions: list[Contribution] = [
    *facts,
    *CARDS,
    *STEPS,
    MenuItem(_("Targeting"), "targeting:campaign_list", group=ASSESS, order=50),
    MenuItem(_("Appeals"), "targeting:appeal_list", group=ASSESS, order=55),
    AreaUse(_("Targeting campaigns"), campaigns_in, follow_place, order=55),
    AreaUse(_("Planned quotas"), quotas_in, order=56),
    HouseholdSource(SOURCE, to_score, go_on_after_scores),
    Panel(Campaign, _("Stages"), panels.ladder, "targeting.view_campaign", order=10),
    Panel(Campaign, _("Free places"), panels.free, "targeting.view_quota", order=15),
    Panel(Campaign, _("Outcomes by place"), panels.places, "targeting.view_stageentry", order=20),
    Panel(Campaign, _("What it changed"), panels.changes, "programmes.view_groupchange", order=30),
    Panel(Stage, _("Planned quotas"), panels.planned, "targeting.view_quota", order=10),
    Panel(Stage, _("Carried out"), panels.runs, "targeting.view_campaign", order=20),
    Panel(StageRun, _("Outcomes"), panels.run_outcomes, "targeting.view_stageentry", order=10),
    Panel(StageRun, _("Outcomes by place"), panels.run_places, "targeting.view_stageentry", order=20),
    Panel(StageRun, _("Quotas"), panels.quotas, "targeting.view_quota", order=30),
    Panel(StageEntry, _("How it came about"), explaining.came_about, "targeting.view_stageentry", order=5),
    Panel(StageEntry, _("Stage by stage"), panels.way, "targeting.view_stageentry", order=10),
    Panel(StageEntry, _("Appeals"), panels.appeals, "targeting.view_appeal", order=30),
    Panel(Programme, _("Targeting campaigns"), panels.of_programme, "targeting.view_campaign", order=30),
    Tab(Household, "targeting", panels.TITLE, order=45),
    Tab(Person, "targeting", panels.TITLE, order=45),
    Panel(Household, panels.TITLE, panels.of_household, "targeting.view_stageentry", tab="targeting"),
    Panel(Person, panels.TITLE, panels.of_person, "targeting.view_stageentry", tab="targeting"),
    *with_approval(services.approve_results, previews.result),
    *with_approval(services.approve_exits, previews.exits),
    *with_approval(services.enrol_selected, previews.enrolment),
    *with_approval(services.fill_places, previews.filling),
    Approvable(services.reallocate_quotas, preview=previews.reallocation, places=lambda inputs: inputs["stage"].campaign.area_ids),
    RoutePreset(services.reallocate_quotas, ("approver",)),
    Approvable(
        services.give_place,
        preview=previews.place_given,
        places=lambda inputs: inputs["appeal"].place_ids() or [],
        page=lambda inputs: appeal_url(inputs["appeal"]),
    ),
    RoutePreset(services.give_place, ("approver",)),
    QUOTAS,
    LISTED,
    WatchedActions(_("Targeting stages carried out again, quotas changed"), ("targeting.run_stage", "targeting.set_quotas"), order=70),
    SeatPermissions("manager", (*SEES, *MAKES, *IN_VILLAGES)),
    SeatPermissions("commune", (*SEES, *IN_VILLAGES)),
    *(SeatPermissions(seat, SEES) for seat in ("data", "verifier", "approver", "auditor")),
]

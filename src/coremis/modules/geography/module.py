"""What this module adds.

Seats: whoever keeps house (IT) sends files and asks for changes of the tree; a programme manager agrees, and keeps figures and
groups. Everybody who decides sees figures, outlines and maps.
"""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.seats import SeatPermissions
from coremis.kernel.approvals.presets import RoutePreset
from coremis.kernel.approvals.routes import Approvable
from coremis.kernel.areas.models import Area
from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.contributions import Panel, Tab, WatchedActions
from coremis.kernel.screens.menu import REPORTS, MenuItem
from coremis.modules.geography import panels, previews
from coremis.modules.geography.imports import KINDS
from coremis.modules.geography.measures import place_page
from coremis.modules.geography.models import AreaGroup
from coremis.modules.geography.services.figures import add_usual_figures, end_figure, save_figure_kind, set_figure
from coremis.modules.geography.services.files import give_up_places, match_places, send_places, take_in_places
from coremis.modules.geography.services.groups import join_group, leave_group, retire_group, save_group
from coremis.modules.geography.services.moving import move_people
from coremis.modules.geography.services.reorganising import merge_units, split_unit
from coremis.modules.geography.services.shapes import load_outlines
from coremis.modules.geography.services.units import close_unit, move_unit, rename_unit
from coremis.modules.geography.uses import USES

SEES = tuple(f"geography.view_{kind}" for kind in ("areafigure", "areashape", "figurekind", "codelink", "areagroup", "groupplace"))
FILES = tuple(action.name for action in (send_places, match_places, give_up_places, take_in_places))
FIGURES = tuple(action.name for action in (set_figure, end_figure, save_figure_kind, add_usual_figures))
GROUPS = tuple(action.name for action in (save_group, retire_group, join_group, leave_group))
TREE = (rename_unit, move_unit, close_unit, merge_units, split_unit, move_people)
WATCHED = (take_in_places, *TREE, load_outlines)


def about_areas(inputs: dict[str, Any]) -> Any:
    """The unit that a request is about: of several, the first."""
    return inputs["area"] if "area" in inputs else (inputs.get("areas") or inputs["from_areas"])[0]


def asked(action: Any, preview: Any) -> list[Contribution]:
    """What a change of the tree needs to be agreed to."""
    page = lambda inputs: place_page(about_areas(inputs).pk)  # noqa: E731
    return [Approvable(action, preview=preview, subject=about_areas, page=page), RoutePreset(action, ("manager",))]


contributions: list[Contribution] = [
    *KINDS,
    *USES,
    MenuItem(_("Map"), "geography:map", group=REPORTS, order=30),
    MenuItem(_("Places and figures"), "geography:figures", group=REPORTS, order=31),
    Tab(Area, "figures", _("Figures"), order=10),
    Panel(Area, _("Figures"), panels.figures, "geography.view_areafigure", order=10, tab="figures"),
    Panel(Area, _("Change this unit"), panels.changes, "areas.view_area", order=50),
    Panel(Area, _("Former codes"), panels.former_codes, "geography.view_codelink", order=60),
    Panel(Area, _("Groups of places"), panels.groups, "geography.view_groupplace", order=70),
    Panel(AreaGroup, _("Places"), panels.places_of_group, "geography.view_groupplace"),
    Approvable(take_in_places, preview=previews.file_effect, page=lambda inputs: reverse("geography:file", args=[inputs["batch"].pk])),
    RoutePreset(take_in_places, ("manager",)),
    *asked(rename_unit, previews.renaming),
    *asked(move_unit, previews.moving),
    *asked(close_unit, previews.closing),
    *asked(merge_units, previews.merging),
    *asked(split_unit, previews.splitting),
    *asked(move_people, previews.moving_people),
    WatchedActions(_("Places and their codes"), tuple(action.name for action in WATCHED), order=50),
    SeatPermissions("it", (*SEES, *FILES, *FIGURES, *GROUPS, load_outlines.name, *(action.name for action in TREE))),
    SeatPermissions("manager", (*SEES, *FIGURES, *GROUPS, send_places.name)),
    *(SeatPermissions(seat, SEES) for seat in ("data", "commune", "payments", "verifier", "approver", "accountant", "auditor")),
]

"""What this module adds."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.seats import SeatPermissions
from coremis.kernel.areas.uses import AreaUse
from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.contributions import HomeCard, Panel, WatchedActions
from coremis.kernel.screens.menu import PROVIDE, MenuItem
from coremis.modules.points import cards, panels
from coremis.modules.points.following import follow_place, points_in, served_in
from coremis.modules.points.imports import POINTS
from coremis.modules.points.models import PaymentPoint
from coremis.modules.registry.models import Household

SEES = tuple(f"points.view_{kind}" for kind in ("provider", "paymentpoint", "pointmanager", "servedplace", "householdpoint"))
KEEPS = tuple(
    f"points.{name}" for name in (
        "add_point", "change_point", "close_point", "reopen_point", "assign_point_manager", "end_point_manager", "serve_places",
        "stop_serving", "add_provider", "change_provider", "choose_household_point", "end_household_point",
    )
)  # fmt: skip

WATCHED = tuple(
    f"points.{name}" for name in (
        "choose_household_point", "end_household_point", "serve_places", "stop_serving", "change_point", "add_provider", "change_provider",
    )
)  # fmt: skip

contributions: list[Contribution] = [
    MenuItem(_("Payment points"), "points:point_list", group=PROVIDE, order=42),
    POINTS,
    WatchedActions(_("Where and through whom money is collected"), WATCHED, order=15),
    HomeCard(_("Payment points"), cards.places_without, "points.serve_places", seats={"payments": 45}),
    Panel(PaymentPoint, _("Places served"), panels.served, "points.view_servedplace", order=10),
    Panel(PaymentPoint, _("Managers"), panels.managers, "points.view_pointmanager", order=20),
    Panel(PaymentPoint, _("Households of their own choice"), panels.own_households, "points.view_householdpoint", order=40),
    Panel(Household, _("Payment point"), panels.household_point, "points.view_householdpoint", order=50),
    AreaUse(_("Payment points"), points_in, order=50),
    AreaUse(_("Places served by a payment point"), served_in, follow_place, order=51),
    SeatPermissions("payments", (*SEES, *KEEPS)),
    SeatPermissions("data", (*SEES, "points.add_point")),
    SeatPermissions("commune", (*SEES, "points.choose_household_point", "points.end_household_point")),
    *(SeatPermissions(seat, SEES) for seat in ("manager", "verifier", "approver", "accountant", "auditor")),
]

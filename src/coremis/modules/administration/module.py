"""What this module adds."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import Profile, User
from coremis.kernel.access.seats import SEATS, SeatPermissions
from coremis.kernel.access.services import assign, save_profile
from coremis.kernel.actions.jobs import SEALING
from coremis.kernel.actions.services import redact
from coremis.kernel.approvals.presets import RoutePreset
from coremis.kernel.approvals.routes import Approvable
from coremis.kernel.approvals.services import close_route, save_route
from coremis.kernel.areas.models import Area
from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.contributions import Panel
from coremis.kernel.screens.menu import ADMINISTRATION, HOME, MenuItem
from coremis.modules.administration import panels, settings
from coremis.modules.administration.views.people import assignment_preview, profile_preview
from coremis.modules.administration.views.routes import route_preview
from coremis.modules.administration.work import count_waiting

EVERYBODY = ("areas.view_area", "approvals.submit_request", "approvals.recall_request", "administration.cancel_job", "administration.retry_job")
DECIDES = ("approvals.approve_request", "approvals.reject_request", "approvals.return_request", "approvals.view_request")
READS_ACCESS = ("access.view_user", "access.view_profile", "access.view_assignment", "approvals.view_route", "approvals.view_request")
KEEPS_HOUSE = (
    *READS_ACCESS, *DECIDES, "jobs.view_job", "access.create_user", "access.change_user", "access.set_user_active", "access.reset_password",
    "access.save_profile", "access.assign", "access.end_assignment", "approvals.save_route", "approvals.close_route",
    "areas.add_area", "areas.rename_area", "areas.move_area", "areas.close_area", "areas.load_areas", "areas.define_levels",
    "config.change_settings", "areas.view_arealevel",
)  # fmt: skip

contributions: list[Contribution] = [
    MenuItem(_("My work"), "administration:my_work", group=HOME, order=10, count=count_waiting, top=True),
    MenuItem(_("Administrative units"), "administration:areas", group=ADMINISTRATION, order=10),
    MenuItem(_("Users"), "administration:users", group=ADMINISTRATION, order=20),
    MenuItem(_("Access profiles"), "administration:profiles", group=ADMINISTRATION, order=30),
    MenuItem(_("Approval routes"), "administration:routes", group=ADMINISTRATION, order=40),
    MenuItem(_("Approvals"), "administration:requests", group=ADMINISTRATION, order=50),
    MenuItem(_("Running work"), "administration:jobs", group=ADMINISTRATION, order=60),
    MenuItem(_("History"), "administration:history", group=ADMINISTRATION, order=70),
    Panel(User, _("Assignments"), panels.user_assignments, "access.view_assignment", template="administration/_assignments.html"),
    Panel(Profile, _("Permissions"), panels.profile_permissions, "access.view_profile", template="administration/_permissions.html"),
    Panel(Area, _("Units inside"), panels.units_inside, "areas.view_area"),
    Approvable(assign, preview=assignment_preview, places=lambda inputs: [inputs["area"].pk]),
    Approvable(save_profile, preview=profile_preview),
    Approvable(save_route, preview=route_preview),
    RoutePreset(assign, ("it",)),
    RoutePreset(save_profile, ("it",)),
    RoutePreset(save_route, ("it",)),
    RoutePreset(close_route, ("it",)),
    RoutePreset(redact, ("auditor", "it")),
    settings.COUNTRY,
    settings.LANGUAGES,
    settings.CURRENCY,
    settings.DECIMALS,
    SEALING,
    *(SeatPermissions(seat, EVERYBODY) for seat in SEATS),
    *(SeatPermissions(seat, DECIDES) for seat in ("verifier", "approver", "accountant", "manager")),
    *(SeatPermissions(seat, ("screens.export_list",)) for seat in ("manager", "data", "commune", "payments", "accountant", "auditor")),
    SeatPermissions("it", KEEPS_HOUSE),
    SeatPermissions("auditor", (*READS_ACCESS, *DECIDES, "actions.view_event", "actions.redact", "jobs.view_job", "areas.view_arealevel")),
]

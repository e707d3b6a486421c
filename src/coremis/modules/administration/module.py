"""What this module adds."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import Assignment, Profile, User
from coremis.kernel.access.seats import SEATS, FirstRunPage, SeatPermissions
from coremis.kernel.access.services import assign, save_profile
from coremis.kernel.actions.jobs import SEALING
from coremis.kernel.actions.services import redact
from coremis.kernel.approvals.presets import RoutePreset
from coremis.kernel.approvals.routes import Approvable
from coremis.kernel.approvals.services import close_route, save_route
from coremis.kernel.areas.models import Area
from coremis.kernel.config.services import change_settings
from coremis.kernel.jobs.models import Job
from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.contributions import ChecklistStep, HomeCard, Panel, WatchedActions
from coremis.kernel.screens.menu import ADMINISTRATION, HOME, MenuItem
from coremis.modules.administration import auditing, cards, panels
from coremis.modules.administration.jobs import VERIFYING
from coremis.modules.administration.services import install_presets
from coremis.modules.administration.views.people import assignment_preview, profile_preview
from coremis.modules.administration.views.routes import close_preview, presets_preview, route_preview
from coremis.modules.administration.views.settings import settings_preview
from coremis.modules.administration.work import count_waiting

EVERYBODY = (
    "areas.view_area",
    "approvals.submit_request",
    "approvals.recall_request",
    "administration.cancel_job",
    "administration.retry_job",
)
DECIDES = ("approvals.approve_request", "approvals.reject_request", "approvals.return_request", "approvals.view_request")
READS_ACCESS = ("access.view_user", "access.view_profile", "access.view_assignment", "approvals.view_route")
KEEPS_HOUSE = (  # without approvals.view_request: a request may speak of people and money
    *READS_ACCESS, "approvals.approve_request", "approvals.reject_request", "approvals.return_request",
    "jobs.view_job", "access.create_user", "access.change_user", "access.set_user_active", "access.reset_password",
    "access.save_profile", "access.assign", "access.end_assignment", "approvals.save_route", "approvals.close_route",
    "areas.add_area", "areas.load_areas", "areas.define_levels",
    "config.change_settings", "areas.view_arealevel", "administration.install_presets",
)  # fmt: skip

DECIDING_SEATS = ("verifier", "approver", "accountant", "manager", "auditor", "it")

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
    Approvable(
        assign,
        preview=assignment_preview,
        places=lambda inputs: [inputs["area"].pk],
        subject=lambda inputs: None,
        page=lambda inputs: reverse("administration:user", args=[inputs["user"].pk]),
    ),
    Approvable(
        save_profile,
        preview=profile_preview,
        page=lambda inputs: reverse("administration:profile", args=[inputs["profile"].pk]) if inputs.get("profile") else "",
    ),
    Approvable(
        save_route,
        preview=route_preview,
        subject=lambda inputs: inputs.get("route"),
        page=lambda inputs: reverse("administration:route", args=[inputs["route"].pk]) if inputs.get("route") else "",
    ),
    Approvable(close_route, preview=close_preview, page=lambda inputs: reverse("administration:route", args=[inputs["route"].pk])),
    Approvable(install_presets, preview=presets_preview),
    Approvable(change_settings, preview=settings_preview, page=lambda inputs: reverse("administration:change_settings")),
    RoutePreset(assign, ("it",)),
    RoutePreset(save_profile, ("it",)),
    RoutePreset(save_route, ("it",)),
    RoutePreset(close_route, ("it",)),
    RoutePreset(install_presets, ("it",)),
    RoutePreset(change_settings, ("it",)),
    RoutePreset(redact, ("auditor", "it")),
    FirstRunPage("administration:first_run"),
    ChecklistStep(
        _("Load the administrative units"),
        lambda: Area.objects.exclude(parent=None).exists(),
        "administration:load_areas",
        "areas.load_areas",
        order=10,
    ),
    ChecklistStep(
        _("Create the users and assign their profiles"),
        lambda: Assignment.objects.exclude(profile__code="it").exists(),
        "administration:users",
        "access.create_user",
        order=20,
    ),
    ChecklistStep(
        _("Start the worker, which does the long work"),
        lambda: Job.objects.exclude(heartbeat_at=None).exists(),
        "administration:jobs",
        "jobs.view_job",
        order=30,
    ),
    HomeCard(_("To decide"), cards.to_decide, "approvals.approve_request", order=10, seats=dict.fromkeys(DECIDING_SEATS, 5), wide=True),
    HomeCard(_("Decided by me"), cards.decided_by_me, "approvals.approve_request", order=90, seats=dict.fromkeys(DECIDING_SEATS, 90)),
    HomeCard(_("What is stuck, and with whom"), cards.stuck, "approvals.view_request", seats={"manager": 40}, wide=True),
    HomeCard(_("This installation"), cards.installation, "access.set_user_active", order=20, seats={"it": 1}),
    HomeCard(_("Proof of the history"), cards.proof, "actions.view_event", order=20, seats={"auditor": 1}),
    HomeCard(_("Refused decisions on own requests"), auditing.refused, "actions.view_event", order=25, seats={"auditor": 10}),
    HomeCard(_("Changed in thirty days"), auditing.changed, "actions.view_event", order=30, seats={"auditor": 20}),
    WatchedActions(
        _("Access"),
        (
            "access.assign",
            "access.end_assignment",
            "access.save_profile",
            "access.create_user",
            "access.set_user_active",
            "access.reset_password",
            "access.change_second_factor",
        ),
        order=30,
    ),
    WatchedActions(_("Approval routes"), ("approvals.save_route", "approvals.close_route", "administration.install_presets"), order=40),
    WatchedActions(_("Lists taken home"), ("screens.export_list", "files.download_attachment"), order=90),
    SEALING,
    VERIFYING,
    *(SeatPermissions(seat, EVERYBODY) for seat in SEATS),
    *(SeatPermissions(seat, DECIDES) for seat in ("verifier", "approver", "accountant", "manager")),
    *(SeatPermissions(seat, ("screens.export_list",)) for seat in ("manager", "data", "commune", "payments", "accountant", "auditor")),
    SeatPermissions("it", KEEPS_HOUSE),
    SeatPermissions("auditor", (*READS_ACCESS, *DECIDES, "actions.view_event", "actions.redact", "jobs.view_job", "areas.view_arealevel")),
]

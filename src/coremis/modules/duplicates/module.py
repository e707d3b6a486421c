"""What this module adds."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.seats import SeatPermissions
from coremis.kernel.jobs.schedule import Schedule
from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.contributions import HomeCard, Panel
from coremis.kernel.screens.menu import PEOPLE, MenuItem
from coremis.modules.duplicates import panels
from coremis.modules.duplicates.jobs import search
from coremis.modules.duplicates.models import DuplicateGroup
from coremis.modules.registry.models import Person

SEES = tuple(f"duplicates.view_{kind}" for kind in ("duplicategroup", "duplicatemember", "duplicateverdict"))
DECIDES = ("duplicates.decide_duplicates", "duplicates.look_for_duplicates")

contributions: list[Contribution] = [
    MenuItem(_("Possible duplicates"), "duplicates:groups", group=PEOPLE, order=40),
    Panel(Person, _("May be registered twice"), panels.may_be_twice, "duplicates.view_duplicategroup", order=5),
    Panel(DuplicateGroup, _("Side by side"), panels.people, "registry.view_person", order=10),
    Panel(DuplicateGroup, _("Verdicts"), panels.verdicts, "duplicates.view_duplicateverdict", order=20),
    HomeCard(_("Possible duplicates"), panels.open_groups, "duplicates.decide_duplicates", order=35, seats={"data": 30, "commune": 60}),
    HomeCard(_("Called different people"), panels.overridden, "duplicates.view_duplicateverdict", order=40, seats={"auditor": 30}),
    Schedule(search, every="day", at_hour=3),
    SeatPermissions("data", (*SEES, *DECIDES)),
    SeatPermissions("commune", (*SEES, *DECIDES)),
    SeatPermissions("manager", (*SEES, *DECIDES)),
    SeatPermissions("verifier", SEES),
    SeatPermissions("auditor", SEES),
]

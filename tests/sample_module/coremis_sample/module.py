"""What this module adds."""

from coremis_sample.services import add_meeting_place, close_meeting_place
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.seats import SeatPermissions
from coremis.kernel.approvals.presets import RoutePreset
from coremis.kernel.approvals.routes import Approvable
from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.menu import MANAGE, MenuItem

contributions: list[Contribution] = [
    MenuItem(_("Meeting places"), "sample_places:place_list", group=MANAGE, order=90),
    Approvable(close_meeting_place),
    RoutePreset(close_meeting_place, ("manager",)),
    SeatPermissions("commune", ("sample_places.view_meetingplace", add_meeting_place.name, close_meeting_place.name)),
    SeatPermissions("manager", ("sample_places.view_meetingplace",)),
]

"""What this module adds."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.seats import SeatPermissions
from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.contributions import Panel
from coremis.modules.targeting.models import StageEntry, StageRun
from coremis.modules.validation import imports, panels, services

SEES = ("validation.view_meeting", "validation.view_villagelist")
WRITES = tuple(
    action.name
    for action in (services.take_village_list, services.record_meeting, services.attach_minutes, services.record_answers)
)  # fmt: skip

contributions: list[Contribution] = [
    imports.ANSWERS,
    Panel(StageRun, _("Villages"), panels.villages, "targeting.view_stageentry", order=5),
    Panel(StageEntry, _("Meeting of the village"), panels.of_entry, "validation.view_meeting", order=20),
    SeatPermissions("manager", (*SEES, *WRITES)),
    SeatPermissions("commune", (*SEES, *WRITES)),
    SeatPermissions("data", (*SEES, services.record_answers.name, services.take_village_list.name)),
    *(SeatPermissions(seat, SEES) for seat in ("verifier", "approver", "auditor")),
]

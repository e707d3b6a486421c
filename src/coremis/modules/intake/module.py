"""What this module adds.

Seats: data and commune officers bring files for their own places. A programme manager decides on them, because what enters the
register is the programme's answer for years; approvers decide on money, and see imports so that a country may route them there.
"""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.seats import SeatPermissions
from coremis.kernel.approvals.presets import RoutePreset
from coremis.kernel.approvals.routes import Approvable
from coremis.kernel.exchange.applying import apply_batch
from coremis.kernel.exchange.checking import check_batch
from coremis.kernel.exchange.services import cancel_batch, create_batch
from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.contributions import HomeCard
from coremis.kernel.screens.menu import ASSESS, MenuItem
from coremis.modules.intake import panels
from coremis.modules.intake.imports import OPEN_FILES, PERSONS
from coremis.modules.intake.previews import batch_effect, batch_page
from coremis.modules.intake.queries import imports_with
from coremis.modules.intake.tables import SEE
from coremis.modules.registry.queries import VariableUse

BRINGS = (SEE, OPEN_FILES, create_batch.name, check_batch.name, cancel_batch.name, apply_batch.name)

contributions: list[Contribution] = [
    PERSONS,
    VariableUse(imports_with),
    MenuItem(_("Imports"), "intake:batches", group=ASSESS, order=20),
    HomeCard(_("My imports"), panels.my_imports, permission=create_batch.name, order=20, seats={"data": 10, "commune": 30}, wide=True),
    Approvable(apply_batch, preview=batch_effect, page=batch_page),
    RoutePreset(apply_batch, ("manager",)),
    SeatPermissions("data", BRINGS),
    SeatPermissions("commune", BRINGS),
    *(SeatPermissions(seat, (SEE, OPEN_FILES)) for seat in ("manager", "auditor")),
    SeatPermissions("approver", (SEE,)),
]

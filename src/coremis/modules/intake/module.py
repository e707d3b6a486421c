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
from coremis.kernel.exchange.correcting import check_again, correct_rows, replace_text, undo_correction
from coremis.kernel.exchange.saved import retire_mapping, save_mapping
from coremis.kernel.exchange.services import cancel_batch, create_batch
from coremis.kernel.exchange.undoing import undo_batch
from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.contributions import HomeCard, Panel
from coremis.kernel.screens.menu import ASSESS, MenuItem
from coremis.modules.intake import panels
from coremis.modules.intake.imports import KINDS, OPEN_FILES
from coremis.modules.intake.previews import batch_effect, batch_page, undo_effect
from coremis.modules.intake.queries import imports_with
from coremis.modules.intake.tables import SEE
from coremis.modules.registry.models import Household
from coremis.modules.registry.queries import VariableUse

BRINGS = (
    SEE, create_batch.name, check_batch.name, cancel_batch.name, apply_batch.name, correct_rows.name, replace_text.name,
    undo_correction.name, check_again.name, save_mapping.name, retire_mapping.name, undo_batch.name,
)  # fmt: skip

contributions: list[Contribution] = [
    *KINDS,
    VariableUse(imports_with),
    MenuItem(_("Imports"), "intake:batches", group=ASSESS, order=20),
    HomeCard(_("My imports"), panels.my_imports, permission=create_batch.name, order=20, seats={"data": 10, "commune": 30}, wide=True),
    Approvable(apply_batch, preview=batch_effect, page=batch_page),
    RoutePreset(apply_batch, ("manager",)),
    Approvable(undo_batch, preview=undo_effect, page=batch_page),
    RoutePreset(undo_batch, ("manager",)),
    Panel(Household, _("Import"), panels.brought_by, permission=SEE, order=90),
    *(SeatPermissions(seat, (*BRINGS, OPEN_FILES)) for seat in ("manager", "data", "commune")),
    SeatPermissions("payments", BRINGS),
    SeatPermissions("auditor", (SEE, OPEN_FILES)),
    SeatPermissions("approver", (SEE,)),
]

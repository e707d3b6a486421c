"""What this module adds."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.seats import SeatPermissions
from coremis.kernel.approvals.presets import RoutePreset
from coremis.kernel.approvals.routes import Approvable
from coremis.kernel.base.money import Money
from coremis.kernel.jobs.schedule import Schedule
from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.contributions import HomeCard
from coremis.kernel.screens.menu import PROVIDE, MenuItem
from coremis.modules.ledger import panels, previews, services
from coremis.modules.ledger.jobs import prove_balances

SEES = tuple(f"ledger.view_{name}" for name in ("account", "posting", "movement", "postingtotal", "proof"))

contributions: list[Contribution] = [
    MenuItem(_("Accounts"), "ledger:account_list", group=PROVIDE, order=50),
    HomeCard(_("Proof of the balances"), panels.proof_card, "ledger.view_proof", order=40, seats={"accountant": 60, "auditor": 15}),
    Schedule(prove_balances, every="day", at_hour=2, proves="differences"),
    Approvable(services.receive_funds, amount=lambda inputs: inputs["amount"], preview=previews.receipt),
    Approvable(
        services.reverse_receipt, preview=previews.reversal,
        amount=lambda inputs: Money(inputs["posting"].declared_minor, inputs["posting"].currency),
    ),
    RoutePreset(services.receive_funds, ("approver",)),
    RoutePreset(services.reverse_receipt, ("approver",)),
    SeatPermissions("accountant", (*SEES, "ledger.receive_funds", "ledger.reverse_receipt")),
    SeatPermissions("auditor", SEES),
    SeatPermissions("approver", ("ledger.view_account", "ledger.view_posting", "ledger.view_postingtotal")),
    SeatPermissions("manager", ("ledger.view_account", "ledger.view_postingtotal", "ledger.view_posting")),
]  # fmt: skip

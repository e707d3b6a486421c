"""What this module adds."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.seats import SeatPermissions
from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.contributions import Panel
from coremis.modules.former import panels
from coremis.modules.former.imports import FORMER
from coremis.modules.former.services import add_former_payment
from coremis.modules.registry.models import Household, Person

SEE = "former.view_formerpayment"

contributions: list[Contribution] = [
    FORMER,
    Panel(Household, _("Payments of a former system"), panels.of_household, SEE, tab="payments", order=90),
    Panel(Person, _("Payments of a former system"), panels.of_person, SEE, tab="payments", order=90),
    SeatPermissions("data", (SEE, add_former_payment.name)),
    *(SeatPermissions(seat, (SEE,)) for seat in ("manager", "commune", "payments", "accountant", "auditor", "verifier", "approver")),
]

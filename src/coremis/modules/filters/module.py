"""What this module adds."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.seats import SeatPermissions
from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.menu import PEOPLE, MenuItem
from coremis.kernel.screens.tables import ListFilters
from coremis.modules.filters.lists import filters_of_list
from coremis.modules.filters.uses import filters_with
from coremis.modules.registry.queries import VariableUse

USES = ("filters.view_savedfilter", "filters.save_filter", "filters.change_filter", "filters.copy_filter", "filters.retire_filter")
SEATS = ("manager", "data", "commune", "payments", "verifier", "approver", "accountant", "auditor")

contributions: list[Contribution] = [
    MenuItem(_("Filters"), "filters:saved_filter_list", group=PEOPLE, order=40),
    ListFilters(filters_of_list),
    VariableUse(filters_with),
    *(SeatPermissions(seat, USES) for seat in SEATS),
]

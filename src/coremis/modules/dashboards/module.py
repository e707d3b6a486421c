"""What this module adds."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.seats import SEATS, SeatPermissions
from coremis.kernel.jobs.schedule import Schedule
from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.contributions import HomeCard
from coremis.kernel.screens.menu import REPORTS, MenuItem
from coremis.modules.dashboards import cards, services
from coremis.modules.dashboards.datasets import DATASETS
from coremis.modules.dashboards.jobs import count_figures
from coremis.modules.dashboards.pages import VIEW

OWN = (services.create_own_dashboard.name, services.arrange_own_dashboard.name, services.put_away_own_dashboard.name)
FOR_PROFILES = (
    services.create_profile_dashboard.name, services.arrange_profile_dashboard.name, services.put_away_profile_dashboard.name,
)  # fmt: skip
REFRESHING = ("manager", "payments", "accountant", "data", "commune", "auditor")

contributions: list[Contribution] = [
    MenuItem(_("Dashboards"), "dashboards:dashboard", group=REPORTS, order=10),
    *DATASETS,
    HomeCard(_("Dashboards"), cards.way_in, VIEW, seats=dict.fromkeys(SEATS, 85)),
    Schedule(count_figures, every="hour"),
    *(SeatPermissions(seat, (VIEW, *OWN)) for seat in SEATS),
    *(SeatPermissions(seat, (services.refresh_figures.name,)) for seat in REFRESHING),
    *(SeatPermissions(seat, FOR_PROFILES) for seat in ("manager", "it")),
]

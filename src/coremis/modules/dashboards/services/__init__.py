"""The actions of this module: who counts anew, and who arranges which dashboard."""

from coremis.modules.dashboards.services.arranging import (
    arrange_own_dashboard,
    arrange_profile_dashboard,
    create_own_dashboard,
    create_profile_dashboard,
    put_away_own_dashboard,
    put_away_profile_dashboard,
)
from coremis.modules.dashboards.services.refreshing import refresh_figures

__all__ = [
    "arrange_own_dashboard", "arrange_profile_dashboard", "create_own_dashboard", "create_profile_dashboard",
    "put_away_own_dashboard", "put_away_profile_dashboard", "refresh_figures",
]  # fmt: skip

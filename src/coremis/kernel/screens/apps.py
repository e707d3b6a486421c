"""The package's Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScreensConfig(AppConfig):
    """Declared pages, the frame around them, and searches kept on the server."""

    name = "coremis.kernel.screens"
    label = "screens"
    verbose_name = _("Pages")

    def ready(self) -> None:
        """Know the export action, check the menu, and put the daily clearing of kept searches on the timetable."""
        from coremis.kernel.jobs.schedule import Schedule
        from coremis.kernel.module.contributions import CATALOGUE
        from coremis.kernel.screens import checks, exports, jobs, menu  # noqa: F401

        CATALOGUE.add("screens", [Schedule(jobs.forget_searches, every="day")])

"""The package's Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DatasetsConfig(AppConfig):
    """What modules offer to be counted."""

    name = "coremis.kernel.datasets"
    label = "datasets"
    verbose_name = _("Figures")

    def ready(self) -> None:
        """Check the declarations."""
        from coremis.kernel.datasets import checks  # noqa: F401

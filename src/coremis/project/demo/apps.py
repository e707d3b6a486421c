from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.config import ModuleConfig


class DemoConfig(ModuleConfig):
    name = "coremis.project.demo"
    label = "demo"
    title = _("Demo")
    version = "0.1.0"
    url_prefix = "demo/"

    def ready(self) -> None:
        """Whoever can change seats needs no password, so nothing starts with this module but the demo itself."""
        if settings.COREMIS_ENVIRONMENT != "demo":
            raise ImproperlyConfigured(
                f"Seats can be changed in the demo only, and this is “{settings.COREMIS_ENVIRONMENT}”. Take COREMIS_SEAT_SWITCH out."
            )
        super().ready()

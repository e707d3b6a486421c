"""The package's Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    """Imports of files; what each kind of import brings is declared by the modules."""

    name = "coremis.kernel.exchange"
    label = "exchange"
    verbose_name = _("Imports")

    def ready(self) -> None:
        """Make the actions known, once all models are."""
        from coremis.kernel.exchange import applying, checking, correcting, saved, services, undoing  # noqa: F401

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "coremis.kernel.config"

    def ready(self) -> None:
        """Load the actions, declare the settings every installation has, and let amounts know the country's currency."""
        from coremis.kernel.base import money
        from coremis.kernel.config import country, services  # noqa: F401
        from coremis.kernel.module.contributions import CATALOGUE

        CATALOGUE.add("config", country.COUNTRY_SETTINGS)
        money.OWN_CURRENCY[:] = [country.stored_currency]

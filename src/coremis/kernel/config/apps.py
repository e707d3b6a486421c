from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "coremis.kernel.config"

    def ready(self) -> None:
        """Load the actions."""
        from coremis.kernel.config import services  # noqa: F401

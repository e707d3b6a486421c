from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "coremis.kernel.access"

    def ready(self) -> None:
        """Write sign-in events, and check that every view permission has a title."""
        from coremis.kernel.access import services, signals  # noqa: F401

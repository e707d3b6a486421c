from django.apps import AppConfig
from django.core.checks import register


class ApprovalsConfig(AppConfig):
    name = "coremis.kernel.approvals"

    def ready(self) -> None:
        """Check the declarations at start."""
        from coremis.kernel.approvals import checks, services  # noqa: F401

        register(checks.check_approvables, "coremis")

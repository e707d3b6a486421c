from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class ActionsConfig(AppConfig):
    name = "coremis.kernel.actions"

    def ready(self) -> None:
        """Guard every connection, keep the triggers and sequences, and check the declarations at start."""
        from coremis.kernel.actions import checks, guard, jobs, numbers, services, triggers  # noqa: F401

        connection_created.connect(guard.guard_connection)
        post_migrate.connect(triggers.install_after_migrate, sender=self)  # once: they are for all tables
        post_migrate.connect(numbers.create_sequences)  # for each app its own
        register(checks.check_records, "coremis")
        register(checks.check_actions, "coremis")
        register(triggers.check_triggers, Tags.database)

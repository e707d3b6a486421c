from typing import Any

from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db.models.signals import post_migrate


class ProjectConfig(AppConfig):
    name = "coremis.project"
    label = "project"

    def ready(self) -> None:
        """The table of the shared cache comes with migrate, so that nobody has to remember it."""
        post_migrate.connect(make_cache_table, sender=apps.get_app_config("access"))  # an app without models sends nothing


def make_cache_table(**kwargs: Any) -> None:
    """Make the cache's table where it is missing."""
    call_command("createcachetable", verbosity=0)

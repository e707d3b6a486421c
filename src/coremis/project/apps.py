from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db.models.signals import post_migrate


class ProjectConfig(AppConfig):
    name = "coremis.project"
    label = "project"

    def ready(self) -> None:
        """Refuse what shows people's data to anybody, and a database that does not fit; the table of the cache comes with migrate."""
        from coremis.project.checks import check_database

        if settings.DEBUG and settings.COREMIS_ENVIRONMENT in {"production", "uat"}:
            raise ImproperlyConfigured(
                "COREMIS_DEBUG shows settings and people's data to anybody who meets a fault. Take it out of this installation."
            )
        register(check_database, Tags.database)
        post_migrate.connect(make_cache_table, sender=apps.get_app_config("access"))  # an app without models sends nothing


def make_cache_table(**kwargs: Any) -> None:
    """Make the cache's table where it is missing."""
    call_command("createcachetable", verbosity=0)

"""The app ``jobs``."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    """Holds the rows of work; the functions live in each app's ``jobs.py`` and are found by ``kinds.load_kinds``."""

    name = "coremis.kernel.jobs"
    label = "jobs"
    verbose_name = _("Jobs")

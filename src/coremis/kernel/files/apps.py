"""The package's Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FilesConfig(AppConfig):
    """Attachments, tables read from files and tables written to files."""

    name = "coremis.kernel.files"
    label = "files"
    verbose_name = _("Files")

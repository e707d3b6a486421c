"""Stored values of settings."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record


class StoredSetting(Record):
    """The value of one declared setting."""

    area_path = None

    name = models.CharField(_("name"), max_length=80, unique=True)
    value = models.JSONField(_("value"), null=True)

    class Meta:
        verbose_name = _("setting")
        verbose_name_plural = _("settings")

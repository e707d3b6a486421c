"""Meeting places."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record
from coremis.kernel.areas.models import Area


class MeetingPlace(Record):
    """A place where families come together."""

    area_path = "area"
    number_prefix = "M"

    number = models.BigIntegerField(_("number"), unique=True, editable=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"))
    name = models.CharField(_("name"), max_length=80)
    is_open = models.BooleanField(_("open"), default=True)

    class Meta:
        verbose_name = _("meeting place")
        verbose_name_plural = _("meeting places")

    def __str__(self) -> str:
        return self.name

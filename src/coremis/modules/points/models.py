"""Payment points: where given beneficiaries collect."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record
from coremis.kernel.areas.models import Area


class PaymentPoint(Record):
    """A place where money is handed out."""

    area_path = "area"

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=120)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"))
    address = models.CharField(_("address or landmark"), max_length=200, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("payment point")
        verbose_name_plural = _("payment points")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

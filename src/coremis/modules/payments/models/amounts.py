"""Amounts that a file brought."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record
from coremis.kernel.areas.models import Area
from coremis.kernel.exchange.models import Batch
from coremis.modules.programmes.models import Enrolment


class ImportedAmount(Record):
    """What one beneficiary is to be paid, by a file; a payroll made from the file takes it."""

    area_path = "area"
    append_only = True

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("import"))
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("beneficiary"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("place"))
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)

    class Meta:
        verbose_name = _("imported amount")
        verbose_name_plural = _("imported amounts")
        constraints = [
            models.UniqueConstraint(fields=["batch", "enrolment"], name="imported_amount_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="imported_amount_above_zero"),
        ]

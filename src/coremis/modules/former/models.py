"""Payments that a former system made."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record
from coremis.kernel.areas.models import Area
from coremis.kernel.base.money import Money
from coremis.modules.registry.models import Household, Person


class FormerPayment(Record):
    """One payment as the former system had it. It was never ours to pay, so the ledger knows nothing of it."""

    area_path = "area"

    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, null=True, related_name="former_payments", verbose_name=_("household")
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="former_payments", verbose_name=_("person"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"))
    source = models.CharField(_("former system"), max_length=40)
    reference = models.CharField(_("reference"), max_length=80)
    programme = models.CharField(_("programme"), max_length=120, blank=True)
    period = models.CharField(_("period"), max_length=60, blank=True)
    payee_name = models.CharField(_("payee"), max_length=200, blank=True)
    paid_on = models.DateField(_("paid on"))
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    batch_id = models.BigIntegerField(null=True, editable=False, db_index=True)
    taken_back_on = models.DateField(_("taken back on"), null=True, help_text="The import that brought it was taken back.")

    class Meta:
        verbose_name = _("payment of a former system")
        verbose_name_plural = _("payments of a former system")
        constraints = [
            models.UniqueConstraint(fields=["source", "reference"], condition=Q(taken_back_on=None), name="former_payment_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="former_amount_above_zero"),
            models.CheckConstraint(condition=Q(household=None) ^ Q(person=None), name="former_household_or_person"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def amount(self) -> Money:
        """What was paid."""
        return Money(self.amount_minor, self.currency)

"""How a programme pays: its rules for rounds and for possible duplicates."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record
from coremis.modules.payments.models.payrolls import Cycle
from coremis.modules.programmes.models import Programme


class PaymentTerms(Record):
    """The payment rules of one programme. A programme without them has the defaults."""

    area_path = None

    programme = models.OneToOneField(Programme, on_delete=models.PROTECT, related_name="payment_terms", verbose_name=_("programme"))
    rounds_in_order = models.BooleanField(
        _("rounds in order"), default=False, help_text=_("A cycle is calculated only when the cycles before it are closed.")
    )
    phone_limit = models.PositiveSmallIntegerField(
        _("payees who may share a phone in one place"), default=6, help_text=_("More of them, or payees of two places, need a verdict.")
    )
    notice_kinds = models.JSONField(_("flags that need no verdict"), default=list, blank=True)

    consent_needed = models.BooleanField(
        _("only with consent"), default=False, help_text=_("Whoever has not given consent is left out, with that reason.")
    )

    class Meta:
        verbose_name = _("payment rules")
        verbose_name_plural = _("payment rules")


class RoundWaiver(Record):
    """The leave to calculate a cycle although an earlier one is not closed."""

    area_path = None
    append_only = True

    cycle = models.OneToOneField(Cycle, on_delete=models.PROTECT, related_name="waiver", verbose_name=_("payment cycle"))
    reason = models.CharField(_("reason"), max_length=300)
    given_at = models.DateTimeField(_("given on"), auto_now_add=True)

    class Meta:
        verbose_name = _("leave to pay out of turn")
        verbose_name_plural = _("leaves to pay out of turn")

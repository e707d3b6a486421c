"""What was printed: which list, which version, which copy, and who took it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record
from coremis.kernel.areas.models import Area
from coremis.modules.payments.models.payrolls import Payroll
from coremis.modules.points.models import PaymentPoint


class TakenPaper(Record):
    """One taking of a paper of a payment point, or of the payments without one.

    A list that differs from the one before has a new version; the first taking of a version is the original, each later one a
    numbered copy. ``code`` stands on the pages in place of any personal data.
    """

    area_path = "area"
    append_only = True

    class Paper(models.TextChoices):
        """Which paper."""

        PAYEES = "PAYEES", _("payee list on paper")
        WORKBOOK = "WORKBOOK", _("payee list as a workbook")
        CASH = "CASH", _("cash sheet")
        FUNDS = "FUNDS", _("request for funds")

    payroll = models.ForeignKey(Payroll, on_delete=models.PROTECT, related_name="papers", verbose_name=_("payroll"))
    point = models.ForeignKey(PaymentPoint, on_delete=models.PROTECT, null=True, related_name="papers", verbose_name=_("payment point"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("place"))
    paper = models.CharField(_("paper"), max_length=8, choices=Paper.choices)
    part = models.PositiveSmallIntegerField(_("part"), default=1)
    number = models.PositiveSmallIntegerField(_("version"))
    copy = models.PositiveSmallIntegerField(_("copy"), default=0, help_text="0 is the original.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of what is on the list; another one makes a new version.")
    code = models.CharField(_("code on the pages"), max_length=16, unique=True)
    line_count = models.IntegerField(_("payments"))
    total_minor = models.BigIntegerField(_("total"))
    pay_on = models.DateField(_("day of payment"), null=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("taken by")
    )
    taken_at = models.DateTimeField(_("taken on"), auto_now_add=True)

    class Meta:
        verbose_name = _("paper that was taken")
        verbose_name_plural = _("papers that were taken")
        constraints = [
            models.UniqueConstraint(fields=["payroll", "point", "paper", "part", "number", "copy"], name="paper_copy_once"),
            models.UniqueConstraint(
                fields=["payroll", "paper", "part", "number", "copy"], condition=Q(point=None), name="paper_copy_without_point_once"
            ),
        ]
        indexes = [models.Index(fields=["payroll", "point", "paper"])]

"""Incidents: money that went where it should not, until somebody has found out; and how long unclaimed money waits."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record
from coremis.kernel.areas.models import Area
from coremis.kernel.base.money import Money
from coremis.modules.payments.models.lines import PayrollLine
from coremis.modules.payments.models.payrolls import Payroll
from coremis.modules.payments.models.results import ResultRow
from coremis.modules.payments.states import IncidentEnd, IncidentKind, IncidentState
from coremis.modules.programmes.models import Programme


class Incident(Record):
    """Something about money that needs an explanation or a decision; never removed."""

    area_path = "area"

    payroll = models.ForeignKey(Payroll, on_delete=models.PROTECT, related_name="incidents", verbose_name=_("payroll"))
    kind_of = models.CharField(_("incident"), max_length=10, choices=IncidentKind.choices)
    line = models.ForeignKey(PayrollLine, on_delete=models.PROTECT, null=True, related_name="incidents", verbose_name=_("payment"))
    other = models.ForeignKey(PayrollLine, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("the other payment"))
    row = models.ForeignKey(ResultRow, on_delete=models.PROTECT, null=True, related_name="incidents", verbose_name=_("row"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("place"))
    amount_minor = models.BigIntegerField(_("amount"), default=0)
    currency = models.CharField(max_length=3)
    state = models.CharField(_("status"), max_length=7, choices=IncidentState.choices, default=IncidentState.OPEN)
    end = models.CharField(_("decided"), max_length=12, choices=IncidentEnd.choices, blank=True)
    explanation = models.CharField(_("explanation"), max_length=300, blank=True)
    to_recover_minor = models.BigIntegerField(
        default=0, help_text="What its decisions added to what is to be recovered or was written off."
    )
    settled_minor = models.BigIntegerField(db_default=0, help_text="What of it came back to the fund or was written off by a decision.")
    opened_at = models.DateTimeField(_("opened on"), auto_now_add=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        indexes = [models.Index(fields=["opened_at"])]
        constraints = [
            models.UniqueConstraint(fields=["kind_of", "row"], name="incident_of_a_row_once"),
            models.UniqueConstraint(fields=["line"], condition=Q(kind_of="DISPUTED", state="OPEN"), name="one_open_dispute"),
            models.UniqueConstraint(fields=["line"], condition=Q(kind_of="CHANGED"), name="line_found_changed_once"),
            models.CheckConstraint(condition=Q(state__in=IncidentState.values), name="incident_known_state"),
            models.CheckConstraint(condition=Q(state="OPEN") | Q(kind_of="OVERPAID") | ~Q(end=""), name="decided_incident_says_how"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_of_display())

    @property
    def amount(self) -> Money:
        """The money it is about."""
        return Money(self.amount_minor, self.currency)


class UnclaimedPolicy(Record):
    """How long a programme keeps money ready for those who did not come."""

    area_path = None

    programme = models.OneToOneField(Programme, on_delete=models.PROTECT, related_name="unclaimed_policy", verbose_name=_("programme"))
    grace_days = models.PositiveSmallIntegerField(_("days of grace"), help_text=_("Counted from the last day of the payment cycle."))

    class Meta:
        verbose_name = _("rule for unclaimed money")
        verbose_name_plural = _("rules for unclaimed money")

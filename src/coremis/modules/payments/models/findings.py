"""What was found in a payroll before it was approved, what was said about it, and which payments are held."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record
from coremis.kernel.areas.models import Area
from coremis.modules.payments.findings import DifferenceKind, FlagKind, HoldDecision, Severity, Verdict
from coremis.modules.payments.models.lines import PayrollLine
from coremis.modules.payments.models.payrolls import Payroll
from coremis.modules.payments.states import Exclusion, HoldReason
from coremis.modules.programmes.models import Status


class Review(Record):
    """The comparison of a payroll with the cycle before, as it was on the day it was made."""

    area_path = None
    areas_path = "payroll__places__area"

    payroll = models.OneToOneField(Payroll, on_delete=models.PROTECT, related_name="review", verbose_name=_("payroll"))
    made_at = models.DateTimeField(_("compared on"))
    figures = models.JSONField(default=dict, help_text="Numbers and smallest units: before, areas, differences, flags, left_out.")

    class Meta:
        verbose_name = _("comparison of a payroll")
        verbose_name_plural = _("comparisons of payrolls")


class Difference(Record):
    """A payment that is not as in the cycle before, or one of the largest; or one that is gone."""

    area_path = "area"

    payroll = models.ForeignKey(Payroll, on_delete=models.PROTECT, related_name="differences", db_index=False)
    kind = models.CharField(_("difference"), max_length=9, choices=DifferenceKind.choices)  # type: ignore[assignment]
    line = models.ForeignKey(PayrollLine, on_delete=models.PROTECT, null=True, related_name="differences")
    before = models.ForeignKey(PayrollLine, on_delete=models.PROTECT, null=True, related_name="+")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("place"))
    change_minor = models.BigIntegerField(_("change"), default=0)
    size_minor = models.BigIntegerField(default=0, help_text="The change without its sign: what the list is sorted by.")
    reason = models.CharField(_("reason"), max_length=14, blank=True)

    class Meta:
        verbose_name = _("difference to the cycle before")
        verbose_name_plural = _("differences to the cycle before")
        indexes = [models.Index(fields=["payroll", "kind", "size_minor", "id"])]
        constraints = [
            models.UniqueConstraint(fields=["payroll", "kind", "line"], condition=Q(line__isnull=False), name="difference_once"),
            models.UniqueConstraint(fields=["payroll", "kind", "before"], condition=Q(line=None), name="gone_once"),
            models.CheckConstraint(condition=Q(line__isnull=False) | Q(before__isnull=False), name="difference_is_about_a_payment"),
        ]

    @property
    def shown(self) -> PayrollLine:
        """The payment it is about: of this payroll, else of the cycle before."""
        found = self.line or self.before
        assert found is not None
        return found

    def reason_text(self) -> str:
        """Why somebody is gone, in words."""
        words = {**dict(Status.choices), **dict(Exclusion.choices)}
        return str(words.get(self.reason, self.reason))


class FlagGroup(Record):
    """Payments of a payroll that may be for the same person, and the verdict. Kept: the same group is not asked about twice."""

    area_path = None
    areas_path = "payroll__places__area"

    payroll = models.ForeignKey(Payroll, on_delete=models.PROTECT, related_name="flags", db_index=False, verbose_name=_("payroll"))
    kind = models.CharField(_("flag"), max_length=8, choices=FlagKind.choices)  # type: ignore[assignment]
    severity = models.CharField(_("weight"), max_length=7, choices=Severity.choices)
    key = models.CharField(max_length=64, help_text="What they share, as a digest.")
    size = models.IntegerField(_("payments"))
    first_enrolment = models.BigIntegerField()
    enrolment_sum = models.BigIntegerField(help_text="With size and first_enrolment it finds the same group of earlier cycles.")
    found_at = models.DateTimeField(_("found on"))
    verdict = models.CharField(_("verdict"), max_length=4, choices=Verdict.choices, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided on"), null=True)
    remembered = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("verdict of before"))

    class Meta:
        verbose_name = _("flagged group")
        verbose_name_plural = _("flagged groups")
        indexes = [models.Index(fields=["first_enrolment", "enrolment_sum", "kind"])]
        constraints = [
            models.UniqueConstraint(fields=["payroll", "kind", "key"], name="flag_once"),
            models.CheckConstraint(condition=Q(verdict="") ^ Q(decided_at__isnull=False), name="flag_verdict_has_its_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.size})"


class FlagMember(Record):
    """One payment of a flagged group; some belong to another payroll of the cycle and are only shown."""

    area_path = "area"

    group = models.ForeignKey(FlagGroup, on_delete=models.PROTECT, related_name="members", db_index=False)
    line = models.ForeignKey(PayrollLine, on_delete=models.PROTECT, related_name="flags", verbose_name=_("payment"))
    enrolment_id = models.BigIntegerField()
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("place"))
    elsewhere = models.BooleanField(default=False, help_text="Of another payroll: shown, not decided here.")
    verdict = models.CharField(_("verdict"), max_length=4, choices=Verdict.choices, blank=True)

    class Meta:
        verbose_name = _("payment of a flagged group")
        verbose_name_plural = _("payments of flagged groups")
        constraints = [models.UniqueConstraint(fields=["group", "line"], name="flag_member_once")]


class Hold(Record):
    """A payment taken out of its payroll's way: why, whether it was owed by then, and what was decided."""

    area_path = "area"

    line = models.ForeignKey(PayrollLine, on_delete=models.PROTECT, related_name="holds", verbose_name=_("payment"))
    payroll = models.ForeignKey(Payroll, on_delete=models.PROTECT, related_name="holds", verbose_name=_("payroll"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("place"))
    reason = models.CharField(_("held because"), max_length=20, choices=HoldReason.choices)
    was_owed = models.BooleanField(default=False, help_text="Whether it was approved before it was held.")
    held_at = models.DateTimeField(_("held on"))
    decision = models.CharField(_("decision"), max_length=4, choices=HoldDecision.choices, blank=True)
    decided_at = models.DateTimeField(_("decided on"), null=True)
    note = models.CharField(_("reason of the decision"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("held payment")
        verbose_name_plural = _("held payments")
        constraints = [
            models.UniqueConstraint(fields=["line"], condition=Q(decision=""), name="held_once"),
            models.CheckConstraint(condition=Q(decision="") ^ Q(decided_at__isnull=False), name="hold_decision_has_its_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.line.number_text} {self.get_reason_display()}"

"""The lines of payrolls, and those who were left out."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record, RecordQuerySet
from coremis.kernel.areas.models import Area
from coremis.kernel.base.money import Money
from coremis.kernel.base.numbers import number_text
from coremis.modules.payments.models.payrolls import Cycle, Payroll
from coremis.modules.payments.states import (
    FREE_LINES,
    HIDDEN_PAYROLLS,
    Collector,
    Exclusion,
    HoldReason,
    LineState,
    ProofKind,
    UnpaidReason,
)
from coremis.modules.points.models import PaymentPoint, Provider
from coremis.modules.programmes.models import Enrolment
from coremis.modules.registry.models import Document, Person

FROM_RECORDS = models.Manager.from_queryset(RecordQuerySet)


class FinishedManager(FROM_RECORDS[Any]):
    """Rows of payrolls that are calculated; what is being prepared or was given up is not there."""

    def get_queryset(self) -> RecordQuerySet[Any]:
        """Without the rows of payrolls that are being calculated."""
        rows: RecordQuerySet[Any] = super().get_queryset()  # type: ignore[assignment]
        return rows.exclude(payroll__state__in=HIDDEN_PAYROLLS)


class PayrollLine(Record):
    """One payment: to whom, how much, and everything it was based on, frozen; and what became of it."""

    area_path = "area"
    number_prefix = "T"

    number = models.BigIntegerField(_("payment number"), unique=True, editable=False)
    payroll = models.ForeignKey(Payroll, on_delete=models.PROTECT, related_name="lines", verbose_name=_("payroll"))
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="+", db_index=False)
    component = models.CharField(max_length=20)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="payments", verbose_name=_("beneficiary"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"))
    payee = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="payments", verbose_name=_("payee"))
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    parts = models.JSONField(
        default=list, help_text="[code, smallest units, count] in the order of calculation; they sum to the amount plus what is carried."
    )
    carried_minor = models.BigIntegerField(default=0, help_text="What rounding to a payable coin left for the next payment.")
    entitled_minor = models.BigIntegerField(db_default=0, help_text="The benefit itself; 0 in a re-issue, which is no new benefit.")
    backlog_minor = models.BigIntegerField(db_default=0, help_text="What earlier payments left, paid with this one.")
    recovered_minor = models.BigIntegerField(
        db_default=0, help_text="What was overpaid earlier, kept back from this one; below zero: given back with it."
    )
    rolled_minor = models.BigIntegerField(db_default=0, help_text="What was not paid of it and is paid with the next payment instead.")
    point = models.ForeignKey(
        PaymentPoint, on_delete=models.PROTECT, null=True, related_name="payments", db_index=False, verbose_name=_("payment point")
    )
    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, null=True, related_name="payments", db_index=False, verbose_name=_("provider"),
        help_text="Who pays it: the provider of its point when it was calculated; nothing: the programme itself.",
    )  # fmt: skip
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=1)
    reissue_of = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reissued_as", verbose_name=_("pays again"))

    enrolment_number = models.BigIntegerField()
    enrolment_status = models.CharField(_("status at the data freeze"), max_length=10)
    household_number = models.BigIntegerField(null=True)
    household_name = models.CharField(_("head of household"), max_length=200, blank=True)
    payee_number = models.BigIntegerField()
    payee_name = models.CharField(_("payee"), max_length=241)
    payee_search = models.CharField(max_length=241)
    payee_phone = models.CharField(_("phone"), max_length=20, blank=True)
    document_kind = models.CharField(_("document"), max_length=20, blank=True)
    document_hash = models.CharField(max_length=64, blank=True)
    document_end = models.CharField(_("last signs of the document"), max_length=4, blank=True)
    alternate_number = models.BigIntegerField(null=True)
    alternate_name = models.CharField(_("alternate recipient"), max_length=241, blank=True)
    point_name = models.CharField(_("payment point"), max_length=120, blank=True)
    area_name = models.CharField(_("place"), max_length=120)
    hash = models.CharField(max_length=64, help_text="SHA-256 of all that is frozen; a changed line is found by it.")

    state = models.CharField(_("status"), max_length=11, choices=LineState.choices, default=LineState.DUE)
    paid_minor = models.BigIntegerField(_("amount paid"), default=0)
    hold_reason = models.CharField(_("held because"), max_length=20, choices=HoldReason.choices, blank=True)
    unpaid_reason = models.CharField(_("reason"), max_length=20, choices=UnpaidReason.choices, blank=True)
    collected_by = models.CharField(_("collected by"), max_length=9, choices=Collector.choices, blank=True)
    receipt = models.CharField(_("receipt"), max_length=60, blank=True)
    paid_on = models.DateField(_("paid on"), null=True)
    proof = models.CharField(_("proof"), max_length=8, choices=ProofKind.choices, blank=True, default="", db_default="")
    forfeited_on = models.DateField(_("gone back to the fund on"), null=True)
    result_file = models.ForeignKey("payments.ResultFile", on_delete=models.PROTECT, null=True, related_name="lines", db_index=False)

    objects: ClassVar[Any] = FinishedManager()
    everything: ClassVar[Any] = FROM_RECORDS()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        indexes = [
            models.Index(fields=["payroll"], condition=~Q(recovered_minor=0), name="line_kept_back"),
            models.Index(fields=["payroll", "id"]),
            models.Index(fields=["payroll", "area", "id"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "component", "enrolment", "attempt"], condition=~Q(state__in=FREE_LINES), name="paid_once_in_a_cycle"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="line_amount_above_zero"),
            models.CheckConstraint(
                condition=Q(reissue_of__isnull=False)
                | Q(amount_minor=F("entitled_minor") + F("backlog_minor") - F("recovered_minor") - F("carried_minor")),
                name="line_amount_is_its_parts",
            ),
            models.CheckConstraint(condition=Q(carried_minor__gte=0, backlog_minor__gte=0), name="line_parts_not_below_zero"),
            models.CheckConstraint(condition=Q(state__in=LineState.values), name="line_known_state"),
            models.CheckConstraint(condition=Q(attempt=1) ^ Q(reissue_of__isnull=False), name="another_attempt_names_the_first"),
            models.CheckConstraint(condition=Q(state="HELD") ^ Q(hold_reason=""), name="held_line_has_a_reason"),
            models.CheckConstraint(
                condition=Q(state__in=["PAID", "PARTIAL", "OVERPAID", "DISPUTED"], paid_minor__gt=0) & ~Q(receipt="")
                | ~Q(state__in=["PAID", "PARTIAL", "OVERPAID", "DISPUTED"]) & Q(paid_minor=0),
                name="line_paid_with_receipt",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number_text} {self.payee_name}"

    @property
    def number_text(self) -> str:
        """The payment number as people write it."""
        return number_text(self.number_prefix, self.number)

    @property
    def amount(self) -> Money:
        """What is due."""
        return Money(self.amount_minor, self.currency)

    @property
    def paid(self) -> Money:
        """What arrived."""
        return Money(self.paid_minor, self.currency)


class Reckoned(models.Model):
    """What the chunk in work has computed for each beneficiary: a temporary table, of no use outside the transaction."""

    enrolment = models.OneToOneField(Enrolment, on_delete=models.DO_NOTHING, primary_key=True, related_name="+")
    left_out = models.CharField(max_length=14)
    payee = models.ForeignKey(Person, on_delete=models.DO_NOTHING, null=True, related_name="+")
    alternate = models.ForeignKey(Person, on_delete=models.DO_NOTHING, null=True, related_name="+")
    document = models.ForeignKey(Document, on_delete=models.DO_NOTHING, null=True, related_name="+")
    point = models.ForeignKey(PaymentPoint, on_delete=models.DO_NOTHING, null=True, related_name="+")
    is_held = models.IntegerField()
    amount_minor = models.BigIntegerField()
    carried_minor = models.BigIntegerField()
    entitled_minor = models.BigIntegerField()
    backlog_minor = models.BigIntegerField()
    recovered_minor = models.BigIntegerField()
    parts = models.JSONField()

    class Meta:
        managed = False
        db_table = "payments_reckoned"


class LeftOut(Record):
    """A beneficiary of the chosen places who is not paid in this payroll, and why."""

    area_path = "area"

    payroll = models.ForeignKey(Payroll, on_delete=models.PROTECT, related_name="left_out", db_index=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="+", verbose_name=_("beneficiary"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("place"))
    reason = models.CharField(_("reason"), max_length=14, choices=Exclusion.choices)
    carried_minor = models.BigIntegerField(
        _("kept for the next payment"), db_default=0, help_text="Of an amount below the smallest payable."
    )
    enrolment_number = models.BigIntegerField()
    name = models.CharField(_("name"), max_length=241)

    objects: ClassVar[Any] = FinishedManager()
    everything: ClassVar[Any] = FROM_RECORDS()

    class Meta:
        verbose_name = _("left out of a payroll")
        verbose_name_plural = _("left out of payrolls")
        constraints = [
            models.UniqueConstraint(fields=["payroll", "enrolment"], name="left_out_once"),
            models.CheckConstraint(condition=Q(reason__in=Exclusion.values), name="left_out_known_reason"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kept(self) -> Money | None:
        """What is kept for the next payment."""
        return Money(self.carried_minor, self.payroll.currency) if self.carried_minor else None

    @property
    def number_text(self) -> str:
        """The beneficiary's number as people write it."""
        return number_text(Enrolment.number_prefix, self.enrolment_number)

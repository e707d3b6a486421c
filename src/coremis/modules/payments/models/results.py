"""Files of results, and their rows as they were understood."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record
from coremis.kernel.areas.models import Area
from coremis.kernel.base.money import Money
from coremis.modules.payments.models.lines import PayrollLine
from coremis.modules.payments.models.payrolls import Payroll
from coremis.modules.payments.states import (
    OUTCOMES,
    Collector,
    Effect,
    FileKind,
    FileState,
    LineState,
    ProofKind,
    RowProblem,
    UnpaidReason,
)  # fmt: skip
from coremis.modules.points.models import PaymentPoint, Provider


class ResultFile(Record):
    """What a provider or payment point says became of the payments of one payroll: a file, or a signed list that was typed in."""

    area_path = None
    areas_path = "payroll__places__area"

    payroll = models.ForeignKey(Payroll, on_delete=models.PROTECT, related_name="files", verbose_name=_("payroll"))
    kind_of = models.CharField(_("kind"), max_length=5, choices=FileKind.choices, default=FileKind.FILE)
    name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the file; nothing for a list that was typed in.")
    point = models.ForeignKey(
        PaymentPoint, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("payment point")
    )
    place = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("place"))
    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("provider"),
        help_text="Whose file it is; nothing: it speaks of all providers.",
    )  # fmt: skip
    scope = models.CharField(max_length=40, blank=True, help_text="The point or place of a signed list as one text.")
    draft = models.JSONField(default=dict, help_text="What was typed of a signed list: by line what differs, and what holds for the sheet.")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("sent by"))
    sent_at = models.DateTimeField(_("sent on"), auto_now_add=True)
    state = models.CharField(_("status"), max_length=9, choices=FileState.choices, default=FileState.NEW)
    headers = models.JSONField(default=list)
    mapping = models.JSONField(default=dict, help_text="Title of the file's column by our column.")
    counts = models.JSONField(default=dict, help_text="Rows and reported amount by outcome or problem, after the check.")
    row_count = models.IntegerField(_("rows"), default=0)
    good_count = models.IntegerField(_("good rows"), default=0)
    bad_count = models.IntegerField(_("rows not applied"), default=0)
    missing_count = models.IntegerField(_("payments not in the file"), default=0)
    missing_as_unpaid = models.BooleanField(default=False)
    job_id = models.BigIntegerField(null=True)
    posting_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("file of results")
        verbose_name_plural = _("files of results")
        constraints = [
            models.UniqueConstraint(fields=["sha256"], condition=~Q(state="DISCARDED") & ~Q(kind_of="SHEET"), name="result_file_once"),
            models.UniqueConstraint(
                fields=["payroll", "scope", "sent_by"], condition=Q(state="NEW", kind_of="SHEET"), name="one_draft_of_a_sheet"
            ),
            models.CheckConstraint(
                condition=Q(kind_of="SHEET", sha256="") | Q(kind_of="FILE") & ~Q(sha256=""), name="result_file_has_content"
            ),
            models.CheckConstraint(condition=Q(state__in=FileState.values), name="result_file_known_state"),
        ]

    def __str__(self) -> str:
        return self.name


class ResultRow(Record):
    """One row of a file: either an outcome for one line, or the problem for which nothing is done."""

    area_path = "area"

    file = models.ForeignKey(ResultFile, on_delete=models.PROTECT, related_name="rows", db_index=False)
    position = models.IntegerField(_("row"))
    reference = models.CharField(_("payment number"), max_length=60, blank=True)
    line = models.ForeignKey(PayrollLine, on_delete=models.PROTECT, null=True, related_name="result_rows")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    outcome = models.CharField(_("result"), max_length=11, choices=LineState.choices, blank=True)
    problem = models.CharField(_("problem"), max_length=13, choices=RowProblem.choices, blank=True)
    amount_minor = models.BigIntegerField(_("amount in the file"), null=True)
    currency = models.CharField(max_length=3)
    unpaid_reason = models.CharField(_("reason"), max_length=20, choices=UnpaidReason.choices, blank=True)
    receipt = models.CharField(_("receipt"), max_length=60, blank=True)
    paid_on = models.DateField(_("paid on"), null=True)
    effect = models.CharField(_("effect"), max_length=7, choices=Effect.choices, blank=True)
    was = models.CharField(max_length=11, blank=True, help_text="The payment's status when the row was checked.")
    proof = models.CharField(_("proof"), max_length=8, choices=ProofKind.choices, blank=True)
    collected_by = models.CharField(_("collected by"), max_length=9, choices=Collector.choices, blank=True)
    resolution = models.CharField(_("explanation"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("row of a results file")
        verbose_name_plural = _("rows of results files")
        constraints = [
            models.UniqueConstraint(fields=["file", "position"], name="result_row_once"),
            models.CheckConstraint(condition=Q(outcome="") ^ Q(problem=""), name="result_row_outcome_or_problem"),
            models.CheckConstraint(condition=Q(outcome__in=["", *OUTCOMES]), name="result_row_known_outcome"),
        ]

    @property
    def amount(self) -> Money | None:
        """What the file says was paid."""
        return None if self.amount_minor is None else Money(self.amount_minor, self.currency)


class EarlierResult(Record):
    """What a payment's result was before a later one took its place. Written with the later one, and shown in the payment's history."""

    area_path = "area"

    line = models.ForeignKey(PayrollLine, on_delete=models.PROTECT, related_name="earlier_results")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False)
    replaced_by = models.ForeignKey(ResultFile, on_delete=models.PROTECT, related_name="replaced", verbose_name=_("replaced by"))
    state = models.CharField(_("result"), max_length=11, choices=LineState.choices)
    paid_minor = models.BigIntegerField(_("amount paid"))
    unpaid_reason = models.CharField(_("reason"), max_length=20, choices=UnpaidReason.choices, blank=True)
    receipt = models.CharField(_("receipt"), max_length=60, blank=True)
    proof = models.CharField(_("proof"), max_length=8, choices=ProofKind.choices, blank=True)
    collected_by = models.CharField(_("collected by"), max_length=9, choices=Collector.choices, blank=True)
    paid_on = models.DateField(_("paid on"), null=True)
    result_file = models.ForeignKey(ResultFile, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("earlier result of a payment")
        verbose_name_plural = _("earlier results of payments")
        constraints = [models.UniqueConstraint(fields=["replaced_by", "line"], name="replaced_once_by_a_file")]

"""Funds, cycles and payrolls."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record
from coremis.kernel.areas.models import Area
from coremis.kernel.base.money import Money
from coremis.kernel.base.text import label
from coremis.kernel.exchange.models import Batch
from coremis.modules.benefits.models import RuleVersion
from coremis.modules.payments.states import PayrollState, Step
from coremis.modules.points.models import PaymentPoint
from coremis.modules.programmes.models import Programme


class Fund(Record):
    """The money of one programme from one source; its accounts are in the ledger."""

    area_path = None

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="funds", verbose_name=_("programme"))
    code = models.SlugField(_("code"), max_length=20, unique=True)
    names = models.JSONField(_("name"), help_text=_("One text per language."))
    currency = models.CharField(_("currency"), max_length=3)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("fund")
        verbose_name_plural = _("funds")
        ordering = ["code"]

    def __str__(self) -> str:
        return label(self.names, get_language() or "en")


class Cycle(Record):
    """One payment period of a programme; several payrolls may share it."""

    area_path = None

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="cycles", verbose_name=_("programme"))
    names = models.JSONField(_("name"), help_text=_("One text per language."))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    freeze_on = models.DateField(_("data freeze"), help_text=_("Who is paid, and to whom, is taken as it was on this day."))
    calculate_by = models.DateField(_("payroll calculated by"), null=True, blank=True)
    approve_by = models.DateField(_("payroll approved by"), null=True, blank=True)
    pay_from = models.DateField(_("payment from"), null=True, blank=True)
    pay_until = models.DateField(_("payment until"), null=True, blank=True)
    reconcile_by = models.DateField(_("reconciled by"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed on"), null=True, editable=False)

    class Meta:
        verbose_name = _("payment cycle")
        verbose_name_plural = _("payment cycles")
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="cycle_dates_in_order"),
            models.UniqueConstraint(fields=["programme", "starts_on"], name="cycle_once"),
        ]

    def __str__(self) -> str:
        return label(self.names, get_language() or "en")


class Payroll(Record):
    """Who is paid how much in one cycle. What it was based on is frozen in its lines.

    A re-issue pays lines of earlier payrolls of the cycle once more, to the payee of its own data freeze.
    """

    area_path = None
    areas_path = "places__area"
    number_prefix = "R"

    class Source(models.TextChoices):
        """Where its amounts come from."""

        FLAT = "FLAT", _("the same amount for each")
        RULE = "RULE", _("a benefit rule")
        IMPORTED = "IMPORTED", _("amounts from a file")
        REISSUE = "REISSUE", _("unpaid lines of an earlier payroll")

    number = models.BigIntegerField(_("number"), unique=True, editable=False)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="payrolls", verbose_name=_("payment cycle"))
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="payrolls", verbose_name=_("fund"))
    component = models.CharField(max_length=20, default="base")
    source = models.CharField(_("amounts from"), max_length=8, choices=Source.choices, default=Source.FLAT)
    amount_minor = models.BigIntegerField(_("amount for each"), default=0, help_text="Only of flat payrolls.")
    rule_version = models.ForeignKey(
        RuleVersion, on_delete=models.PROTECT, null=True, related_name="payrolls", verbose_name=_("version of the benefit rule")
    )
    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("import"),
        help_text="The file whose amounts it pays.",
    )  # fmt: skip
    condition = models.JSONField(default=dict, blank=True, help_text="The filter that limited it, frozen; empty: everybody in its places.")
    condition_words = models.TextField(_("only those"), blank=True, help_text="The filter as it was read on the day.")
    point = models.ForeignKey(
        PaymentPoint, on_delete=models.PROTECT, null=True, blank=True, related_name="payrolls", verbose_name=_("payment point")
    )
    reissues = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="reissued_in", verbose_name=_("pays again"))
    currency = models.CharField(_("currency"), max_length=3)
    freeze_on = models.DateField(_("data freeze"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    state = models.CharField(_("status"), max_length=10, choices=PayrollState.choices, default=PayrollState.PREPARING)
    line_count = models.IntegerField(_("payments"), default=0)
    total_minor = models.BigIntegerField(_("total"), default=0)
    left_out_count = models.IntegerField(_("left out"), default=0)
    held_count = models.IntegerField(_("held"), default=0)
    held_minor = models.BigIntegerField(_("amount held"), default=0)
    part_totals = models.JSONField(default=dict, help_text="Smallest units by part of the benefit, over all lines.")
    job_id = models.BigIntegerField(null=True, editable=False)
    posting_id = models.BigIntegerField(null=True, editable=False, help_text="The ledger posting being prepared.")
    recovery_posting_id = models.BigIntegerField(null=True, editable=False, help_text="The ledger posting of what it kept back.")
    made_at = models.DateTimeField(_("calculated on"), auto_now_add=True)
    closed_at = models.DateTimeField(_("closed on"), null=True)

    class Meta:
        verbose_name = _("payroll")
        verbose_name_plural = _("payrolls")
        constraints = [
            models.CheckConstraint(condition=Q(source="FLAT", amount_minor__gt=0) | ~Q(source="FLAT"), name="payroll_amount_above_zero"),
            models.CheckConstraint(condition=Q(source="RULE") ^ Q(rule_version=None), name="payroll_by_rule_has_version"),
            models.CheckConstraint(condition=Q(source="IMPORTED") ^ Q(batch=None), name="payroll_of_a_file_names_it"),
            models.CheckConstraint(condition=Q(source="REISSUE") ^ Q(reissues=None), name="reissue_names_its_payroll"),
            models.CheckConstraint(condition=Q(state__in=PayrollState.values), name="payroll_known_state"),
            models.CheckConstraint(condition=~Q(state="CLOSED") | Q(closed_at__isnull=False), name="payroll_closed_once"),
        ]

    def __str__(self) -> str:
        return self.number_text

    @property
    def amount(self) -> Money:
        """What each line pays."""
        return Money(self.amount_minor, self.currency)

    @property
    def total(self) -> Money:
        """What all lines pay together."""
        return Money(self.total_minor, self.currency)


class PayrollArea(Record):
    """A place that was chosen for a payroll; everything below it belongs to it."""

    area_path = "area"

    payroll = models.ForeignKey(Payroll, on_delete=models.PROTECT, related_name="places")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"))

    class Meta:
        verbose_name = _("place of a payroll")
        verbose_name_plural = _("places of payrolls")
        constraints = [models.UniqueConstraint(fields=["payroll", "area"], name="payroll_area_once")]


class PayrollStep(Record):
    """Who did which step of a payroll. Nobody does two different ones."""

    area_path = None
    append_only = True

    payroll = models.ForeignKey(Payroll, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(_("step"), max_length=9, choices=Step.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("person"))
    done_at = models.DateTimeField(_("done on"), auto_now_add=True)

    class Meta:
        verbose_name = _("step of a payroll")
        verbose_name_plural = _("steps of payrolls")
        constraints = [models.UniqueConstraint(fields=["payroll", "person"], name="one_person_one_payroll_step")]

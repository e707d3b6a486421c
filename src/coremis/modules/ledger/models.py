"""Accounts, and the movements between them: append-only, one posting each way."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Record
from coremis.kernel.areas.models import Area
from coremis.kernel.base.money import Money
from coremis.kernel.base.text import label


def named(names: dict[str, str], otherwise: str) -> str:
    """A name in the reader's language; ``otherwise`` where no languages were kept."""
    return label(names, get_language() or "en") if names else otherwise


class Account(Record):
    """Where money is, or what has become of it. It belongs to what ``owner`` names (a fund); the world belongs to nobody."""

    area_path = None

    class Station(models.TextChoices):
        """The stations of money on its way."""

        WORLD = "WORLD", _("outside world")
        FUND = "FUND", _("fund")
        OWED = "OWED", _("owed to beneficiaries")
        TRANSIT = "TRANSIT", _("in transit")
        PAID = "PAID", _("paid")
        TO_RECOVER = "TO_RECOVER", _("to recover")
        WRITTEN_OFF = "WRITTEN_OFF", _("written off")
        FEES = "FEES", _("fees")

    # Which may hold less than nothing: where money comes from, and what is to be recovered. There it is what beneficiaries get back
    # with the next payment, since a payment was taken back for which something had been kept from them or brought by them.
    SIGNED = (Station.WORLD, Station.TO_RECOVER)

    station = models.CharField(_("account"), max_length=12, choices=Station.choices)
    owner_kind = models.CharField(max_length=60, blank=True)
    owner_id = models.BigIntegerField(default=0)
    owner_name = models.CharField(_("belongs to"), max_length=120, blank=True)
    owner_names = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), help_text="The name in each language.")
    currency = models.CharField(_("currency"), max_length=3)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["station", "owner_kind", "owner_id", "currency"], name="account_once"),
            models.CheckConstraint(condition=Q(station="WORLD") ^ ~Q(owner_kind=""), name="account_world_has_no_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.get_station_display()} · {self.owner or self.currency}"

    @property
    def owner(self) -> str:
        """To whom it belongs, in the reader's language; nothing for the world."""
        return named(self.owner_names, self.owner_name)


class Posting(Record):
    """Movements that belong together. They count from the moment it is posted; an abandoned one stays and never counts."""

    area_path = None

    class Purpose(models.TextChoices):
        """What it was made for."""

        RECEIPT = "RECEIPT", _("funds received")
        APPROVAL = "APPROVAL", _("payroll approved")
        RELEASE = "RELEASE", _("payroll sent for payment")
        RESULTS = "RESULTS", _("results of payment")
        WRITE_OFF = "WRITE_OFF", _("difference written off")
        RECOVERY = "RECOVERY", _("kept back for what was overpaid")
        INCIDENT = "INCIDENT", _("incident decided")
        FORFEIT = "FORFEIT", _("unclaimed money given back to the fund")
        CARRY = "CARRY", _("unpaid amounts carried on to the next payment")
        REVERSAL = "REVERSAL", _("reversed")

    class State(models.TextChoices):
        """Whether it counts."""

        PREPARING = "PREPARING", _("being prepared")
        POSTED = "POSTED", _("posted")
        ABANDONED = "ABANDONED", _("given up")

    purpose = models.CharField(_("what for"), max_length=10, choices=Purpose.choices)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    subject_name = models.CharField(_("about"), max_length=120, blank=True)
    subject_names = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), help_text="The same in each language.")
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=1)
    state = models.CharField(_("status"), max_length=9, choices=State.choices, default=State.PREPARING)
    currency = models.CharField(_("currency"), max_length=3)
    effective_on = models.DateField(_("effective on"))
    posted_at = models.DateTimeField(_("posted on"), null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    proof = models.CharField(_("proof"), max_length=300, blank=True)
    takes_from = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    declared_minor = models.BigIntegerField(default=0, help_text="What it announces to take; must equal what it takes.")
    reverses = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="reversals")

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints = [
            models.UniqueConstraint(fields=["purpose", "subject_kind", "subject_id", "attempt"], name="posting_once"),
            models.CheckConstraint(
                condition=Q(state="POSTED", posted_at__isnull=False) | ~Q(state="POSTED"), name="posting_has_its_moment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} · {self.about}"

    @property
    def about(self) -> str:
        """What it is about, in the reader's language where that has names."""
        return named(self.subject_names, self.subject_name)


class Movement(Record):
    """An amount from one account to another. Never changed, never removed; corrected by one that reverses it."""

    area_path = "area"
    append_only = True

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="movements", db_index=False)
    line_id = models.BigIntegerField(default=0, help_text="The row of the posting's subject it is about; 0 for none.")
    step = models.CharField(max_length=12, help_text="Tells apart two movements of one line in one posting.")
    from_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="movements_out", db_index=False, verbose_name=_("from")
    )
    to_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="movements_in", db_index=False, verbose_name=_("to"))
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    effective_on = models.DateField(_("effective on"))
    recorded_at = models.DateTimeField(_("entered on"))
    reverses = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="reversals", db_index=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("place"))

    class Meta:
        verbose_name = _("movement")
        verbose_name_plural = _("movements")
        constraints = [
            models.UniqueConstraint(fields=["posting", "line_id", "step"], name="movement_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="movement_above_zero"),
            models.CheckConstraint(condition=~Q(from_account=F("to_account")), name="movement_between_two"),
        ]

    @property
    def amount(self) -> Money:
        """What moved."""
        return Money(self.amount_minor, self.currency)


class PostingTotal(Record):
    """What one posting brought to one account and took from it, written when it is posted. Balances are their sums."""

    area_path = None
    append_only = True

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="totals")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="totals")
    received_minor = models.BigIntegerField(_("received"))
    given_minor = models.BigIntegerField(_("given"))
    movement_count = models.BigIntegerField(_("movements"))

    class Meta:
        verbose_name = _("line of an account statement")
        verbose_name_plural = _("account statements")
        constraints = [
            models.UniqueConstraint(fields=["posting", "account"], name="posting_total_once"),
            models.CheckConstraint(condition=Q(received_minor__gte=0, given_minor__gte=0), name="posting_total_not_negative"),
        ]


class Proof(Record):
    """The result of proving all balances once: what was compared, and every difference found."""

    area_path = None
    append_only = True

    proved_at = models.DateTimeField(_("proved on"))
    posting_count = models.IntegerField(_("postings"))
    movement_count = models.BigIntegerField(_("movements"))
    account_count = models.IntegerField(_("accounts"))
    holds = models.BooleanField(_("holds"))
    differences = models.JSONField(default=list, help_text="A list of {message, params}.")

    class Meta:
        verbose_name = _("proof of the balances")
        verbose_name_plural = _("proofs of the balances")
        constraints = [
            models.CheckConstraint(condition=Q(holds=True, differences=[]) | Q(holds=False), name="proof_with_differences_fails")
        ]

"""The lists of this module."""

from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.money import Money
from coremis.kernel.screens.columns import Column, Status
from coremis.kernel.screens.filters import AreaFilter, ChoiceFilter, DateRangeFilter
from coremis.kernel.screens.tables import Table
from coremis.modules.ledger.models import Account, Movement, Posting, PostingTotal, Proof
from coremis.modules.ledger.queries import with_balance

TONES = {"POSTED": "good", "PREPARING": "wait", "ABANDONED": "off"}


def posting_status(posting: Posting) -> Status:
    """The state of a posting as a word with a colour."""
    return Status(TONES[posting.state], posting.get_state_display())


class AccountTable(Table):
    """All accounts with what they hold."""

    model = Account
    permission = "ledger.view_account"
    exact = True
    columns: ClassVar = [
        Column("owner_name", _("Belongs to"), show=lambda row: row.owner or _("nobody"), sort="owner_name"),
        Column("station", _("Account"), show=lambda row: row.get_station_display()),
        Column("balance", _("Balance"), show=lambda row: Money(getattr(row, "balance_minor", 0), row.currency), kind="amount"),
    ]
    filters: ClassVar = [ChoiceFilter("station", _("Account"), choices=Account.Station.choices)]
    default_sort = "owner_name"
    export_name = "accounts"

    @classmethod
    def prepare(cls, rows: Any) -> Any:
        return with_balance(rows)

    @staticmethod
    def row_link(row: Any) -> str:
        return reverse("ledger:account_statement", kwargs={"pk": row.pk})

    @staticmethod
    def row_needs_attention(row: Any) -> bool:
        return bool(getattr(row, "balance_minor", 0) < 0 and row.station != Account.Station.WORLD)


class StatementTable(Table):
    """What each posting brought to an account and took from it."""

    model = PostingTotal
    permission = "ledger.view_postingtotal"
    exact = True
    columns: ClassVar = [
        Column("effective_on", _("Date"), show=lambda row: row.posting.effective_on, kind="date"),
        Column("purpose", _("What for"), show=lambda row: row.posting.get_purpose_display()),
        Column("about", _("About"), show=lambda row: row.posting.about),
        Column("received", _("Received"), show=lambda row: Money(row.received_minor, row.posting.currency), kind="amount"),
        Column("given", _("Given"), show=lambda row: Money(row.given_minor, row.posting.currency), kind="amount"),
        Column("movements", _("Movements"), show=lambda row: row.movement_count, kind="number"),
    ]
    filters: ClassVar = [
        ChoiceFilter("purpose", _("What for"), on="posting__purpose", choices=Posting.Purpose.choices),
        DateRangeFilter("effective", _("Date"), on="posting__effective_on"),
    ]
    export_name = "account-statement"

    @classmethod
    def prepare(cls, rows: Any) -> Any:
        return rows.select_related("posting")

    @staticmethod
    def row_link(row: Any) -> str:
        return reverse("ledger:posting_detail", kwargs={"pk": row.posting_id})


class MovementTable(Table):
    """The single movements of a posting."""

    model = Movement
    permission = "ledger.view_movement"
    exact = True
    columns: ClassVar = [
        Column("effective_on", _("Date"), kind="date"),
        Column("from", _("From account"), show=lambda row: str(row.from_account)),
        Column("to", _("To account"), show=lambda row: str(row.to_account)),
        Column("amount", _("Amount"), kind="amount"),
        Column("area", _("Place"), show=lambda row: row.area.name if row.area else ""),
        Column("reverses", _("Reverses"), show=lambda row: row.reverses_id, kind="number"),
    ]
    filters: ClassVar = [AreaFilter("area", on="area")]
    export_name = "movements"

    @classmethod
    def prepare(cls, rows: Any) -> Any:
        return rows.select_related("from_account", "to_account", "area")


class ProofTable(Table):
    """The proofs, newest first."""

    model = Proof
    permission = "ledger.view_proof"
    exact = True
    columns: ClassVar = [
        Column("proved_at", _("Proved on"), kind="date"),
        Column("holds", _("Result"), show=lambda row: proof_status(row), kind="status"),
        Column("accounts", _("Accounts"), show=lambda row: row.account_count, kind="number"),
        Column("postings", _("Postings"), show=lambda row: row.posting_count, kind="number"),
        Column("movements", _("Movements"), show=lambda row: row.movement_count, kind="number"),
        Column("differences", _("Differences"), show=lambda row: len(row.differences), kind="number"),
    ]
    export_name = "proofs"

    @staticmethod
    def row_link(row: Any) -> str:
        return reverse("ledger:proof_detail", kwargs={"pk": row.pk})

    @staticmethod
    def row_needs_attention(row: Any) -> bool:
        return not row.holds


def proof_status(proof: Proof) -> Status:
    """Whether the balances hold, as a word with a colour."""
    return Status("good", _("Balances hold")) if proof.holds else Status("stop", _("Balances do not hold"))

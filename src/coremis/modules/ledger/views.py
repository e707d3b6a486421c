"""The pages of this module: accounts, their statements, postings and the proof."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.money import Money
from coremis.kernel.jobs.messages import rendered
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.details import Attention, DetailScreen, Fact
from coremis.kernel.screens.lists import EmptyState, ListScreen, Owner
from coremis.kernel.screens.screen import ActionLink
from coremis.modules.ledger import previews, services
from coremis.modules.ledger.forms import ReasonForm, ReceiveFundsForm
from coremis.modules.ledger.models import Account, Posting, Proof
from coremis.modules.ledger.tables import AccountTable, MovementTable, ProofTable, StatementTable, posting_status, proof_status


def statement_url(account: Account) -> str:
    """The statement of an account."""
    return reverse("ledger:account_statement", kwargs={"pk": account.pk})


def posting_url(posting: Posting) -> str:
    """The page of a posting."""
    return reverse("ledger:posting_detail", kwargs={"pk": posting.pk})


account_list = ListScreen(
    AccountTable,
    title=_("Accounts"),
    lead=_("Where all money is. The balances of all accounts together are zero."),
    actions=[ActionLink(_("Proofs of the balances"), "ledger:proof_list", "ledger.view_proof")],
    empty=EmptyState(_("No accounts yet"), _("Accounts come with the first fund. Add one under “Funds”.")),
)

account_statement = ListScreen(
    StatementTable,
    title=lambda account: capfirst(f"{account.get_station_display()} · {account.owner or account.currency}"),
    lead=_("Newest first. Each line is one posting; it leads to its single movements."),
    owner=Owner(Account, "ledger.view_account", "account"),
    actions=[
        ActionLink(
            _("Enter funds received"), "ledger:receive_funds", "ledger.receive_funds", tone="primary",
            show=lambda account: account.station == Account.Station.FUND,
        )
    ],
    empty=EmptyState(_("Nothing has moved here yet")),
)  # fmt: skip


def posting_facts(request: HttpRequest, posting: Posting) -> Sequence[Fact]:
    """What a posting was made for."""
    return [
        Fact(_("About"), posting.about),
        Fact(_("Amount"), Money(posting.declared_minor, posting.currency)),
        Fact(_("Effective on"), posting.effective_on),
        Fact(_("Posted on"), posting.posted_at),
        Fact(_("Attempt"), posting.attempt),
        Fact(_("Proof"), posting.proof),
        Fact(_("Reason"), posting.reason),
        Fact(_("Reverses"), posting.reverses, posting_url(posting.reverses) if posting.reverses else ""),
    ]


posting_detail = DetailScreen(
    Posting,
    permission="ledger.view_posting",
    title=str,
    status=posting_status,
    facts=posting_facts,
    actions=[
        ActionLink(_("Single movements"), "ledger:movement_list", "ledger.view_movement"),
        ActionLink(
            _("Reverse"), "ledger:reverse_receipt", "ledger.reverse_receipt", tone="danger",
            show=lambda posting: posting.purpose == Posting.Purpose.RECEIPT and posting.state == Posting.State.POSTED,
        ),
    ],
    prepare=lambda rows: rows.select_related("reverses"),
)  # fmt: skip

movement_list = ListScreen(
    MovementTable, title=lambda posting: str(posting), owner=Owner(Posting, "ledger.view_posting", "posting"),
    lead=lambda posting: posting_status(posting).text,
)  # fmt: skip

proof_list = ListScreen(
    ProofTable,
    title=_("Proofs of the balances"),
    lead=_("Every night all balances are proved from the single movements."),
    empty=EmptyState(_("No proof yet"), _("The first one is made in the coming night.")),
)


def proof_facts(request: HttpRequest, proof: Proof) -> Sequence[Fact]:
    """What was compared."""
    return [
        Fact(_("Proved on"), proof.proved_at),
        Fact(_("Accounts"), proof.account_count),
        Fact(_("Postings"), proof.posting_count),
        Fact(_("Movements"), proof.movement_count),
    ]


def proof_differences(request: HttpRequest, proof: Proof) -> Sequence[Attention]:
    """Every difference as a sentence of its own."""
    return [Attention("bad", rendered(found["message"], found["params"])) for found in proof.differences]


proof_detail = DetailScreen(
    Proof, permission="ledger.view_proof", title=lambda proof: _("Proof of the balances"), status=proof_status, facts=proof_facts,
    attention=proof_differences, timeline=None,
)  # fmt: skip

receive_funds = ActionScreen(
    services.receive_funds, form=ReceiveFundsForm, target=(Account, "pk"), preview=previews.receipt, back=statement_url,
    lead=lambda account: account.owner, done=lambda posting: posting_url(posting),
)  # fmt: skip


def _reversed(cleaned: dict[str, Any], posting: Any) -> dict[str, Any]:
    return {"posting": posting, "reason": cleaned["reason"]}


reverse_receipt = ActionScreen(
    services.reverse_receipt, form=ReasonForm, target=(Posting, "pk"), inputs=_reversed, preview=previews.reversal, back=posting_url,
    done=lambda posting: posting_url(posting), danger=True,
)  # fmt: skip

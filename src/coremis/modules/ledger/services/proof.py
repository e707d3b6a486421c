"""Keeping the result of a proof."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.modules.ledger.models import Proof

MOST_DIFFERENCES = 200


@action(_("Prove the balances"))
def store_proof(*, postings: int, movements: int, accounts: int, differences: list[dict[str, Any]], actor: Actor) -> Proof:
    """Store what was compared, and every difference found (the first 200)."""
    proof = Proof(
        proved_at=timezone.now(), posting_count=postings, movement_count=movements, account_count=accounts,
        holds=not differences, differences=differences[:MOST_DIFFERENCES],
    )  # fmt: skip
    proof.save()
    return proof

"""What can change the ledger."""

from coremis.modules.ledger.services.accounts import open_accounts, world
from coremis.modules.ledger.services.funds import receive_funds, reverse_receipt
from coremis.modules.ledger.services.movements import copy_reversed, post_movements
from coremis.modules.ledger.services.postings import abandon, open_posting, open_reversal, post
from coremis.modules.ledger.services.proof import store_proof

__all__ = [
    "abandon", "copy_reversed", "open_accounts", "open_posting", "open_reversal", "post", "post_movements",
    "receive_funds", "reverse_receipt", "store_proof", "world",
]  # fmt: skip

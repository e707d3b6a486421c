"""What will happen, said before it happens."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.money import Money
from coremis.kernel.screens.preview import Preview
from coremis.modules.ledger.queries import balance
from coremis.modules.ledger.services.funds import check_receipt


def receipt(inputs: dict[str, Any], actor: Any) -> Preview:
    """The fund before and after."""
    account, amount = inputs["account"], inputs["amount"]
    check_receipt(account, amount, inputs["received_on"], inputs["proof"])
    before = balance(account)
    return Preview(
        facts=[(_("Fund"), account.owner), (_("Received on"), inputs["received_on"]), (_("Proof"), inputs["proof"])],
        amount=amount,
        changes=[(_("Balance of the fund"), before, before + amount)],
        button=str(_("Enter %(amount)s")) % {"amount": amount.text()},
    )


def reversal(inputs: dict[str, Any], actor: Any) -> Preview:
    """The amount that leaves the fund again."""
    posting = inputs["posting"]
    amount = Money(posting.declared_minor, posting.currency)
    return Preview(facts=[(_("Fund"), posting.about), (_("Proof"), posting.proof), (_("Reason"), inputs["reason"])], amount=amount)

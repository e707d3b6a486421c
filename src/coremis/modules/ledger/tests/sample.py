"""An owner of accounts for the tests of this module: a place of the small country, since the ledger knows no owner of its own."""

from datetime import date

from coremis.kernel.actions.context import Authority, approved_by
from coremis.kernel.actions.services import maintenance
from coremis.kernel.actions.system import system
from coremis.kernel.base.money import Money
from coremis.modules.ledger.models import Account
from coremis.modules.ledger.services import open_accounts, receive_funds

TODAY = date(2026, 1, 5)


def make_accounts(owner, currency="SZF"):
    """The accounts of an owner, by station."""
    with maintenance("test accounts"):
        return open_accounts(owner, {"en": str(owner)}, currency)


def receive(account: Account, amount, proof="Credit advice 17", actor=None, **inputs):
    """Funds received, as if it had been agreed to."""
    with approved_by(Authority(receive_funds.name, None)):
        return receive_funds(
            account=account, amount=Money(amount, inputs.pop("currency", account.currency)), received_on=inputs.pop("received_on", TODAY),
            proof=proof, actor=actor or system(receive_funds.name),
        )  # fmt: skip

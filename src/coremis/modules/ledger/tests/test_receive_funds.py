from datetime import date

import pytest
from django.utils.translation import override

from coremis.kernel.actions.context import Authority, approved_by
from coremis.kernel.actions.services import maintenance
from coremis.kernel.actions.system import system
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Invalid, NeedsApproval, Refusal
from coremis.modules.ledger.models import Account, Movement
from coremis.modules.ledger.queries import balance, with_balance
from coremis.modules.ledger.services import open_accounts, receive_funds, reverse_receipt
from coremis.modules.ledger.tests.sample import TODAY, make_accounts, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def fund(country):
    return make_accounts(country["North"])["FUND"]


def test_it_works(fund):
    """Pitfall M7: world → fund, exact for the largest amounts; all balances together are zero."""
    posting = receive(fund, 10**15)
    assert (posting.state, posting.proof, posting.effective_on) == ("POSTED", "Credit advice 17", TODAY)
    assert balance(fund) == Money(10**15, "SZF") and balance(Account.objects.get(station="WORLD")) == Money(-(10**15), "SZF")
    receive(fund, 1)
    assert balance(fund).amount_minor == 10**15 + 1
    assert sum(account.balance_minor for account in with_balance(Account.objects.all())) == 0


@pytest.mark.parametrize(
    ("inputs", "field"),
    [
        ({"proof": " "}, "proof"),
        ({"amount": 0}, "amount"),
        ({"currency": "USD"}, "amount"),
        ({"received_on": date(2100, 1, 1)}, "received_on"),
    ],
)
def test_wrong_inputs(fund, inputs, field):
    with pytest.raises(Invalid) as refused:
        receive(fund, inputs.pop("amount", 5), **inputs)
    assert set(refused.value.errors) == {field} and not Movement.objects.exists()


def test_only_into_a_fund(country):
    with pytest.raises(Invalid):
        receive(make_accounts(country["South"])["OWED"], 5)


def test_needs_approval(fund):
    with pytest.raises(NeedsApproval):
        receive_funds(account=fund, amount=Money(5, "SZF"), received_on=TODAY, proof="x", actor=system(receive_funds.name))


def test_reversed_once(fund):
    """Pitfall M13: a wrong receipt is reversed, never removed; and only once."""
    posting = receive(fund, 700)
    with approved_by(Authority(reverse_receipt.name, None)):
        reverse_receipt(posting=posting, reason="Entered twice", actor=system(reverse_receipt.name))
    assert balance(fund).amount_minor == 0 and Movement.objects.count() == 2
    assert Movement.objects.exclude(reverses=None).get().reverses.posting == posting
    receive(fund, 700)
    with approved_by(Authority(reverse_receipt.name, None)), pytest.raises(Refusal, match="only once"):
        reverse_receipt(posting=posting, reason="Again", actor=system(reverse_receipt.name))


def test_names_are_those_of_the_reader(country):
    """A fund has one name per language; its account and what is posted about it are read in the reader's."""
    with maintenance("names"):
        account = open_accounts(country["Testland"], {"en": "State budget", "fr": "Budget de l’État"}, "SZF")["FUND"]
    posting = receive(account, 100)
    with override("fr"):
        assert (account.owner, posting.about) == ("Budget de l’État", "Budget de l’État")
    assert (account.owner, posting.about) == ("State budget", "State budget")
    with maintenance("another name"):
        open_accounts(country["Testland"], {"en": "Treasury"}, "SZF")
    account.refresh_from_db()
    assert (account.owner, posting.about) == ("Treasury", "State budget")

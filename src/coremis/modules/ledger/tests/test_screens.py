import pytest

from coremis.kernel.testing.check_module import check_module
from coremis.modules.ledger.jobs import prove_balances
from coremis.modules.ledger.models import Account, Movement, Posting, PostingTotal, Proof
from coremis.modules.ledger.queries import last_proof
from coremis.modules.ledger.tests.sample import make_accounts, receive
from coremis.kernel.areas.models import Area
from coremis.kernel.jobs.queue import enqueue
from coremis.kernel.jobs.worker import run_until_idle

pytestmark = pytest.mark.django_db


def samples(area):
    """Accounts with one receipt; they belong to the whole country, whoever looks."""
    posting = receive(make_accounts(Area.objects.get(parent=None))["FUND"], 100)
    enqueue(prove_balances, {})
    run_until_idle()
    return {
        Account: Account.objects.get(station="FUND"), Posting: posting, PostingTotal: posting.totals.get(account__station="FUND"),
        Movement: posting.movements.get(), Proof: last_proof(),
    }  # fmt: skip


def test_it_works():
    """Pitfalls P1, S10: every page needs its right, and asks as much for many rows as for few."""
    check_module("ledger", samples)

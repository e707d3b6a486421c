import pytest
from django.utils import timezone

from coremis.kernel.actions.services import maintenance
from coremis.kernel.areas.models import Area
from coremis.kernel.jobs.queue import enqueue
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.check_module import check_module
from coremis.modules.ledger.jobs import prove_balances
from coremis.modules.ledger.models import Account, Movement, Posting, PostingTotal, Proof
from coremis.modules.ledger.queries import last_proof
from coremis.modules.ledger.tests.sample import TODAY, make_accounts, receive

pytestmark = pytest.mark.django_db


def samples(area):
    """Accounts with one receipt; they belong to the whole country, whoever looks."""
    accounts = make_accounts(Area.objects.get(parent=None))
    posting = receive(accounts["FUND"], 100)
    with maintenance("a movement in this place"):
        Movement(
            posting=posting, line_id=1, step=f"here {area.pk}", from_account=accounts["FUND"], to_account=accounts["FEES"], amount_minor=1,
            currency="SZF", effective_on=TODAY, recorded_at=timezone.now(), area=area,
        ).save()  # fmt: skip
    enqueue(prove_balances, {})
    run_until_idle()
    return {
        Account: Account.objects.get(station="FUND"), Posting: posting, PostingTotal: posting.totals.get(account__station="FUND"),
        Movement: posting.movements.get(area=area), Proof: last_proof(),
    }  # fmt: skip


def test_it_works():
    """Pitfalls P1, S10: every page needs its right, and asks as much for many rows as for few."""
    check_module("ledger", samples)

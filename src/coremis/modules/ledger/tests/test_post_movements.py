import pytest
from django.db import DatabaseError, connection, transaction

from coremis.kernel.actions.guard import unguarded
from coremis.kernel.actions.services import maintenance
from coremis.kernel.areas.models import Area
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Refusal
from coremis.modules.ledger.models import Movement, Posting
from coremis.modules.ledger.queries import available, balance
from coremis.modules.ledger.services import abandon, open_posting, post, post_movements
from coremis.modules.ledger.tests.sample import make_accounts, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def accounts(country):
    accounts = make_accounts(country["North"])
    receive(accounts["FUND"], 100)
    return accounts


@pytest.fixture
def villages(country):
    """Rows to pay for: the ledger asks only for a key, an amount and a place."""
    return Area.objects.filter(level__position=3)


def owe(accounts, villages, subject, amount=6, step="approved", posting=None, expected=None):
    with maintenance("test postings"):
        posting = posting or open_posting(Posting.Purpose.APPROVAL, subject, Money(amount, "SZF"), takes_from=accounts["FUND"])
        count = post_movements(
            posting,
            villages,
            source=accounts["FUND"],
            target=accounts["OWED"],
            step=step,
            amount="level__position",
            area="pk",
            expected=expected,
        )
    return posting, count


def test_it_works(country, accounts, villages):
    """One movement a row in two statements; they count once their posting is posted."""
    posting, count = owe(accounts, villages, country["North"], 18)
    assert count == Movement.objects.filter(posting=posting).count() == 6 and balance(accounts["FUND"]).amount_minor == 100
    assert available(accounts["FUND"]).amount_minor == 82
    with maintenance("test"):
        post(posting)
    assert (balance(accounts["FUND"]).amount_minor, balance(accounts["OWED"]).amount_minor) == (82, 18)


def test_the_same_twice_changes_nothing(country, accounts, villages):
    posting, _count = owe(accounts, villages, country["North"], 18)
    _posting, again = owe(accounts, villages, country["North"], posting=posting, expected=6)
    assert again == 0 and Movement.objects.filter(posting=posting).count() == 6


def test_a_difference_is_refused(country, accounts, villages):
    """ON CONFLICT DO NOTHING alone would swallow it: another amount for the same line and step stops everything."""
    posting, _count = owe(accounts, villages, country["North"], 18)
    with maintenance("test"), pytest.raises(Refusal, match="another amount or account"):
        post_movements(
            posting, villages, source=accounts["FUND"], target=accounts["OWED"], step="approved", amount="level_id", area="pk", expected=6
        )


def test_not_more_than_announced(country, accounts, villages):
    posting, _count = owe(accounts, villages, country["North"], 17)
    with maintenance("test"), pytest.raises(Refusal, match="do not add up"):
        post(posting)


def test_not_more_than_there_is(country, accounts, villages):
    """No account but the world falls below zero, whoever is faster."""
    with pytest.raises(Refusal, match="has SZF\xa0100 free, and SZF\xa0101 is needed"):
        owe(accounts, villages, country["North"], 101)
    owe(accounts, villages, country["North"], 18)
    with pytest.raises(Refusal, match="has SZF\xa082 free"):
        owe(accounts, villages, country["South"], 90)


def test_abandoned_never_counts(country, accounts, villages):
    """Pitfall M13: an abandoned posting stays with its movements, and the next one is a new attempt."""
    posting, _count = owe(accounts, villages, country["North"], 18)
    with maintenance("test"):
        abandon(posting)
    assert balance(accounts["FUND"]) == available(accounts["FUND"]) == Money(100, "SZF")
    second, _count = owe(accounts, villages, country["North"], 18)
    assert second.attempt == 2 and Movement.objects.filter(posting=posting).count() == 6
    posting.refresh_from_db()
    with pytest.raises(Refusal, match="is closed"):
        owe(accounts, villages, country["North"], posting=posting)


@pytest.mark.parametrize("statement", ["UPDATE ledger_movement SET amount_minor = 1", "DELETE FROM ledger_movement"])
def test_movements_are_append_only(country, accounts, statement):
    """Pitfalls M13, M15: the database itself refuses to change or remove a movement."""
    with unguarded("an intruder"), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Movement.objects.count() == 1

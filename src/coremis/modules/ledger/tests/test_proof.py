import pytest
from django.db import connection

from coremis.kernel.actions import triggers
from coremis.kernel.actions.guard import unguarded
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.queue import enqueue
from coremis.kernel.jobs.worker import run_until_idle
from coremis.modules.ledger.jobs import prove_balances
from coremis.modules.ledger.queries import last_proof
from coremis.modules.ledger.tests.sample import make_accounts, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def accounts(country):
    accounts = make_accounts(country["North"])
    receive(accounts["FUND"], 100)
    return accounts


def prove():
    enqueue(prove_balances, {})
    run_until_idle()
    return last_proof()


def behind_the_back(statement):
    """What an intruder with the database password would do."""
    with unguarded("an intruder"), connection.cursor() as cursor:
        triggers.remove()
        cursor.execute(statement)
        triggers.install_after_migrate()


def test_it_works(accounts):
    """Balances from totals equal balances from movements, all together are zero, none but the world is negative."""
    proof = prove()
    assert proof.holds and (proof.posting_count, proof.movement_count, proof.differences) == (1, 1, [])
    assert proof.account_count == 8


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE ledger_movement SET amount_minor = 99", "is not the sum of its movements"),
        ("UPDATE ledger_postingtotal SET received_minor = 90 WHERE received_minor = 100", "do not add up to zero"),
        ("UPDATE ledger_postingtotal SET received_minor = given_minor, given_minor = received_minor", "is below zero"),
    ],
)
def test_a_difference_is_an_alarm(accounts, statement, sentence):
    """Whatever is changed behind the product's back is found, stored, and written into the job's log as a problem."""
    behind_the_back(statement)
    proof = prove()
    assert not proof.holds and any(sentence in found["message"] for found in proof.differences)
    assert Job.objects.latest("pk").lines.filter(level="PROBLEM").exists()


def test_many_postings(accounts, monkeypatch):
    """Chunk by chunk, nothing is left out."""
    monkeypatch.setattr("coremis.modules.ledger.jobs.POSTINGS_A_CHUNK", 2)
    for amount in range(1, 6):
        receive(accounts["FUND"], amount)
    proof = prove()
    assert proof.holds and (proof.posting_count, proof.movement_count) == (6, 6)

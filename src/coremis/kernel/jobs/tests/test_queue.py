import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.jobs.models import Job, State
from coremis.kernel.jobs.queue import claim, due, enqueue, resume, retry
from coremis.kernel.jobs.tests.sample_kinds import count, write_one
from coremis.kernel.jobs.worker import run_job, run_until_idle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rows_table")]


def test_it_works():
    job = enqueue("jobs.write_one", {"a": 1}, total=1)
    assert list(due()) == [job]
    claimed = claim()
    assert (claimed, claimed.state, claimed.token, claimed.attempts) == (job, State.RUNNING, 1, 1)
    assert claimed.lease_until > timezone.now() and claimed.started_at
    assert claim() is None and not due().exists()


def test_an_unknown_name_is_refused_where_it_is_written():
    with pytest.raises(LookupError, match=r"jobs\.nothing"):
        enqueue("jobs.nothing")


def test_the_job_belongs_to_the_callers_transaction():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        enqueue(write_one)
        raise ZeroDivisionError
    assert not Job.objects.exists()


def test_later_work_waits():
    enqueue(write_one, not_before=timezone.now() + timedelta(hours=1))
    assert run_until_idle() == 0


def test_the_longest_waiting_comes_first():
    now = timezone.now()
    jobs = [enqueue(write_one, not_before=now - timedelta(minutes=minutes)) for minutes in (1, 3, 2)]
    assert [claim(), claim(), claim()] == [jobs[1], jobs[2], jobs[0]]


def test_a_unique_key_gives_the_unfinished_job():
    first = enqueue(write_one, unique_key="payroll:1")
    assert enqueue(write_one, unique_key="payroll:1") == first
    assert enqueue(write_one, unique_key="payroll:2") != first
    run_until_idle()
    assert enqueue(write_one, unique_key="payroll:1") != first


@pytest.mark.django_db(transaction=True)
def test_a_unique_key_holds_between_writers():
    """Pitfall D7: two at the same moment put the work in line once."""
    found, barrier = [], threading.Barrier(4)

    def put():
        barrier.wait()
        with transaction.atomic():
            found.append(enqueue(write_one, unique_key="import:1").pk)
        connection.close()

    threads = [threading.Thread(target=put) for _number in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(found) == 4 and len(set(found)) == 1 and Job.objects.count() == 1


def test_only_failed_work_is_retried():
    job = run_job(enqueue(write_one).pk)
    with pytest.raises(Refusal, match="Only failed work"):
        retry(job)


def test_a_retry_beside_the_same_work_is_refused():
    failed = enqueue(write_one, unique_key="payroll:1")
    Job.objects.update(state=State.FAILED)
    enqueue(write_one, unique_key="payroll:1")
    with pytest.raises(Refusal, match="already waiting"):
        retry(failed)


def test_a_job_of_a_dead_worker_is_resumed_without_waiting():
    job = enqueue(write_one)
    claim()
    assert run_until_idle() == 0
    resume(job)
    assert (run_until_idle(), count(job.pk)) == (1, 1)


def test_an_ended_lease_is_claimed_again_under_a_new_token():
    enqueue(write_one)
    first = claim(lease=timedelta(0))
    second = claim()
    assert (first.pk, first.token + 1) == (second.pk, second.token)

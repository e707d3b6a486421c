import threading
from datetime import timedelta

import pytest
from django.db import connection

from coremis.kernel.jobs import chunk, worker
from coremis.kernel.jobs.chunk import LostLease, run_chunk, work_of
from coremis.kernel.jobs.models import Job, State
from coremis.kernel.jobs.queue import LEASE, claim, enqueue
from coremis.kernel.jobs.tests import sample_kinds
from coremis.kernel.jobs.tests.sample_kinds import count, prepare_rows
from coremis.kernel.jobs.worker import run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rows_table")]


def test_it_works(monkeypatch):
    """A worker that slept through its lease can neither write rows nor change the job; its step does not even start."""
    started = []
    monkeypatch.setattr(sample_kinds, "mid_chunk", lambda: started.append(1))
    job = enqueue(prepare_rows)
    slow = claim(lease=timedelta(0))
    fast = claim()
    with pytest.raises(LostLease):
        run_chunk(slow, prepare_rows, work_of(slow), LEASE)
    assert (count(job.pk), started) == (0, [])
    run(slow)
    job.refresh_from_db()
    assert (job.token, job.state, count(job.pk)) == (fast.token, State.RUNNING, 0)
    run(fast)
    job.refresh_from_db()
    assert (job.state, count(job.pk)) == (State.DONE, 50)


@pytest.mark.parametrize("way_out", [chunk.release, lambda job: chunk.give_up(job, None, "x"), lambda job: chunk.pause(job, None, "x")])
def test_a_late_worker_cannot_change_the_outcome(way_out):
    enqueue(prepare_rows)
    slow = claim(lease=timedelta(0))
    run(claim())
    with pytest.raises(LostLease):
        way_out(slow)
    job = Job.objects.get()
    assert (job.state, job.lines.count()) == (State.DONE, 0)


def test_a_worker_that_loses_its_job_in_mid_work_drops_it_quietly(monkeypatch):
    job = enqueue(prepare_rows)
    taken = []

    def after_chunk():
        if not taken:
            Job.objects.update(lease_until=None)
            taken.append(claim())

    monkeypatch.setattr(worker, "after_chunk", after_chunk)
    run(claim())
    job.refresh_from_db()
    assert (job.state, job.done, count(job.pk)) == (State.RUNNING, 10, 10)
    run(taken[0])
    assert count(job.pk) == 50


@pytest.mark.django_db(transaction=True)
def test_a_chunk_longer_than_the_lease_keeps_its_job(monkeypatch):
    """On PostgreSQL the chunk's lock on the row keeps others off; on SQLite its lock on the database does."""
    if connection.vendor == "sqlite":
        pytest.skip("A claim beside an open chunk would wait for the chunk's end.")
    enqueue(prepare_rows)
    others = []

    def another_worker():
        others.append(claim())
        connection.close()

    def mid_chunk():
        thread = threading.Thread(target=another_worker)
        thread.start()
        thread.join(10)

    monkeypatch.setattr(sample_kinds, "mid_chunk", mid_chunk)
    job = claim(lease=timedelta(0))
    run_chunk(job, prepare_rows, work_of(job), timedelta(0))
    assert others == [None] and count(job.pk) == 10

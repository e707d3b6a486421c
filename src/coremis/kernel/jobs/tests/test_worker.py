import threading
import time

import pytest
from django.db import OperationalError

from coremis.kernel.jobs import schedule, worker
from coremis.kernel.jobs.models import Job, State
from coremis.kernel.jobs.queue import enqueue
from coremis.kernel.jobs.schedule import Schedule
from coremis.kernel.jobs.tests.sample_kinds import count, write_one, write_rows
from coremis.kernel.jobs.worker import run_worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("rows_table")]


@pytest.fixture
def stop(monkeypatch):
    monkeypatch.setattr(schedule, "contributions", lambda kind: [])
    return threading.Event()


def work_until(stop, reached):
    """Run a worker beside the test until the condition holds (at most ten seconds), then stop it."""
    thread = threading.Thread(target=run_worker, args=(stop,), kwargs={"poll": 0.01})
    thread.start()
    ends = time.monotonic() + 10
    while not reached() and time.monotonic() < ends:
        time.sleep(0.01)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def test_it_works(stop, monkeypatch):
    monkeypatch.setattr(schedule, "contributions", lambda kind: [Schedule(write_one, every="day")])
    enqueue(write_rows, {"rows": 20, "size": 10})
    work_until(stop, lambda: Job.objects.filter(state=State.DONE).count() == 2)
    assert sorted(Job.objects.values_list("kind", "state")) == [("jobs.write_one", "DONE"), ("jobs.write_rows", "DONE")]


def test_a_stopped_worker_gives_its_job_back_at_once(stop, monkeypatch):
    monkeypatch.setattr(worker, "after_chunk", stop.set)
    job = enqueue(write_rows, {"rows": 20, "size": 10})
    run_worker(stop)
    job.refresh_from_db()
    assert (job.state, job.lease_until, job.begun, job.attempts) == (State.WAITING, None, True, 0)
    monkeypatch.undo()
    worker.run_until_idle()
    assert count(job.pk) == 22


def test_a_database_that_is_away_is_waited_for(stop, monkeypatch):
    enqueue(write_one)
    really, troubles = worker.run_next, [OperationalError("gone"), OperationalError("gone")]

    def away(*arguments):
        if troubles:
            raise troubles.pop()
        return really(*arguments)

    monkeypatch.setattr(worker, "run_next", away)
    monkeypatch.setattr(worker, "TROUBLE_SECONDS", 0.01)
    work_until(stop, lambda: Job.objects.filter(state=State.DONE).exists())
    assert Job.objects.get().state == State.DONE and not troubles

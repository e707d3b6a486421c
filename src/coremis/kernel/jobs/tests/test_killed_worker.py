import pytest
from django.db import connection

from coremis.kernel.jobs.models import Job, State
from coremis.kernel.jobs.queue import enqueue
from coremis.kernel.jobs.tests.ready import ask
from coremis.kernel.jobs.tests.sample_kinds import TABLE, count, write_one, write_rows

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("rows_table")]


def run_workers(mode):
    """Start the process of workers on this test's database; how each of them ended."""
    return ask("coremis.kernel.jobs.tests.killed_worker", mode=mode)[0]


def numbers(job):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT number FROM {TABLE} WHERE job_id = %s ORDER BY number", [job.pk])
        return [row[0] for row in cursor.fetchall()]


def test_it_works():
    """Pitfall P3: killed by SIGKILL in the middle and at the boundary of every chunk, exactly the same rows are written once."""
    job = enqueue(write_rows, {"rows": 100, "size": 20})
    endings = run_workers("kills")
    job.refresh_from_db()
    chunks = 1 + 5
    assert endings.count(-9) == 2 * chunks and endings[-1] in (0, -9) and 1 not in endings
    assert (job.state, job.done, job.report) == (State.DONE, 100, {"rows": 100})
    assert numbers(job) == [-2, -1, *range(100)]
    assert job.lines.count() == 5


def test_three_workers_do_each_job_once():
    jobs = [enqueue(write_one) for _number in range(30)]
    assert run_workers("race") == [0, 0, 0]
    assert set(Job.objects.values_list("state", "token")) == {(State.DONE, 1)}
    assert count() == 30 and all(numbers(job) == [0] for job in jobs)

import errno
from datetime import timedelta

import pytest
from django.utils import translation

from coremis.kernel.jobs import worker
from coremis.kernel.jobs.models import Job, State
from coremis.kernel.jobs.queue import claim, enqueue, retry
from coremis.kernel.jobs.tests import sample_kinds
from coremis.kernel.jobs.tests.sample_kinds import count, prepare_rows, refuse_work, write_one, write_rows
from coremis.kernel.jobs.worker import run_job, run_until_idle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rows_table")]


def write_job(rows=30, size=10, **options):
    return enqueue(write_rows, {"rows": rows, "size": size}, title_params={"what": "rows"}, **options)


def break_mid_chunk(monkeypatch, times):
    left = [times]

    def broken():
        left[0] -= 1
        if left[0] >= 0:
            raise ValueError("secret detail")

    monkeypatch.setattr(sample_kinds, "mid_chunk", broken)


def test_it_works():
    job = write_job(actor_id=7, cause_id=8, area_ids=[1, 2])
    assert (job.state, job.kind, job.title) == (State.WAITING, "jobs.write_rows", "Writing rows")
    assert run_until_idle() == 1
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.percent, job.report) == (State.DONE, 30, 30, 100, {"rows": 30})
    assert job.finished and job.elapsed > timedelta(0) and job.remaining is None and job.lease_until is None
    assert count(job.pk) == 30 + 2
    assert [line.text for line in job.lines.all()] == ["10 rows written.", "20 rows written.", "30 rows written."]


def test_the_step_knows_whose_work_it_is():
    seen = worker.work_of(write_job(actor_id=7, cause_id=8, area_ids=[1, 2]))
    assert (seen.actor_id, seen.cause_id, seen.area_ids) == (7, 8, (1, 2))


def test_progress_is_shown_while_it_runs():
    job = write_job()
    Job.objects.filter(pk=job.pk).update(state=State.RUNNING, done=10, total=30, worked_ms=4000)
    job.refresh_from_db()
    assert (job.percent, job.remaining) == (33, timedelta(seconds=8))
    Job.objects.filter(pk=job.pk).update(total=None)
    job.refresh_from_db()
    assert (job.percent, job.remaining) == (None, None)


def test_a_chunk_is_whole_or_nothing(monkeypatch):
    """The second step breaks half-way: its rows, its lines and its position are as if it had not started."""
    job = write_job()
    broken = iter([False, False, True])
    monkeypatch.setattr(sample_kinds, "mid_chunk", lambda: 1 / 0 if next(broken) else None)
    run_until_idle()
    job.refresh_from_db()
    assert (job.state, job.cursor, job.done, count(job.pk)) == (State.WAITING, {"next": 10}, 10, 11)
    assert [line.text for line in job.lines.all()][0:1] == ["10 rows written."]


def test_a_broken_step_is_tried_again_after_growing_pauses(monkeypatch):
    break_mid_chunk(monkeypatch, times=3)
    job = write_job()
    pauses = []
    for _attempt in range(3):
        run_until_idle()
        job.refresh_from_db()
        assert (job.state, job.problem_text) == (State.WAITING, "")
        pauses.append(round((job.paused_until - job.heartbeat_at).total_seconds()))
        retry(job)
        Job.objects.filter(pk=job.pk).update(attempts=len(pauses))
    assert pauses == [5, 20, 80]
    assert run_job(job.pk).state == State.DONE
    assert count(job.pk) == 32


def test_the_error_is_kept_for_builders_and_people_see_a_reference(monkeypatch):
    break_mid_chunk(monkeypatch, times=99)
    job = write_job()
    for _attempt in range(5):
        Job.objects.update(not_before=job.queued_at)
        run_until_idle()
    job.refresh_from_db()
    assert (job.state, job.ended_at is None) == (State.FAILED, False)
    assert job.error_reference in job.problem_text and "secret" not in job.problem_text
    assert "ValueError: secret detail" in job.traceback
    assert not any("secret" in line.text for line in job.lines.all())


def test_a_full_disk_is_told_in_words(monkeypatch):
    def no_room():
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sample_kinds, "mid_chunk", no_room)
    job = write_job()
    for _attempt in range(5):
        Job.objects.update(not_before=job.queued_at)
        run_until_idle()
    job.refresh_from_db()
    assert job.state == State.FAILED and "disk of the server is full" in job.problem_text and job.error_reference in job.problem_text


def test_progress_starts_the_count_of_tries_anew(monkeypatch):
    """A long job may stumble often; only a chunk that never succeeds ends it."""
    outcomes = iter([False] + [True, True, True, False] * 3)
    monkeypatch.setattr(sample_kinds, "mid_chunk", lambda: 1 / 0 if next(outcomes) else None)
    job = write_job()
    for _attempt in range(12):
        Job.objects.update(not_before=job.queued_at)
        run_until_idle()
    job.refresh_from_db()
    assert (job.state, job.done, count(job.pk)) == (State.DONE, 30, 32)


def test_failed_work_goes_on_from_its_position(monkeypatch):
    job = write_job()
    run = iter([False, False] + [True] * 5 + [False] * 5)
    monkeypatch.setattr(sample_kinds, "mid_chunk", lambda: 1 / 0 if next(run) else None)
    for _attempt in range(5):
        Job.objects.update(not_before=job.queued_at)
        run_until_idle()
    job.refresh_from_db()
    assert (job.state, job.done) == (State.FAILED, 10)
    retry(job)
    assert (job.state, job.problem_text, job.ended_at) == (State.WAITING, "", None)
    assert (run_job(job.pk).state, count(job.pk)) == (State.DONE, 32)


def test_a_refusal_ends_the_work_at_once_with_its_sentence():
    job = run_job(enqueue(refuse_work, {"number": 12}).pk)
    assert (job.state, job.problem_text, job.traceback) == (State.FAILED, "No household 12.", "")
    assert count(job.pk) == 0


def test_a_refusal_is_stored_for_every_language(monkeypatch):
    """The worker's language does not matter: the English source is stored and the reader's language shown."""
    with translation.override("fr"):
        job = run_job(enqueue(refuse_work, {"number": 12}).pk)
        assert (job.problem, job.problem_params) == ("No household %(number)s.", {"number": 12})


def test_wrong_inputs_are_listed():
    job = run_job(enqueue(refuse_work, {"invalid": True}).pk)
    assert job.problem_text == "Two values are wrong."
    assert [line.text for line in job.lines.all()] == ["age: An age is a whole number."]


def test_an_unknown_kind_fails_with_a_sentence_and_can_be_retried():
    job = enqueue(write_one)
    Job.objects.update(kind="transport.hire_trucks")
    job = run_job(job.pk)
    assert job.state == State.FAILED and job.title == "transport.hire_trucks"
    assert job.problem_text == "The module for “transport.hire_trucks” is not on. Turn it on, then try again."
    Job.objects.update(kind="jobs.write_one")
    retry(job)
    assert run_job(job.pk).state == State.DONE


def test_work_that_kills_its_worker_again_and_again_is_given_up():
    job = write_job()
    for _attempt in range(5):
        assert claim(job.pk)
        Job.objects.update(lease_until=None)
    assert run_job(job.pk).state == State.FAILED


def test_a_long_job_lets_others_go_first(monkeypatch):
    monkeypatch.setattr(worker, "TURN_SECONDS", 0)
    long, short = write_job(rows=100), enqueue(write_one)
    worker.run_next()
    long.refresh_from_db()
    assert (long.state, long.lease_until) == (State.WAITING, None)
    worker.run_next()
    short.refresh_from_db()
    assert short.state == State.DONE
    run_until_idle()
    assert count(long.pk) == 102


def test_queries_per_chunk_are_constant(django_assert_num_queries):
    """Pitfall P1: a chunk costs two statements beside its own (and two for the savepoint of this test's transaction)."""
    job = claim(enqueue(prepare_rows).pk)
    work = worker.work_of(job)
    with django_assert_num_queries(5):
        assert worker.run_chunk(job, prepare_rows, work, timedelta(minutes=1))


def test_too_much_work_is_an_error():
    for _number in range(3):
        enqueue(write_one)
    with pytest.raises(RuntimeError):
        run_until_idle(limit=2)

import pytest

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.jobs import worker
from coremis.kernel.jobs.models import Job, State
from coremis.kernel.jobs.queue import ask_cancel, enqueue, retry
from coremis.kernel.jobs.tests import sample_kinds
from coremis.kernel.jobs.tests.sample_kinds import count, prepare_rows, write_one, write_rows
from coremis.kernel.jobs.worker import run_job, run_next

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rows_table")]


def cancel_after(monkeypatch, job, chunks):
    left = [chunks]

    def after_chunk():
        left[0] -= 1
        if left[0] == 0:
            ask_cancel(Job.objects.get(pk=job.pk))

    monkeypatch.setattr(worker, "after_chunk", after_chunk)


def test_it_works(monkeypatch):
    """Pitfall P3: cancelled between two chunks; what was prepared is removed range by range before the job ends."""
    job = enqueue(prepare_rows)
    cancel_after(monkeypatch, job, chunks=3)
    job = run_job(job.pk)
    assert (job.state, job.done, count(job.pk)) == (State.CANCELLED, 0, 0)
    assert [(phase, cursor) for phase, cursor in sample_kinds.CALLS] == [("abandon", {}), ("abandon", {"removed": 20})]
    assert job.ended_at and job.problem_text == ""


def test_waiting_work_is_cancelled_at_once():
    job = enqueue(write_one)
    ask_cancel(job)
    assert (job.state, run_next()) == (State.CANCELLED, False)


def test_waiting_work_whose_kind_takes_something_back_does_so_first():
    job = enqueue(prepare_rows)
    ask_cancel(job)
    job = run_job(job.pk)
    assert (job.state, [phase for phase, _cursor in sample_kinds.CALLS]) == (State.CANCELLED, ["abandon"])


def test_work_that_prepares_nothing_keeps_what_it_did(monkeypatch):
    job = enqueue(write_rows, {"rows": 30, "size": 10})
    cancel_after(monkeypatch, job, chunks=2)
    job = run_job(job.pk)
    assert (job.state, job.done, count(job.pk)) == (State.CANCELLED, 10, 11)


def test_ended_work_cannot_be_cancelled():
    job = run_job(enqueue(write_one).pk)
    with pytest.raises(Refusal, match="already ended"):
        ask_cancel(job)


def test_asking_twice_changes_nothing(monkeypatch):
    job = enqueue(write_one)
    ask_cancel(job)
    ask_cancel(job)
    assert job.state == State.CANCELLED


def test_work_that_fails_for_good_is_removed_and_may_start_again(monkeypatch):
    job = enqueue(prepare_rows)
    outcomes = iter([False, True, True] + [False] * 9)
    monkeypatch.setattr(sample_kinds, "mid_chunk", lambda: 1 / 0 if next(outcomes) else None)
    job = run_job(job.pk)
    assert (job.state, count(job.pk)) == (State.WAITING, 10)
    Job.objects.update(not_before=job.queued_at)
    job = run_job(job.pk)
    assert (job.state, count(job.pk), job.begun, job.cursor) == (State.FAILED, 0, False, {})
    assert job.error_reference in job.problem_text
    retry(job)
    job = run_job(job.pk)
    assert (job.state, count(job.pk)) == (State.DONE, 50)


def test_a_removal_that_breaks_is_tried_until_it_succeeds(monkeypatch):
    job = enqueue(prepare_rows)
    cancel_after(monkeypatch, job, chunks=2)
    removal = prepare_rows.on_abandon
    monkeypatch.setattr(prepare_rows, "on_abandon", lambda work: 1 / 0)
    for _attempt in range(9):
        job = run_job(job.pk)
        assert job.state == State.CANCELLING and job.paused_until
        retry(job)
    monkeypatch.setattr(prepare_rows, "on_abandon", removal)
    job = run_job(job.pk)
    assert (job.state, count(job.pk)) == (State.CANCELLED, 0)

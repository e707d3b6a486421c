"""Workers die and people change their minds: nothing is done twice, nothing half."""

import pytest

from coremis.kernel.areas.models import FormerArea
from coremis.kernel.exchange import rows
from coremis.kernel.exchange.applying import apply_batch, submit_batch
from coremis.kernel.exchange.checking import check_batch
from coremis.kernel.exchange.models import Batch, BatchRow
from coremis.kernel.exchange.staging import OPEN_TABLES
from coremis.kernel.exchange.tests import sample
from coremis.kernel.exchange.tests.sample import MAPPING, OPTIONS, send
from coremis.kernel.files.storage import path_of
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.queue import ask_cancel, resume, retry
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import make_route

pytestmark = pytest.mark.django_db

TEXT = "".join(f"K{number};Name {number};N1A;;{number % 5};;\n" for number in range(40))


class Killed(BaseException):
    """What SIGKILL leaves: nothing of the chunk in hand is committed."""


@pytest.fixture
def batch(country, people, monkeypatch):
    monkeypatch.setattr(rows, "CHUNK", 7)
    make_route(apply_batch.name, country["North"])
    batch = send(people[0], country["North"], TEXT)
    return check_batch(batch=batch, mapping=MAPPING, options=OPTIONS, actor=people[0])


def fresh(batch):
    return Batch.objects.get(pk=batch.pk)


def killed_at(monkeypatch, place, name, call):
    """Run until the given call of a function; then the worker is gone, and another one takes over."""
    calls, original = [], getattr(place, name)

    def once(*args):
        calls.append(1)
        if len(calls) == call:
            raise Killed
        return original(*args)

    with monkeypatch.context() as patch:
        patch.setattr(place, name, once)
        try:
            run_until_idle()
        except Killed:
            OPEN_TABLES.__init__()
            resume(Job.objects.latest("pk"))
    run_until_idle()


def test_it_works(batch, people):
    run_until_idle()
    assert (fresh(batch).state, fresh(batch).good_count) == ("CHECKED", 40)


@pytest.mark.parametrize("call", [1, 2, 4, 6])
def test_a_check_goes_on_where_it_stopped(batch, monkeypatch, call):
    killed_at(monkeypatch, OPEN_TABLES, "read", call)
    assert (fresh(batch).state, fresh(batch).row_count) == ("CHECKED", 40)
    assert list(BatchRow.objects.order_by("number").values_list("number", flat=True)) == list(range(2, 42))


@pytest.mark.parametrize("call", [1, 2, 3, 5])
def test_taking_in_goes_on_where_it_stopped(batch, people, monkeypatch, call):
    run_until_idle()
    submit_batch(fresh(batch), actor=people[0])
    killed_at(monkeypatch, sample, "copy_into", call)
    assert (fresh(batch).state, fresh(batch).applied_count, FormerArea.objects.count()) == ("APPLIED", 40, 40)


def test_a_check_can_be_cancelled_and_made_again(batch, people):
    ask_cancel(batch.job)
    run_until_idle()
    assert fresh(batch).state == "NEW"
    check_batch(batch=fresh(batch), mapping=MAPPING, options=OPTIONS, actor=people[0])
    run_until_idle()
    assert fresh(batch).row_count == BatchRow.objects.count() == 40


def test_a_check_that_cannot_be_done_says_why(batch):
    path_of(batch.sha256).write_bytes(b"a,b\n")
    run_until_idle()
    assert (fresh(batch).state, fresh(batch).job.state) == ("NEW", "FAILED")
    assert "no rows" in fresh(batch).job.problem_text


def test_stopping_half_way_counts_what_was_taken_in(batch, people, monkeypatch, country):
    """pitfall M10, D2"""
    run_until_idle()
    submit_batch(fresh(batch), actor=people[0])
    original, calls = sample.copy_into, []

    def stop_after_two(*args):
        calls.append(1)
        if len(calls) == 3:
            Job.objects.filter(pk=fresh(batch).job_id).update(cancel_asked=True)
        return original(*args)

    monkeypatch.setattr(sample, "copy_into", stop_after_two)
    run_until_idle()
    stopped = fresh(batch)
    assert stopped.state == "CANCELLED" and 0 < stopped.applied_count == FormerArea.objects.count() < 40
    again = send(people[0], country["North"], TEXT)
    check_batch(batch=again, mapping=MAPPING, options=OPTIONS, actor=people[0])
    run_until_idle()
    submit_batch(fresh(again), actor=people[0])
    run_until_idle()
    assert (fresh(again).unchanged_count, fresh(again).applied_count) == (stopped.applied_count, 40 - stopped.applied_count)
    assert FormerArea.objects.count() == 40


def test_failed_work_is_tried_again(batch, people, monkeypatch):
    run_until_idle()
    path = path_of(batch.sha256)
    check_batch(batch=fresh(batch), mapping=MAPPING, options=OPTIONS, actor=people[0])
    content = path.read_bytes()
    path.write_bytes(b"")
    run_until_idle()
    path.write_bytes(content)
    assert fresh(batch).state == "NEW"
    retry(fresh(batch).job)
    run_until_idle()
    assert fresh(batch).state == "CHECKED"

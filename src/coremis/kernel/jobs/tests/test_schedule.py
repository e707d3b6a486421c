import threading
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from coremis.kernel.jobs import schedule
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.schedule import Schedule, enqueue_due
from coremis.kernel.jobs.tests.sample_kinds import prepare_rows, write_one
from coremis.kernel.jobs.worker import run_until_idle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rows_table")]
NOON = datetime(2026, 3, 1, 12, 20, tzinfo=ZoneInfo("Africa/Bujumbura"))


@pytest.fixture(autouse=True)
def timetable(monkeypatch, settings):
    settings.TIME_ZONE = "Africa/Bujumbura"
    wishes = [Schedule(write_one, every="hour"), Schedule(prepare_rows, every="day", at_hour=2)]
    monkeypatch.setattr(schedule, "contributions", lambda kind: wishes)


def test_it_works():
    hourly, daily = enqueue_due(NOON)
    assert (hourly.kind, hourly.params) == ("jobs.write_one", {"run_for": "2026-03-01T12:00:00+02:00"})
    assert (daily.kind, daily.params) == ("jobs.prepare_rows", {"run_for": "2026-03-01T02:00:00+02:00"})
    assert enqueue_due(NOON) == []


def test_each_period_counts_once():
    """Pitfall D7: however often the timetable is looked at."""
    enqueue_due(NOON)
    run_until_idle()
    assert enqueue_due(NOON + timedelta(minutes=30)) == []
    assert [job.kind for job in enqueue_due(NOON + timedelta(minutes=45))] == ["jobs.write_one"]


def test_before_its_hour_the_day_is_yesterdays():
    early = NOON.replace(hour=1)
    assert Schedule(write_one, every="day", at_hour=2).period(early) == NOON.replace(day=28, month=2, hour=2, minute=0)


def test_the_next_run_waits_for_the_last():
    enqueue_due(NOON)
    assert enqueue_due(NOON + timedelta(hours=3)) == []
    run_until_idle()
    made_up = enqueue_due(NOON + timedelta(hours=3))
    assert [job.params["run_for"][11:13] for job in made_up] == ["15"]


@pytest.mark.django_db(transaction=True)
def test_many_workers_put_it_in_line_once():
    """Pitfall D7: a scheduled import ran twice."""
    barrier = threading.Barrier(4)
    now = timezone.now()

    def look():
        barrier.wait()
        enqueue_due(now)
        connection.close()

    threads = [threading.Thread(target=look) for _number in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(Job.objects.values_list("kind", flat=True)) == ["jobs.prepare_rows", "jobs.write_one"]


@pytest.mark.parametrize("wrong", [{"every": "week"}, {"every": "hour", "at_hour": 3}])
def test_a_wrong_timetable_stops_the_start(wrong):
    with pytest.raises(ValueError, match="every="):
        Schedule(write_one, **wrong)

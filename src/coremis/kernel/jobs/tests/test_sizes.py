"""What long work writes is told to PostgreSQL's planner while the work runs; SQLite is asked nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coremis.kernel.jobs import sizes
from coremis.kernel.jobs.queue import enqueue
from coremis.kernel.jobs.tests import sample_kinds
from coremis.kernel.jobs.tests.sample_kinds import TABLE, write_rows
from coremis.kernel.jobs.worker import run_until_idle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rows_table")]


def asked(monkeypatch, enough):
    """How often the table was counted while a work wrote 80 rows in chunks of ten; and what the planner thinks it holds."""
    plain = sample_kinds.insert

    def insert(job_id, numbers):
        plain(job_id, numbers)
        sizes.note_rows(TABLE, len(numbers))

    monkeypatch.setattr(sizes, "ENOUGH", enough)
    monkeypatch.setattr(sample_kinds, "insert", insert)
    enqueue(write_rows, {"rows": 80, "size": 10}, title_params={"what": "rows"})
    with CaptureQueriesContext(
        connection,
    ) as captured:
        run_until_idle()
    return sum(query["sql"].startswith("ANALYZE") for query in captured)


def test_it_works(monkeypatch):
    """Counted when the table has doubled, and with the last rows; before the work's end, which reads them all."""
    if connection.vendor != "postgresql":
        assert asked(monkeypatch, enough=5) == 0
        return
    assert asked(monkeypatch, enough=5) == 4  # after 11, 31, 71 and all rows
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [TABLE])
        assert cursor.fetchone()[0] >= 80


def test_few_rows_are_no_danger(monkeypatch):
    assert asked(monkeypatch, enough=1_000) == 0


def test_outside_of_work_nothing_is_kept():
    sizes.note_rows(TABLE, 10**9)
    with CaptureQueriesContext(connection) as captured:
        sizes.tell_planner(last=True)
    assert len(captured) == 0

"""Kinds of work for the tests of this package; they write into a table that exists only in the tests."""

import time

from django.db import connection
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.jobs.kinds import job_kind

TABLE = "jobs_test_rows"
CALLS = []


def mid_chunk():
    """Called after half a chunk's rows; tests replace it, to kill or to break the work there."""


def insert(job_id, numbers):
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {TABLE} (job_id, number) VALUES (%s, %s)", [(job_id, number) for number in numbers])


def count(job_id=None):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {TABLE} WHERE %s = 0 OR job_id = %s", [job_id or 0, job_id or 0])
        return cursor.fetchone()[0]


@job_kind(title=_("Writing %(what)s"), retries=4, formerly=("jobs.copy_rows",))
def write_rows(work):
    first, size = work.cursor.get("next", 0), work.params["size"]
    numbers = range(first, first + size)
    insert(work.job_id, numbers[: size // 2])
    mid_chunk()
    insert(work.job_id, numbers[size // 2 :])
    work.cursor["next"] = first + size
    work.done += size
    work.log(_("%(count)s rows written."), count=work.done)
    return work.done < work.total


@write_rows.begin
def count_rows(work):
    insert(work.job_id, [-1])
    mid_chunk()
    work.total = work.params["rows"]


@write_rows.finish
def report_rows(work):
    insert(work.job_id, [-2])
    work.report["rows"] = work.done


@job_kind(title=_("Preparing rows"), retries=1)
def prepare_rows(work):
    insert(work.job_id, range(work.done, work.done + 10))
    work.done += 10
    mid_chunk()
    return work.done < 50


@prepare_rows.abandon
def remove_rows(work):
    CALLS.append((work.phase, dict(work.cursor)))
    below = work.cursor.get("removed", 0) + 20
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE} WHERE job_id = %s AND number < %s", [work.job_id, below])
    work.cursor["removed"] = below
    return count(work.job_id) > 0


@job_kind(title=_("Writing one row"))
def write_one(work):
    insert(work.job_id, [0])
    time.sleep(0.01)
    return False


@job_kind(title=_("Refusing"))
def refuse_work(work):
    insert(work.job_id, [0])
    if work.params.get("invalid"):
        raise Invalid(_("Two values are wrong."), errors={"age": [_("An age is a whole number.")]})
    raise Refusal(_("No household %(number)s."), number=work.params["number"])

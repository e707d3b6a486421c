"""The worker: takes up what is due, runs it chunk by chunk, and survives being killed at any moment."""

import logging
import threading
from datetime import timedelta
from time import monotonic, sleep

from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.jobs.chunk import CancelAsked, LostLease, give_up, refuse, release, run_chunk, stumble, turn_to_removal, work_of
from coremis.kernel.jobs.kinds import JobKind, find_kind
from coremis.kernel.jobs.models import Job, State
from coremis.kernel.jobs.queue import LEASE, claim, due
from coremis.kernel.jobs.schedule import enqueue_due
from coremis.kernel.jobs.sizes import watching
from coremis.kernel.jobs.work import Work

logger = logging.getLogger(__name__)

TURN_SECONDS = 30  # after this a long job lets the others that wait go first
SCHEDULE_SECONDS = 30
TROUBLE_SECONDS = 5


def after_chunk() -> None:
    """Called after each committed chunk; does nothing. Tests replace it, to kill the worker at every chunk boundary."""


def run_worker(stop: threading.Event, *, poll: float = 1.0, lease: timedelta = LEASE) -> None:
    """Work until ``stop`` is set: put in line what the timetable says, run what is due, and wait out a database that is away."""
    look_at = monotonic()
    try:
        while not stop.is_set():
            try:
                close_old_connections()
                if monotonic() >= look_at:
                    look_at = monotonic() + SCHEDULE_SECONDS
                    enqueue_due()
                if not run_next(stop, lease):
                    stop.wait(poll)
            except (OperationalError, InterfaceError):
                logger.exception("The worker cannot use the database and tries again in %s seconds.", TROUBLE_SECONDS)
                connection.close()
                stop.wait(TROUBLE_SECONDS)
    finally:
        connection.close()


def run_until_idle(limit: int = 1000) -> int:
    """Run in this process everything that is due, and what that puts in line; how many jobs were taken up. For tests and the demo.

    Scheduled work is not looked for, and a job that pauses before its next try stays. More than ``limit`` is an error.
    """
    for count in range(limit):
        if not run_next():
            return count
    raise RuntimeError(f"There is still work after {limit} jobs. Does a job put itself in line again?")


def run_job(job_id: int) -> Job:
    """Run this one job to its end or its next pause, if no other worker has it; the job as it then is."""
    while job := claim(job_id):
        run(job)
    return Job.objects.get(pk=job_id)


def run_next(stop: threading.Event | None = None, lease: timedelta = LEASE) -> bool:
    """Take up one due job and run it; false when there is none. Looks before it claims, to leave SQLite's one writer alone."""
    job = claim(lease=lease) if due().exists() else None
    if job:
        run(job, stop, lease)
    return job is not None


def run(job: Job, stop: threading.Event | None = None, lease: timedelta = LEASE) -> None:
    """Run a claimed job until it ends, fails, pauses or has had its turn; quietly drop it when another worker has taken it."""
    kind = find_kind(job.kind)
    try:
        if kind is None:
            give_up(job, None, _("The module for “%(name)s” is not on. Turn it on, then try again."), name=job.kind)
        elif job.cancel_asked and job.state != State.CANCELLING:
            turn_to_removal(job, kind, State.CANCELLED)
        elif job.attempts > kind.retries + 1 and job.state != State.CANCELLING:
            give_up(job, kind, _("This work was interrupted too often. Try again, or tell your administrator."))
        else:
            with watching():
                run_chunks(job, kind, stop, lease)
    except LostLease:
        logger.info("Job %s is now with another worker.", job.pk)


def one_chunk(job: Job, kind: JobKind, work: Work, lease: timedelta) -> bool:
    """One chunk, and then a gap for other writers; true while there is more."""
    began_at = monotonic()
    more = run_chunk(job, kind, work, lease)
    after_chunk()
    make_room(monotonic() - began_at)
    return more


def make_room(worked: float) -> None:
    """Those who wait for SQLite's one writer look again at most every 100 ms: pause a little longer after a long chunk."""
    if connection.vendor == "sqlite":
        sleep(min(0.12, worked / 4))


def run_chunks(job: Job, kind: JobKind, stop: threading.Event | None, lease: timedelta) -> None:
    """Chunk after chunk; other people's code may raise anything, and what it raises is stored with the job."""
    turn_ends = monotonic() + TURN_SECONDS
    work = work_of(job)
    try:
        while one_chunk(job, kind, work, lease):
            if (stop and stop.is_set()) or (monotonic() > turn_ends and due().exists()):
                release(job)
                return
    except LostLease:
        raise
    except CancelAsked:
        release(job)
    except Refusal as refusal:
        refuse(job, kind, refusal)
    except Exception as error:  # noqa: BLE001
        reference = stumble(job, kind, error)
        logger.error("Job %s (%s) broke with %s, reference %s.", job.pk, job.kind, type(error).__name__, reference)

"""Putting work in line, cancelling, retrying, and claiming it for a worker."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.jobs.kinds import JobKind, find_kind
from coremis.kernel.jobs.messages import plain_params
from coremis.kernel.jobs.models import UNFINISHED, Job, State

# A chunk holds its job's row (PostgreSQL) or the whole database (SQLite) locked, and a dying process lets go of it. So the lease
# only spans the moment between two chunks, needs no heartbeat thread, and is the longest wait after a worker was killed.
LEASE = timedelta(seconds=60)

CLAIM = """
UPDATE jobs_job
SET state = CASE state WHEN 'CANCELLING' THEN 'CANCELLING' ELSE 'RUNNING' END, token = token + 1, attempts = attempts + 1,
    lease_until = %s, heartbeat_at = %s, started_at = COALESCE(started_at, %s)
WHERE id = (
    SELECT id FROM jobs_job
    WHERE state IN ('WAITING', 'RUNNING', 'CANCELLING') AND not_before <= %s AND (lease_until IS NULL OR lease_until <= %s)
        AND (%s = 0 OR id = %s)
    ORDER BY not_before, id LIMIT 1 {lock}
)
RETURNING id
"""


def enqueue(
    kind: JobKind | str,
    params: Mapping[str, Any] | None = None,
    *,
    actor_id: int | None = None,
    cause_id: int | None = None,
    area_ids: Iterable[int] = (),
    unique_key: str | None = None,
    not_before: datetime | None = None,
    total: int | None = None,
    title_params: Mapping[str, Any] | None = None,
) -> Job:
    """Put work in line, in the caller's transaction. With ``unique_key`` an unfinished job of that key is returned instead."""
    known = kind if isinstance(kind, JobKind) else find_kind(kind)
    if known is None:
        raise LookupError(f"No app that is on has a kind of job named “{kind}”.")
    now = timezone.now()
    job = Job(
        kind=known.name,
        params=dict(params or {}),
        title_params=plain_params(title_params or {}),
        actor_id=actor_id,
        cause_id=cause_id,
        area_ids=list(area_ids),
        unique_key=unique_key,
        not_before=not_before or now,
        queued_at=now,
        total=total,
    )
    if unique_key is not None:
        return _insert_or_existing(job)
    job.save(force_insert=True)
    return job


def _insert_or_existing(job: Job) -> Job:
    """Insert without poisoning the caller's transaction; again if the job in the way ended between insert and look."""
    while True:
        Job.objects.bulk_create([job], ignore_conflicts=True)
        same_key = Q(unique_key=job.unique_key, state__in=UNFINISHED)
        found = Job.objects.filter(same_key | Q(uid=job.uid)).first()
        if found is not None:
            return found


def ask_cancel(job: Job) -> None:
    """Ask that the work stops: at the end of the chunk in hand, and what it prepared is removed.

    Work that has not begun ends at once, unless its kind has something to take back.
    """
    now = timezone.now()
    row = Job.objects.filter(pk=job.pk)
    kind = find_kind(job.kind)
    at_once = row.filter(state=State.WAITING, begun=False) if kind is None or kind.on_abandon is None else row.none()
    if not at_once.update(state=State.CANCELLED, cancel_asked=True, ended_at=now):
        stoppable = row.filter(state__in=(State.WAITING, State.RUNNING))
        if not stoppable.update(cancel_asked=True, not_before=now) and row.filter(state__in=(State.DONE, State.FAILED)).exists():
            raise Refusal(_("This work has already ended. Reload the page to see its result."))
    job.refresh_from_db()


def retry(job: Job) -> None:
    """Let failed work go on from its saved position, or end the pause of work that waits for its next try."""
    now = timezone.now()
    row = Job.objects.filter(pk=job.pk)
    fresh = {"attempts": 0, "problem": "", "problem_params": {}, "cancel_asked": False, "ended_at": None, "lease_until": None}
    try:
        with transaction.atomic():
            again = row.filter(state=State.FAILED).update(state=State.WAITING, not_before=now, **fresh)
    except IntegrityError:
        raise Refusal(_("The same work is already waiting. Let it end first.")) from None
    if not again and not row.filter(state__in=UNFINISHED, lease_until=None).update(not_before=now):
        raise Refusal(_("Only failed work can be tried again.")) from None
    job.refresh_from_db()


def resume(job: Job) -> None:
    """Free work whose worker is known to be gone, without waiting for the lease to end; a worker that lives loses it harmlessly."""
    Job.objects.filter(pk=job.pk, state__in=UNFINISHED).update(lease_until=None)
    job.refresh_from_db()


def due(now: datetime | None = None) -> QuerySet[Job]:
    """The jobs that a worker may take up now, the longest waiting first."""
    now = now or timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    return Job.objects.filter(free, state__in=UNFINISHED, not_before__lte=now).order_by("not_before", "id")


def claim(job_id: int | None = None, *, lease: timedelta = LEASE) -> Job | None:
    """Take the next due job, or this one if it is due, under a new token; None when there is none or another worker was faster."""
    now = timezone.now()
    stored = connection.ops.adapt_datetimefield_value
    times = [stored(now + lease), *[stored(now)] * 4]
    lock = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM.format(lock=lock), [*times, job_id or 0, job_id or 0])
        rows = cursor.fetchall()
    return Job.objects.get(pk=rows[0][0]) if rows else None

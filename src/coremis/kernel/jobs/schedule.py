"""The timetable: what modules want done every hour or every day, put in line once however many workers look."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from coremis.kernel.jobs.kinds import JobKind
from coremis.kernel.jobs.models import UNFINISHED, Job, ScheduleMark
from coremis.kernel.jobs.queue import enqueue
from coremis.kernel.module.contributions import Contribution, contributions


@dataclass(frozen=True)
class Schedule(Contribution):
    """A module's wish that a kind of job runs every ``hour`` or every ``day`` (at the country's ``at_hour``, else midnight).

    ``proves`` is the figure of its report that must be zero where the work is a proof of the data; a restore does these, too.
    """

    kind: JobKind
    every: str
    at_hour: int | None = None
    proves: str = ""

    def __post_init__(self) -> None:
        if self.every not in ("hour", "day") or (self.at_hour is not None and self.every == "hour"):
            raise ValueError(f"{self.kind!r}: every= is “hour” or “day”, and at_hour= goes with “day” only.")

    def period(self, now: datetime) -> datetime:
        """The start of the period that runs at this moment."""
        local = timezone.localtime(now).replace(minute=0, second=0, microsecond=0)
        if self.every == "hour":
            return local
        start = local.replace(hour=self.at_hour or 0)
        return start if start <= local else start - timedelta(days=1)


def enqueue_due(now: datetime | None = None) -> list[Job]:
    """Put in line what is due. A period missed is made up once; while the last run is unfinished the next one waits."""
    now = now or timezone.now()
    found = [enqueue_period(schedule.kind, schedule.period(now)) for schedule in contributions(Schedule)]
    return [job for job in found if job is not None]


def enqueue_period(kind: JobKind, period: datetime) -> Job | None:
    """Put one period's run in line, unless a worker already did or the run before is unfinished."""
    marks = ScheduleMark.objects.filter(name=kind.name)
    key = f"schedule:{kind.name}"
    if marks.filter(last_run_for__gte=period).exists() or Job.objects.filter(unique_key=key, state__in=UNFINISHED).exists():
        return None
    with transaction.atomic():
        ScheduleMark.objects.bulk_create([ScheduleMark(name=kind.name)], ignore_conflicts=True)
        if not marks.filter(Q(last_run_for=None) | Q(last_run_for__lt=period)).update(last_run_for=period):
            return None
        return enqueue(kind, {"run_for": period.isoformat()}, unique_key=key)

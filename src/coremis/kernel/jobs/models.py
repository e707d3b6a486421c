"""The rows of work, their log lines, and the marks of the timetable."""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.jobs.kinds import find_kind
from coremis.kernel.jobs.messages import message_key, rendered
from coremis.kernel.jobs.work import Level


class State(models.TextChoices):
    """How far a job is."""

    WAITING = "WAITING", _("Waiting")
    RUNNING = "RUNNING", _("Running")
    CANCELLING = "CANCELLING", _("Being removed")
    DONE = "DONE", _("Done")
    FAILED = "FAILED", _("Failed")
    CANCELLED = "CANCELLED", _("Cancelled")


UNFINISHED = (State.WAITING, State.RUNNING, State.CANCELLING)


class Job(models.Model):
    """One piece of work. Only ``queue`` and ``worker`` write it; ``token`` changes at each claim and shuts out a late worker."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=200)
    title_params = models.JSONField(default=dict)
    params = models.JSONField(default=dict)
    unique_key = models.CharField(max_length=200, null=True)
    actor_id = models.BigIntegerField(null=True)
    cause_id = models.BigIntegerField(null=True)
    area_ids = models.JSONField(default=list)

    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    begun = models.BooleanField(default=False)
    cursor = models.JSONField(default=dict)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    report = models.JSONField(default=dict)
    worked_ms = models.BigIntegerField(default=0)

    token = models.BigIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    cancel_asked = models.BooleanField(default=False)

    queued_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)
    problem_params = models.JSONField(default=dict)
    error_reference = models.CharField(max_length=12, blank=True)
    traceback = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unique_key"], condition=Q(state__in=UNFINISHED), name="jobs_one_unfinished_per_key"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="jobs_known_state"),
            models.CheckConstraint(condition=Q(done__gte=0) & (Q(total=None) | Q(total__gte=0)), name="jobs_progress_not_negative"),
        ]
        indexes = [models.Index(fields=["state", "not_before"], name="jobs_due")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What the work is, in the reader's language; the bare name when its module is off."""
        kind = find_kind(self.kind)
        return rendered(message_key(kind.title), self.title_params) if kind else self.kind

    @property
    def problem_text(self) -> str:
        """Why the work failed, in the reader's language; empty when it did not."""
        return rendered(self.problem, self.problem_params)

    @property
    def finished(self) -> bool:
        """Nothing more will happen unless somebody asks for a retry."""
        return self.state not in UNFINISHED

    @property
    def paused_until(self) -> datetime | None:
        """When a waiting job will be tried again, if that is later than now."""
        return self.not_before if not self.finished and self.not_before > timezone.now() else None

    @property
    def percent(self) -> int | None:
        """Progress from 0 to 100; None while the total is not known."""
        if self.state == State.DONE:
            return 100
        return min(100, self.done * 100 // self.total) if self.total else None

    @property
    def elapsed(self) -> timedelta | None:
        """Time since the work was first taken up, until its end or now."""
        return (self.ended_at or timezone.now()) - self.started_at if self.started_at else None

    @property
    def remaining(self) -> timedelta | None:
        """Estimate from the time really worked, pauses left out; None when nothing can be said."""
        if self.state != State.RUNNING or not self.total or not self.done:
            return None
        return timedelta(milliseconds=self.worked_ms * max(0, self.total - self.done) // self.done)


class JobLine(models.Model):
    """A line of a job's log, stored as its English source and parameters."""

    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="lines")
    at = models.DateTimeField(default=timezone.now)
    level = models.CharField(max_length=8, choices=Level, default=Level.INFO)
    message = models.TextField()
    params = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """The line in the reader's language."""
        return rendered(self.message, self.params)


class ScheduleMark(models.Model):
    """The last period for which a scheduled job was put in line; changed by a conditional update, so each period counts once."""

    name = models.CharField(max_length=200, unique=True)
    last_run_for = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name

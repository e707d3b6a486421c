"""One chunk of work in one transaction, and how a claimed job changes its state. Every write here is fenced by the token."""

import traceback
import uuid
from datetime import timedelta
from time import monotonic
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.disk import is_disk_full
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.jobs.kinds import JobKind
from coremis.kernel.jobs.messages import Sentence, message_key, plain_params
from coremis.kernel.jobs.models import Job, JobLine, State
from coremis.kernel.jobs.sizes import tell_planner
from coremis.kernel.jobs.work import Level, Phase, Work

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_TRACEBACK = 20_000


class LostLease(Exception):
    """Another worker has the job now; what this one did in its transaction is rolled back."""


class CancelAsked(Exception):
    """Somebody asked for an end; nothing of this chunk was done."""


def work_of(job: Job) -> Work:
    """The work in hand as its step sees it."""
    return Work(
        job_id=job.pk,
        params=job.params,
        cursor=job.cursor,
        done=job.done,
        total=job.total,
        report=job.report,
        cause_id=job.cause_id,
        actor_id=job.actor_id,
        area_ids=tuple(job.area_ids),
    )


def run_chunk(job: Job, kind: JobKind, work: Work, lease: timedelta) -> bool:
    """Do one chunk: all of it is committed, or nothing. True while there is more. Two statements beside the step's own."""
    began_at = monotonic()
    with transaction.atomic():
        hold(job, lease)
        more, changes = advance(job, kind, work)
        work.settle()
        progress = {"cursor": work.cursor, "done": work.done, "total": work.total, "report": work.report}
        worked = int((monotonic() - began_at) * 1000)
        change(job, worked_ms=F("worked_ms") + worked, attempts=1, **progress, **changes)
        write_lines(job, work)
    job.begun, job.attempts = changes.get("begun", job.begun), 1
    return more


def hold(job: Job, lease: timedelta) -> None:
    """Lock the job's row for this transaction and extend the lease, or raise LostLease or CancelAsked."""
    now = timezone.now()
    mine = Job.objects.filter(pk=job.pk, token=job.token)
    if not mine.filter(cancel_asked=job.cancel_asked).update(lease_until=now + lease, heartbeat_at=now):
        raise CancelAsked if mine.exists() else LostLease


def advance(job: Job, kind: JobKind, work: Work) -> tuple[bool, dict[str, Any]]:
    """Call the function whose turn it is; whether there is more, and what becomes of the job."""
    if job.state == State.CANCELLING:
        work.phase = Phase.ABANDON
        if kind.on_abandon and kind.on_abandon(work):
            return True, {}
        work.cursor, work.done = {}, 0
        return False, {"begun": False, **ended(State.CANCELLED if job.cancel_asked else State.FAILED)}
    if not job.begun and kind.on_begin:
        work.phase = Phase.BEGIN
        kind.on_begin(work)
        return True, {"begun": True}
    work.phase = Phase.STEP
    more = kind.step(work)
    tell_planner(last=not more)
    if more:
        return True, {"begun": True}
    if kind.on_finish:
        work.phase = Phase.FINISH
        kind.on_finish(work)
    return False, {"begun": True, **ended(State.DONE)}


def ended(state: State) -> dict[str, Any]:
    """What a job is given that ends in this state."""
    return {"state": state, "ended_at": timezone.now(), "lease_until": None}


def change(job: Job, **values: Any) -> None:
    """Write the job's row if it is still ours, or raise LostLease."""
    if not Job.objects.filter(pk=job.pk, token=job.token).update(**values):
        raise LostLease


def write_lines(job: Job, work: Work) -> None:
    """Save what the work has logged."""
    rows = [JobLine(job=job, at=line.at, level=line.level, message=line.message, params=line.params) for line in work.lines]
    JobLine.objects.bulk_create(rows)
    work.lines.clear()


def release(job: Job) -> None:
    """Give the job back between two chunks, behind the others that wait."""
    state = job.state if job.state == State.CANCELLING else State.WAITING
    change(job, state=state, lease_until=None, not_before=timezone.now(), attempts=0)


def turn_to_removal(job: Job, kind: JobKind | None, final: State, **values: Any) -> None:
    """End the job; if its kind can take back what was ordered or prepared, that comes first, begun or not, and the end follows."""
    if kind and kind.on_abandon:
        change(job, state=State.CANCELLING, lease_until=None, not_before=timezone.now(), attempts=0, **values)
    else:
        change(job, **ended(final), **values)


def give_up(job: Job, kind: JobKind | None, sentence: Sentence, **params: Any) -> None:
    """The work failed for good, with a sentence for people. A removal never ends so: it pauses and is tried again."""
    if job.state == State.CANCELLING:
        pause(job, kind, sentence, **params)
    else:
        problem = {"problem": message_key(sentence), "problem_params": plain_params(params)}
        turn_to_removal(job, kind, State.FAILED, **problem)


def pause(job: Job, kind: JobKind | None, sentence: Sentence, **params: Any) -> None:
    """Let the job wait before its next try, each time four times longer, and say so in its log."""
    wait = min(LONGEST_PAUSE, FIRST_PAUSE * 4 ** min(max(job.attempts, 1) - 1, 8))
    work = work_of(job)
    work.log(sentence, Level.WARNING, **params)
    work.log(_("It will be tried again in %(seconds)s seconds."), seconds=int(wait.total_seconds()))
    state = job.state if job.state == State.CANCELLING else State.WAITING
    with transaction.atomic():
        change(job, state=state, lease_until=None, not_before=timezone.now() + wait)
        write_lines(job, work)


def refuse(job: Job, kind: JobKind, refusal: Refusal) -> None:
    """A step said no: that is final, since trying again would not help. Its single errors become lines."""
    work = work_of(job)
    for name, sentences in refusal.errors.items() if isinstance(refusal, Invalid) else ():
        for sentence in sentences:
            work.log(_("%(name)s: %(sentence)s"), Level.PROBLEM, name=name, sentence=sentence)
    with transaction.atomic():
        give_up(job, kind, refusal.sentence, **refusal.params)
        write_lines(job, work)


def stumble(job: Job, kind: JobKind, error: Exception) -> str:
    """A step broke: keep the traceback for the builders, show people a reference, and try again while the kind allows."""
    reference = uuid.uuid4().hex[:8].upper()
    text = "".join(traceback.format_exception(error))[-LONGEST_TRACEBACK:].replace("\0", "")
    sentence = _("An unexpected error stopped this work. Give your administrator the reference %(reference)s.")
    if is_disk_full(error):
        sentence = _("The disk of the server is full. Tell your administrator to make room (reference %(reference)s), then try again.")
    follow = give_up if job.attempts > kind.retries else pause
    with transaction.atomic():
        change(job, error_reference=reference, traceback=text)
        follow(job, kind, sentence, reference=reference)
    return reference

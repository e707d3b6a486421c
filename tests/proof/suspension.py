"""The suspension of everybody and its undoing, in a copy of a database, with the digests and figures of each."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection

from coremis.kernel.actions.models import Event
from coremis.kernel.approvals.services import approve_request, submit
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.schedule import enqueue_due
from coremis.modules.programmes.models import Enrolment, GroupChange, Programme, Reason, Status
from coremis.modules.programmes.services import change_status_matching, undo_status_change
from coremis.project.bench.data import build
from coremis.project.bench.measure import tidy
from coremis.project.bench.thread import Bench
from coremis.project.demo.seats import work_off
from tests.proof.digest import digests, state
from tests.proof.scratch import on_a_copy

Finish = Callable[[Any], int]


class Proof:
    """A register of some size in which everybody is active, and what is done to it in copies."""

    def __init__(self, rows: int, seed: int = 1, say: Callable[[str], Any] = print) -> None:
        began = time.monotonic()
        build(rows)
        self.bench, self.rows, self.seed, self.say = Bench(rows), rows, seed, say
        enqueue_due()
        work_off()  # the timetable's own work is done, so that no worker finds any
        tidy()
        self.vendor, self.seconds, self.span, self.transactions = connection.vendor, time.monotonic() - began, 1.0, 1

    def once(self, name: str, finish: Finish) -> list[dict[str, str]]:
        """Suspend and undo in a copy; the digests after each."""
        with on_a_copy("kill"):
            before, found = state(Enrolment), []
            for what, order in (("suspended", self.suspend), ("undone", self.undo)):
                began = time.monotonic()
                job = order()
                job.transactions = self.transactions
                deaths = finish(job)
                seconds = time.monotonic() - began
                self.transactions = chunks = self.events_of(job).count()
                job.refresh_from_db()
                self.span = 0.8 * job.worked_ms / 1000 / chunks  # of one chunk
                found.append(digests())
                killed = f"{deaths} workers killed, {chunks} transactions, {job.worked_ms / 1000:.1f} s of work"
                self.say(f"{name}: {what} {self.count()} in {seconds:.0f} s, {killed}")
            self.check_undone(before)
        return found

    def check_undone(self, before: dict[str, str]) -> None:
        """Everybody holds again what was held before the suspension."""
        if state(Enrolment) != before:
            raise SystemExit("After the undoing the beneficiaries are not what they were.")
        self.say("  after the undoing the beneficiaries are what they were")

    def events_of(self, job: Job) -> Any:
        """The events that the job left, one for each of its transactions."""
        return Event.objects.filter(job_id=job.pk).values_list("pk", flat=True)

    def count(self) -> str:
        """How many are in which status."""
        return ", ".join(
            f"{Enrolment.objects.filter(status=status).count()} {status.lower()}" for status in (Status.ACTIVE, Status.SUSPENDED)
        )

    def suspend(self) -> Job:
        """Asked by one, agreed by another; the work waits."""
        inputs = {
            "programme": Programme.objects.get(code="bench"), "areas": [self.bench.root], "from_status": Status.ACTIVE,
            "to_status": Status.SUSPENDED, "reason": Reason.FUNDS_INTERRUPTED,
        }  # fmt: skip
        return self.order(change_status_matching, inputs)

    def undo(self) -> Job:
        """The newest group change, taken back."""
        return self.order(undo_status_change, {"group": GroupChange.objects.latest("pk")})

    def order(self, action: Any, inputs: dict[str, Any]) -> Job:
        maker, checker = self.bench.people[:2]
        request = submit(action, inputs, actor=maker).request
        assert request is not None
        approve_request(request=request, actor=checker)
        return Job.objects.latest("pk")

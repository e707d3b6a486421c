"""The pages of running work and of the history."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import User
from coremis.kernel.actions.models import Event
from coremis.kernel.jobs.models import UNFINISHED, Job, State
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.columns import Status
from coremis.kernel.screens.details import Attention, DetailScreen, Fact
from coremis.kernel.screens.lists import EmptyState, ListScreen
from coremis.kernel.screens.screen import fetch_or_404, wants_part
from coremis.kernel.screens.tables import small_table
from coremis.kernel.screens.timeline import history_guards
from coremis.modules.administration import tables
from coremis.modules.administration.changes import MOST, told, visible_changes
from coremis.modules.administration.reports import file_of, report_facts
from coremis.modules.administration.services import cancel_job, retry_job
from coremis.modules.administration.views.links import link, to

FEW = 20
NOTHING_YET = EmptyState(_("No work yet"), _("Imports, payrolls, long exports and the nightly checks appear here."))
jobs = ListScreen(tables.JobTable, title=_("Running work"), lead=_("Long work, running and done."), exports=False, empty=NOTHING_YET)


def fetch_job(reader: User, key: int) -> Job | None:
    """Work the reader may see."""
    return tables.visible_jobs(reader).filter(pk=key).first()


def job_facts(job: Job) -> list[Fact]:
    """Who ordered it, and when it was ordered, begun and ended."""
    person = User.objects.filter(pk=job.actor_id or 0).first()
    facts = [Fact(_("Ordered by"), person or _("the timetable")), Fact(_("Ordered on"), job.queued_at)]
    return [*facts, Fact(_("Begun on"), job.started_at), Fact(_("Ended on"), job.ended_at), Fact(_("Number"), str(job.pk))]


def minutes(job: Job) -> int:
    """The minutes that are left, rounded up; 0 where nothing can be said."""
    left = job.remaining
    return int(left.total_seconds() // 60) + 1 if left is not None else 0


class JobScreen(DetailScreen):
    """The page of one piece of work, which renews itself while it runs."""

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The page; only the progress for the part that renews itself."""
        if wants_part(request) and "progress" in request.GET:
            record = fetch_or_404(Job, request.user, "", kwargs["pk"], fetch=fetch_job)
            return render(request, "administration/_progress.html", self.progress(request, record))
        return super().respond(request, **kwargs)

    def tab_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        """Progress, report and log."""
        return {**super().tab_context(request, record), **self.progress(request, record)}

    def progress(self, request: HttpRequest, record: Job) -> dict[str, Any]:
        """How far it is. Report and log are for the person who ordered it, and for those who read the history anyway."""
        reader: Any = request.user
        full = record.actor_id == reader.pk or reader.places_for("actions.view_event").everywhere
        return {
            "job": record, "minutes_left": minutes(record), "running": record.state in UNFINISHED,
            "attachment": file_of(record, reader) if full else None,
            "report": report_facts(record) if full else [], "lines": record.lines.order_by("-pk")[:100] if full else [],
        }  # fmt: skip


job = JobScreen(
    Job,
    permission=None,  # type: ignore[arg-type]
    fetch=fetch_job,
    title=lambda job: job.title,
    status=lambda job: Status(tables.JOB_TONES.get(job.state, "wait"), job.get_state_display()),
    facts=lambda request, job: job_facts(job),
    attention=lambda request, job: [Attention("bad", job.problem_text)] if job.problem else [],
    actions=[
        link(_("Cancel"), "cancel_job", cancel_job, tone="danger", show=lambda job: job.state in (State.WAITING, State.RUNNING)),
        link(_("Try again"), "retry_job", retry_job, tone="primary", show=lambda job: job.state == State.FAILED),
    ],
    template="administration/job.html",
)
JOB = {"target": (Job, "pk"), "fetch": fetch_job, "back": to("job"), "done": to("job")}
cancel_job_page = ActionScreen(cancel_job, danger=True, **JOB)
retry_job_page = ActionScreen(retry_job, **JOB)


history = ListScreen(
    tables.EventTable, title=_("History"), lead=_("Everything that was done, by whom, and who agreed. It cannot be changed.")
)


def fetch_event(reader: User, key: int) -> Event | None:
    """A history entry the reader may see."""
    return tables.visible_events(reader).filter(pk=key).first()


def page_of(name: str, number: int | None) -> str:
    """The page of something by its number; nothing where there is none."""
    return reverse(f"administration:{name}", args=[number]) if number else ""


class EventScreen(DetailScreen):
    """The page of one history entry with what it changed."""

    def tab_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        """The first hundred changes, and the entries that followed from it, in the reader's places."""
        reader: Any = request.user
        guarded = history_guards(reader)
        changes = visible_changes(record, reader)
        caused = tables.visible_events(reader).filter(cause_id=record.pk).order_by("pk")
        return {
            **super().tab_context(request, record), "change_count": changes.count(), "caused_count": caused.count(),
            "changes": [told(change, guarded) for change in changes[:MOST]],
            "caused": small_table(tables.EventTable, list(caused[:FEW]), reader, omit=["address", "deciders"]),
        }  # fmt: skip


event = EventScreen(
    Event,
    permission="actions.view_event",
    fetch=fetch_event,
    title=lambda event: tables.action_title(event.action),
    subtitle=lambda event: _("number %(number)s") % {"number": event.pk},
    facts=lambda request, event: [
        Fact(_("Who"), tables.who(event.actor_name)),
        Fact(_("When"), event.recorded_at),
        Fact(_("From"), event.address),
        Fact(_("Agreed by"), ", ".join(event.deciders)),
        Fact(_("Because of"), event.cause_id and str(event.cause_id), href=page_of("event", event.cause_id)),
        Fact(_("Approval"), event.request_id and str(event.request_id), href=page_of("request", event.request_id)),
    ],
    template="administration/event.html",
)

"""The pages of running work and of the history."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import User
from coremis.kernel.actions.models import Change, Event
from coremis.kernel.jobs.models import UNFINISHED, Job, State
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.columns import Status
from coremis.kernel.screens.details import Attention, DetailScreen, Fact
from coremis.kernel.screens.lists import ListScreen
from coremis.modules.administration import tables
from coremis.modules.administration.services import cancel_job, retry_job
from coremis.modules.administration.views.links import link, to

jobs = ListScreen(tables.JobTable, title=_("Running work"), lead=_("Long work, running and done."), exports=False)


def fetch_job(reader: User, key: int) -> Job | None:
    """Work the reader may see."""
    return tables.visible_jobs(reader).filter(pk=key).first()


class JobScreen(DetailScreen):
    """The page of one piece of work, which renews itself while it runs."""

    def tab_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        """Progress, report and log."""
        lines = record.lines.order_by("-pk")[:100]
        return {**super().tab_context(request, record), "job": record, "running": record.state in UNFINISHED, "lines": lines}


job = JobScreen(
    Job,
    permission=None,  # type: ignore[arg-type]
    fetch=fetch_job,
    title=lambda job: job.title,
    status=lambda job: Status(tables.JOB_TONES.get(job.state, "wait"), job.get_state_display()),
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


history = ListScreen(tables.EventTable, title=_("History"), lead=_("Everything that was done, by whom, and who agreed. It cannot be changed."))


def fetch_event(reader: User, key: int) -> Event | None:
    """A history entry the reader may see."""
    return tables.visible_events(reader).filter(pk=key).first()


class EventScreen(DetailScreen):
    """The page of one history entry with what it changed."""

    def tab_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        """The first hundred changes and what was asked."""
        places = request.user.places_for("actions.view_event")
        changes = Change.objects.filter(event=record).exclude(kind=Change.INPUTS).order_by("pk")
        if not places.everywhere:
            changes = changes.filter(area_id__in=places.areas())
        caused = Event.objects.filter(cause_id=record.pk)
        shown = changes[:100]
        return {**super().tab_context(request, record), "changes": shown, "change_count": changes.count(), "caused_count": caused.count()}


event = EventScreen(
    Event,
    permission="actions.view_event",
    fetch=fetch_event,
    title=lambda event: tables.action_title(event.action),
    subtitle=lambda event: _("number %(number)s") % {"number": event.pk},
    facts=lambda request, event: [
        Fact(_("Who"), event.actor_name),
        Fact(_("When"), event.recorded_at),
        Fact(_("From"), event.address),
        Fact(_("Agreed by"), ", ".join(event.deciders)),
        Fact(_("Because of"), event.cause_id, href=reverse("administration:event", args=[event.cause_id]) if event.cause_id else ""),
    ],
    template="administration/event.html",
)

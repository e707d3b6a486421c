"""What this module puts on the home page, for each seat that has something to look after here."""

from datetime import timedelta
from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coremis.kernel.access.models import User
from coremis.kernel.actions.models import Event, Seal
from coremis.kernel.approvals.queries import waiting_for
from coremis.kernel.config.environment import BANDS
from coremis.kernel.jobs.models import Job, State
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.contributions import Shown
from coremis.kernel.screens.tables import small_table
from coremis.modules.administration.jobs import verify_history
from coremis.modules.administration.tables import RequestTable, visible_events

FEW = 8
SILENT_AFTER = timedelta(minutes=75)
ACCESS_EVENTS = (
    "access.assign", "access.end_assignment", "access.save_profile", "access.create_user", "access.set_user_active",
    "access.reset_password", "access.change_second_factor", "approvals.save_route", "approvals.close_route",
)  # fmt: skip


def to_decide(request: HttpRequest) -> Shown:
    """What waits for this person: who asks, what, how much, since when; the oldest first."""
    me: Any = request.user
    rows = list(RequestTable.prepare(waiting_for(me))[: FEW + 1])
    if not rows:
        return {"text": _("Nothing waits for your decision.")}
    more = [{"url": reverse("administration:my_work"), "title": _("Show all that waits for me")}] if len(rows) > FEW else []
    return {"table": small_table(RequestTable, rows[:FEW], me, omit=["state"]), "links": more}


def decided_by_me(request: HttpRequest) -> Shown:
    """How many requests this person decided in the last seven days."""
    since = timezone.now() - timedelta(days=7)
    own = Event.objects.filter(actor_id=request.user.pk, recorded_at__gte=since)
    count = own.filter(action__in=["approvals.approve_request", "approvals.reject_request", "approvals.return_request"]).count()
    return {"figure": text_of(count), "label": _("decisions in seven days")} if count else None


def installation(request: HttpRequest) -> Shown:
    """Version, worker, failed work, locked users."""
    jobs = reverse("administration:jobs")
    failed = Job.objects.filter(state=State.FAILED).count()
    locked = User.objects.filter(locked_until__gt=timezone.now()).count()
    environment = BANDS.get(settings.COREMIS_ENVIRONMENT, (settings.COREMIS_ENVIRONMENT,))[0]
    rows: list[Any] = [(_("Version"), version("coremis")), (_("Environment"), environment), (_("Worker"), worker_words())]
    rows += [(_("Waiting work"), text_of(Job.objects.filter(state=State.WAITING).count())), (_("Failed work"), text_of(failed))]
    links = [{"url": f"{jobs}?state=FAILED", "title": _("Look at the failed work")}] if failed else []
    users = [{"url": reverse("administration:users"), "title": _("Look at the users")}] if locked else []
    return {"rows": [*rows, (_("Locked users"), text_of(locked))], "links": [*links, *users]}


def worker_words() -> str:
    """Whether the worker lives: it seals the history every hour, so a longer silence means that it is not running."""
    last = Job.objects.aggregate(last=Max("heartbeat_at"))["last"]
    if last is None:
        return _("has not run yet; start it")
    if timezone.now() - last > SILENT_AFTER:
        return _("silent since %(when)s; start it again") % {"when": text_of(last)}
    return _("alive, last seen on %(when)s") % {"when": text_of(last)}


def proof(request: HttpRequest) -> Shown:
    """When the chain was last proved and with what result, and how far it is sealed."""
    if not request.user.places_for("actions.view_event").everywhere:  # type: ignore[union-attr]
        return None
    last = Job.objects.filter(kind=verify_history.name, state=State.DONE).order_by("-ended_at").first()
    newest = Seal.objects.order_by("-pk").first()
    rows = [(_("Newest seal"), text_of(newest.sealed_at) if newest else _("none yet"))]
    if last is None:
        return {"rows": [*rows, (_("Last proof"), _("none yet; it runs every night"))]}
    findings = last.report.get("findings", 0)
    result = _("%(count)s entries are not as they were sealed") % {"count": findings} if findings else _("everything is as it was sealed")
    links = [{"url": reverse("administration:job", args=[last.pk]), "title": _("Show the findings")}] if findings else []
    return {"rows": [*rows, (_("Last proof"), text_of(last.ended_at)), (_("Result"), result)], "links": links}


def changed_access(request: HttpRequest) -> Shown:
    """How often users, profiles, assignments and routes changed in thirty days."""
    me: Any = request.user
    since = timezone.now() - timedelta(days=30)
    events = visible_events(me).filter(action__in=ACCESS_EVENTS, recorded_at__gte=since)
    address = f"{reverse('administration:history')}?{'&'.join(f'action={name}' for name in ACCESS_EVENTS)}&on_min={since.date()}"
    return {"figure": text_of(events.count()), "label": _("changes of access in thirty days"), "href": address}

"""What this module puts on the home page, for each seat that has something to look after here."""

from datetime import datetime, timedelta
from importlib.metadata import version
from shutil import disk_usage
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Max
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coremis.kernel.actions.models import Change, Event, Seal
from coremis.kernel.approvals.models import Request
from coremis.kernel.approvals.queries import waiting_for
from coremis.kernel.base.money import Money
from coremis.kernel.config.environment import BANDS
from coremis.kernel.config.services import change_settings
from coremis.kernel.jobs.models import Job, State
from coremis.kernel.jobs.queue import due
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.contributions import Shown
from coremis.kernel.screens.details import Fact
from coremis.kernel.screens.tables import figure_table
from coremis.modules.administration.jobs import verify_history
from coremis.modules.administration.services import note_backup, note_restore
from coremis.modules.administration.tables import JobTable, RequestTable, UserTable, action_title, decided_in_week
from coremis.modules.administration.views.approvals import what_was_asked

FEW, LOOKED, COMPARED = 8, 3, 2
SILENT_AFTER, WAITS_LONG = timedelta(minutes=75), timedelta(minutes=10)
LOOKED_AT_FOR = 600  # seconds
BACKUP_TOO_OLD, TRIAL_TOO_OLD = timedelta(hours=36), timedelta(days=35)
GIGABYTE = 1_000_000_000


def to_decide(request: HttpRequest) -> Shown:
    """What waits for this person: who asks, what, how much, since when; the oldest first."""
    me: Any = request.user
    rows = list(RequestTable.prepare(waiting_for(me))[: FEW + 1])
    if not rows:
        return {"text": _("Nothing waits for your decision.")}
    more = [{"url": reverse("administration:my_work"), "title": _("Show all that waits for me")}] if len(rows) > FEW else []
    heads = [(_("What"), ""), (_("Asked by"), ""), (_("How many"), "number"), (_("Amount"), "amount"), (_("Against last time"), "")]
    cells = [request_cells(row, *(glance(row, me) if place < LOOKED else (None, ""))) for place, row in enumerate(rows[:FEW])]
    return {"table": figure_table([*heads, (_("Place"), ""), (_("Asked on"), "date")], cells), "links": more}


def glance(row: Request, reader: Any) -> tuple[Any, str]:
    """How many, and for amounts the comparison, as the preview told this reader in the last minutes: that of a payroll takes seconds."""

    def look() -> tuple[Any, str]:
        preview = what_was_asked(row, reader).get("preview") or {}
        changes = (preview.get("changes") or [])[:COMPARED] if row.amount_minor is not None else []
        return preview.get("count"), "; ".join(f"{one['label']}: {one['before']} → {one['after']}" for one in changes)

    key = f"glance:{row.pk}:{row.version}:{row.submitted_at.timestamp()}:{reader.pk}:{get_language()}"
    count, compared = cache.get_or_set(key, look, LOOKED_AT_FOR) or (None, "")
    return count, compared


def request_cells(row: Request, count: Any, compared: str) -> list[tuple[Any, str]]:
    """One request; number and comparison come from its preview, which only the oldest are asked for."""
    amount = Money(row.amount_minor, row.currency) if row.amount_minor is not None else None
    return [
        (action_title(row.action), reverse("administration:request", args=[row.pk])), (str(row.maker), ""), (count, ""),
        (amount, ""), (compared, ""), (row.area.name, ""), (row.submitted_at, ""),
    ]  # fmt: skip


def decided_by_me(request: HttpRequest) -> Shown:
    """How many requests this person decided in the last seven days, leading to them."""
    count = RequestTable.visible(request.user).filter(decided_in_week(request.user)).count()
    address = f"{reverse('administration:requests')}?decided=week"
    return {"figure": text_of(count), "label": _("decided in seven days"), "href": address} if count else None


def stuck(request: HttpRequest) -> Shown:
    """The requests that wait longest, with whom and since when; the oldest first."""
    me: Any = request.user
    waiting = RequestTable.visible(me).filter(state=Request.State.PENDING)
    rows = list(waiting.select_related("level_profile").order_by("submitted_at", "pk")[:FEW])
    if not rows:
        return {"text": _("Nothing waits for anybody.")}
    heads = [(_("What"), ""), (_("Asked by"), ""), (_("Place"), ""), (_("Waits for"), ""), (_("Since"), "date")]
    cells = [
        [
            (action_title(row.action), reverse("administration:request", args=[row.pk])), (str(row.maker), ""), (row.area.name, ""),
            (level_words(row), ""), (row.submitted_at, ""),
        ]
        for row in rows
    ]  # fmt: skip
    everything = Fact(_("Waiting for approval"), waiting.count(), f"{reverse('administration:requests')}?state=PENDING")
    return {"facts": [everything.ready()], "table": figure_table(heads, cells)}


def level_words(row: Request) -> str:
    """“Approver (2 of 2)”: who decides next, and at which level."""
    return _("%(profile)s (%(level)s of %(levels)s)") % {"profile": row.level_profile, "level": row.level + 1, "levels": len(row.levels)}


def installation(request: HttpRequest) -> Shown:
    """Version, worker, failed work, locked users, disk, backup and its trial; no names of beneficiaries and no money."""
    jobs = reverse("administration:jobs")
    counts = dict(JobTable.visible(request.user).order_by().values_list("state").annotate(count=Count("pk")))
    locked = UserTable.visible(request.user).filter(locked_until__gt=timezone.now()).order_by().count()
    environment = BANDS.get(settings.COREMIS_ENVIRONMENT, (settings.COREMIS_ENVIRONMENT,))[0]
    facts = [
        Fact(_("Version"), version("coremis")), Fact(_("Environment"), environment), Fact(_("Worker"), worker_words()),
        Fact(_("Waiting work"), counts.get(State.WAITING, 0), f"{jobs}?state={State.WAITING}"),
        Fact(_("Failed work"), counts.get(State.FAILED, 0), f"{jobs}?state={State.FAILED}"),
        Fact(_("Locked users"), locked, f"{reverse('administration:users')}?locked=yes"),
        Fact(_("Disk"), disk_words()), Fact(_("Last backup"), backup_words()), Fact(_("Last restore test"), restore_words()),
    ]  # fmt: skip
    links = [{"url": f"{jobs}?state={State.FAILED}", "title": _("Look at the failed work")}] if counts.get(State.FAILED) else []
    if request.user.has_perm(change_settings.name):
        links.append({"url": reverse("administration:change_settings"), "title": _("Settings")})
    return {"facts": [fact.ready() for fact in facts], "links": links}


def disk_words() -> str:
    """How much of the disk with the data is free."""
    found = disk_usage(settings.DATA_DIR)
    told = {"free": text_of(found.free // GIGABYTE), "share": text_of(found.free * 100 // found.total)}
    return _("%(free)s GB free (%(share)s %%)") % told


def backup_words() -> str:
    """When the last whole backup was made and how large it was; an old one says what to do."""
    event, told = last_noted(note_backup.name)
    if event is None:
        return _("none recorded; set up the daily one")
    words = {"when": text_of(event.recorded_at), "size": filesizeformat(told["size"]), "count": text_of(told["missing"])}
    if timezone.now() - event.recorded_at > BACKUP_TOO_OLD:
        return _("%(when)s, too old; look why the daily one failed") % words
    if told["missing"]:
        return _("%(when)s, %(size)s; %(count)s files are missing in the store") % words
    return _("%(when)s, %(size)s") % words


def restore_words() -> str:
    """When a backup was last restored for a trial, and whether it held; where this installation itself came from a backup, that."""
    event, told = last_noted(note_restore.name)
    if event is None:
        return _("none recorded; try one")
    words = {"when": text_of(event.recorded_at), "made": text_of(datetime.fromisoformat(told["made_at"]))}
    if not told["passed"]:
        return _("%(when)s, failed: the backup of %(made)s cannot be used") % words
    if not told["trial"]:
        return _("%(when)s, restored here from the backup of %(made)s") % words
    if timezone.now() - event.recorded_at > TRIAL_TOO_OLD:
        return _("%(when)s, too long ago; try a new backup") % words
    return _("%(when)s, the backup of %(made)s is whole") % words


def last_noted(action: str) -> tuple[Event | None, dict[str, Any]]:
    """The newest history entry of a kind, and what it says."""
    event = Event.objects.filter(action=action).order_by("-pk").first()
    noted = Change.objects.filter(event=event, kind=Change.INPUTS).first() if event else None
    return (event, noted.before) if noted and noted.before else (None, {})


def worker_words() -> str:
    """Whether the worker lives: it seals the history every hour, and leaves no work waiting for long."""
    last = Job.objects.aggregate(last=Max("heartbeat_at"))["last"]
    if last is None:
        return _("has not run yet; start it")
    silent = timezone.now() - last
    if silent > SILENT_AFTER or (silent > WAITS_LONG and due(timezone.now() - WAITS_LONG).exists()):
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

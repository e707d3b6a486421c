"""What an auditor sees on the home page: what was changed in thirty days, and what was taken home; each number leads to the history."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coremis.kernel.actions.action import ACTIONS
from coremis.kernel.approvals.models import Request
from coremis.kernel.approvals.services import OWN_REFUSED
from coremis.kernel.module.contributions import contributions
from coremis.kernel.screens.contributions import Shown, WatchedActions
from coremis.kernel.screens.details import Fact
from coremis.kernel.screens.filters import midnight
from coremis.kernel.screens.tables import figure_table
from coremis.modules.administration.tables import SIGN_IN, action_title, visible_events, who

DAYS, FEW = 30, 5


def changed(request: HttpRequest) -> Shown:
    """How often the watched actions happened in thirty days, by title: one query for all of them."""
    since = timezone.localdate() - timedelta(days=DAYS)
    watched = sorted(contributions(WatchedActions), key=lambda one: one.order)
    known = {one: [name for name in one.actions if name in ACTIONS or name in SIGN_IN] for one in watched}
    asked = [name for names in known.values() for name in names]
    user: Any = request.user
    rows = visible_events(user).filter(action__in=asked, recorded_at__gte=midnight(since)).order_by()
    counts = dict(rows.values_list("action").annotate(count=Count("pk")))
    facts = [
        Fact(one.title, sum(counts.get(name, 0) for name in names), history_address(names, since)).ready()
        for one, names in known.items() if names
    ]  # fmt: skip
    return {"facts": facts} if facts else None


def refused(request: HttpRequest) -> Shown:
    """Who tried to decide what they themselves had asked for, in thirty days: how often, and the latest with the request."""
    since = timezone.localdate() - timedelta(days=DAYS)
    rows = visible_events(request.user).filter(action=OWN_REFUSED, recorded_at__gte=midnight(since)).order_by()
    count = rows.count()
    everything = Fact(_("In thirty days"), count, history_address([OWN_REFUSED], since) if count else "").ready()
    if not count:
        return {"facts": [everything], "text": _("Nobody tried to decide what they had asked for.")}
    latest = list(rows.order_by("-pk")[:FEW])
    asked = Request.objects.in_bulk([event.request_id for event in latest])
    heads = [(_("Who"), ""), (_("What was asked"), ""), (_("Tried on"), "date")]
    cells = [[(who(event.actor_name), ""), _asked(asked.get(event.request_id)), (event.recorded_at, "")] for event in latest]
    return {"facts": [everything], "table": figure_table(heads, cells)}


def _asked(request: Request | None) -> tuple[Any, str]:
    return (action_title(request.action), reverse("administration:request", args=[request.pk])) if request else ("", "")


def history_address(actions: list[str], since: Any) -> str:
    """The entries of these actions from a day on."""
    return f"{reverse('administration:history')}?{urlencode([*(('action', name) for name in actions), ('on_from', since.isoformat())])}"

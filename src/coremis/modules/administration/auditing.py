"""What an auditor sees on the home page: what was changed in thirty days, and what was taken home; each number leads to the history."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from coremis.kernel.actions.action import ACTIONS
from coremis.kernel.module.contributions import contributions
from coremis.kernel.screens.contributions import Shown, WatchedActions
from coremis.kernel.screens.details import Fact
from coremis.kernel.screens.filters import midnight
from coremis.modules.administration.tables import visible_events

DAYS = 30


def changed(request: HttpRequest) -> Shown:
    """How often the watched actions happened in thirty days, by title: one query for all of them."""
    since = timezone.localdate() - timedelta(days=DAYS)
    watched = sorted(contributions(WatchedActions), key=lambda one: one.order)
    known = {one: [name for name in one.actions if name in ACTIONS] for one in watched}
    asked = [name for names in known.values() for name in names]
    user: Any = request.user
    rows = visible_events(user).filter(action__in=asked, recorded_at__gte=midnight(since)).order_by()
    counts = dict(rows.values_list("action").annotate(count=Count("pk")))
    facts = [
        Fact(one.title, sum(counts.get(name, 0) for name in names), history_address(names, since)).ready()
        for one, names in known.items() if names
    ]  # fmt: skip
    return {"facts": facts} if facts else None


def history_address(actions: list[str], since: Any) -> str:
    """The entries of these actions from a day on."""
    return f"{reverse('administration:history')}?{urlencode([*(('action', name) for name in actions), ('on_from', since.isoformat())])}"

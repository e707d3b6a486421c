"""“My work”: what I must decide, what came back to me, what I asked for, what runs for me, and my files."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from coremis.kernel.access.models import User
from coremis.kernel.approvals.models import Request
from coremis.kernel.approvals.queries import waiting_for
from coremis.kernel.jobs.models import Job
from coremis.kernel.screens.contributions import shown_cards
from coremis.kernel.screens.exports import my_downloads
from coremis.kernel.screens.screen import Screen, page_or_part
from coremis.kernel.screens.tables import small_table
from coremis.modules.administration.tables import JobTable, RequestTable

RECENT = 20


def count_waiting(person: User) -> int:
    """How many requests this person may decide now."""
    return waiting_for(person).count()


class MyWork(Screen):
    """One page for everything that concerns only me."""

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Four short lists, in a constant number of queries."""
        me: Any = request.user
        asked = RequestTable.prepare(Request.objects.filter(maker=me))
        returned = asked.filter(state__in=[Request.State.RETURNED, Request.State.STALE]).order_by("-pk")[:RECENT]
        pending = asked.filter(state=Request.State.PENDING).order_by("-pk")[:RECENT]
        context = {
            "title": str(self.title),
            "to_decide": small_table(RequestTable, list(RequestTable.prepare(waiting_for(me))[:100]), me, omit=["state"]),
            "decide_several": f"{reverse('administration:requests')}?waits=me" if me.has_perm(RequestTable.permission) else "",
            "returned": small_table(RequestTable, list(returned), me, omit=["maker"]),
            "pending": small_table(RequestTable, list(pending), me, omit=["maker"]),
            "running": small_table(JobTable, list(Job.objects.filter(actor_id=me.pk).order_by("-pk")[:RECENT]), me),
            "cards": shown_cards(request, page="work"),
            "files": my_downloads(me)[:RECENT],
        }
        return page_or_part(request, "administration/my_work.html", "administration/_my_work.html", context)

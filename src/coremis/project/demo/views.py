"""Changing seats, the page of things to try, and the prepared files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import User
from coremis.kernel.access.seats import SEATS
from coremis.kernel.actions.events import new_event
from coremis.kernel.actions.models import Change
from coremis.kernel.actions.values import digest
from coremis.kernel.screens.screen import Screen, see_other
from coremis.project.demo import things
from coremis.project.demo.prepared import PREPARED
from coremis.project.demo.seats import SWITCH

BACKEND = "coremis.kernel.access.backends.AssignmentBackend"
GUEST = _("Guest")


def seats(request: HttpRequest) -> Mapping[str, Any] | None:
    """The ten seats, with the words for what each is, and the one that is taken."""
    mine = request.user.get_username()
    names = dict(User.objects.filter(username__in=SWITCH).values_list("username", "name"))
    entries = [
        {"username": one, "name": names[one], "title": SEATS.get(one, GUEST), "current": one == mine} for one in SWITCH if one in names
    ]
    return {"seats": entries, "title": next((entry["title"] for entry in entries if entry["current"]), "")}


class TakeSeat(Screen):
    """Go on as another of the ten, without a password; the history says who became whom."""

    methods = ("POST",)

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Sign in as the chosen one, and begin at the page that was named, else at home."""
        chosen = User.objects.filter(username=request.POST.get("seat", ""), username__in=SWITCH, is_active=True).first()
        if settings.COREMIS_ENVIRONMENT != "demo" or chosen is None or chosen.is_locked():
            raise Http404
        note_change(request.user, chosen)
        login(request, chosen, backend=BACKEND)
        begin = request.POST.get("begin", "/")
        here = url_has_allowed_host_and_scheme(begin, allowed_hosts={request.get_host()}, require_https=request.is_secure())
        return see_other(begin if here else "/")


def note_change(user: Any, chosen: User) -> None:
    """One entry in the history under the name of whoever leaves the seat, with the seat that is taken."""
    inputs = {"seat": chosen.username}
    event = new_event("demo.take_seat", user, inputs_digest=digest(inputs))
    Change.objects.create(event=event, kind=Change.INPUTS, record_id=event.pk, before=inputs)


class ThingsToTry(Screen):
    """Five things to try, each with the seat to take and the page to begin on."""

    methods = ("GET", "HEAD")

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The same list as on the home page, with every step."""
        return render(request, "demo/things.html", {"title": str(self.title), **things.listed()})


class PreparedFile(Screen):
    """A file that was prepared for trying something."""

    methods = ("GET", "HEAD")

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        """The file itself, to be saved."""
        path = Path(settings.DATA_DIR) / kwargs["name"]
        if kwargs["name"] not in PREPARED or not path.is_file():
            raise Http404
        return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)


take_seat = TakeSeat(permission=None, title=_("Take another seat"))
things_to_try = ThingsToTry(permission=None, title=_("Things to try"))
prepared_file = PreparedFile(permission=None, title=_("Prepared file"))

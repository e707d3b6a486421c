"""The one base of every page, and the few words that all pages share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise

from coremis.kernel.actions.models import Record
from coremis.kernel.base.refusal import NotPermitted, OutsidePlaces

Text = str | Promise
TONES = ("good", "wait", "stop", "info", "off")


class Screen:
    """One page: call it with a request and it answers with the page or its partial.

    Without sign-in it sends to the sign-in page, without `permission` it answers 403; `permission=None` must be
    written out and means "anybody who is signed in". Pages are never stored by shared machines.
    """

    methods: ClassVar[tuple[str, ...]] = ("GET", "HEAD", "POST")

    def __init__(self, *, permission: str | None, title: Any) -> None:
        if permission is not None and "." not in permission:
            raise ValueError(f"A page needs a permission such as 'registry.view_household', not {permission!r}.")
        self.permission = permission
        self.title = title

    def __call__(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.method not in self.methods:
            return HttpResponseNotAllowed(self.methods)
        if not request.user.is_authenticated:
            return self.respond_to_stranger(request, **kwargs)
        self.check_permission(request)
        try:
            response = self.respond(request, **kwargs)
        except OutsidePlaces as problem:
            raise Http404(str(problem)) from problem
        except NotPermitted as problem:
            raise PermissionDenied(str(problem)) from problem
        patch_vary_headers(response, ("HX-Request",))
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    def check_permission(self, request: HttpRequest) -> None:
        """Refuse with 403 whoever does not hold this page's permission anywhere."""
        if self.permission is not None and not request.user.has_perm(self.permission):
            raise PermissionDenied

    def respond_to_stranger(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Send to the sign-in page and come back here."""
        return redirect_to_login(request.get_full_path() if request.method == "GET" else request.path)

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Answer a person who holds the permission."""
        raise NotImplementedError


def wants_part(request: HttpRequest) -> bool:
    """True when the browser already has the page and asks only for the part that changed."""
    asked: Any = getattr(request, "htmx", None)
    return bool(asked) and not asked.boosted and not asked.history_restore_request


def page_or_part(request: HttpRequest, page: str, part: str, context: Mapping[str, Any]) -> HttpResponse:
    """Render `part` for an HTMX request and `page` (which includes it) for all others."""
    return render(request, part if wants_part(request) else page, dict(context))


def worded(text: Any, *about: Any) -> str:
    """A title or sentence that is given as text, or as a function of what the page is about."""
    return str(text(*about) if callable(text) else text)


def whole_number(text: str) -> int | None:
    """An id as it stands in an address; None for anything that cannot be one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def see_other(url: str) -> HttpResponse:
    """Go on to another page with a GET, after a POST."""
    return HttpResponseRedirect(url, status=303)


Fetch = Callable[[Any, Any], Any]


def fetch_or_404(model: Any, user: Any, permission: str, key: Any, prepare: Any = None, fetch: Fetch | None = None) -> Any:
    """The one row with this id that the user may see under `permission`; the fetch is the check.

    `fetch(user, key)` replaces it for what is no record (a user, a job); it gives None where there is nothing to see.
    """
    if fetch is not None:
        found = fetch(user, key)
    else:
        rows: QuerySet[Any] = model.objects.visible_to(user, permission)
        found = (prepare(rows) if prepare else rows).filter(pk=key).first()
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class ActionLink:
    """A button that leads to an action screen; people who may not open it never see it.

    `address` is a URL name or a function of what the page is about. `show` hides it where it makes no sense
    (an ended enrolment cannot be suspended). `tone` is "primary", "danger", "quiet", or "more":
    then it stands in a menu after the others.
    """

    title: Text
    address: str | Callable[..., str]
    permission: str
    tone: str = ""
    show: Callable[[Any], bool] | None = None
    carries_filters: bool = False

    def url(self, about: Any) -> str:
        """Where it leads, for the record the page is about (or None)."""
        if callable(self.address):
            return self.address(about)
        return reverse(self.address, kwargs=None if about is None else {"pk": about.pk})


def buttons(links: Sequence[ActionLink], user: Any, about: Any = None, query: str = "") -> list[dict[str, str]]:
    """What this person may do here, ready for the template. One query for each distinct permission at most."""
    allowed: dict[str, bool] = {}
    ready = []
    for link in links:
        if link.show is not None and not link.show(about):
            continue
        if link.permission not in allowed:
            allowed[link.permission] = _may(user, link.permission, about)
        if allowed[link.permission]:
            url = link.url(about) + (query if link.carries_filters else "")
            ready.append({"title": str(link.title), "url": url, "tone": link.tone})
    if sum(one["tone"] == "more" for one in ready) == 1:  # a menu of one entry is a button
        ready = [{**one, "tone": one["tone"].replace("more", "")} for one in ready]
    return ready


def _may(user: Any, permission: str, about: Any) -> bool:
    if not user.has_perm(permission):
        return False
    if not isinstance(about, Record) or about.pk is None:
        return True
    return bool(type(about).objects.visible_to(user, permission).filter(pk=about.pk).exists())

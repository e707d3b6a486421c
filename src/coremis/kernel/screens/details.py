"""`DetailScreen`: the page of one record: what it is, what needs attention, what one may do, tabs, and its history."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from coremis.kernel.actions.models import Record
from coremis.kernel.screens.columns import Status, text_of
from coremis.kernel.screens.contributions import HISTORY, OVERVIEW, panels_on, shown_panels, tabs_on
from coremis.kernel.screens.screen import ActionLink, Fetch, Screen, Text, buttons, fetch_or_404, page_or_part, worded
from coremis.kernel.screens.timeline import Timeline, note_opening, timeline_of


@dataclass(frozen=True)
class Fact:
    """One line of a list of facts: a label and a value (text, number, date, `Money`, `Status`); None shows a dash."""

    label: Text
    value: Any
    href: str = ""

    def ready(self) -> dict[str, str]:
        """As the template prints it."""
        tone = self.value.tone if isinstance(self.value, Status) else ""
        return {"label": str(self.label), "text": text_of(self.value) or "–", "href": self.href, "tone": tone}


@dataclass(frozen=True)
class Attention:
    """Something the reader should know or do: `tone` is warn, bad, good or info."""

    tone: str
    text: Text
    href: str = ""
    link_text: Text = ""


PLAIN_TIMELINE = Timeline()


class DetailScreen(Screen):
    """The page of one record. Put it into `urlpatterns` with `<int:pk>`.

    `title`, `subtitle` and `status` are functions of the record; `facts(request, record)` gives `Fact`s and
    `attention(request, record)` gives `Attention`s. `prepare` adds `select_related`. Panels and tabs come from the
    modules (`Panel`, `Tab`). A class that is no record gives `fetch(user, key)` and has no history. Opening a
    `sensitive` record is noted in its history.
    """

    methods = ("GET", "HEAD")

    def __init__(
        self,
        model: type[Model],
        *,
        permission: str,
        title: Callable[[Any], Any],
        subtitle: Any = "",
        status: Callable[[Any], Status | None] | None = None,
        facts: Callable[[HttpRequest, Any], Sequence[Fact]] | None = None,
        attention: Callable[[HttpRequest, Any], Sequence[Attention]] | None = None,
        actions: Sequence[ActionLink] = (),
        prepare: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None,
        fetch: Fetch | None = None,
        timeline: Timeline | None = PLAIN_TIMELINE,
        sensitive: bool = False,
        template: str = "screens/detail.html",
    ) -> None:
        super().__init__(permission=permission, title=title)
        self.model, self.subtitle, self.status = model, subtitle, status
        self.facts, self.attention, self.actions = facts, attention, actions
        self.prepare, self.fetch, self.sensitive, self.template = prepare, fetch, sensitive, template
        self.timeline = timeline if issubclass(model, Record) else None

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The page with one tab open; only that tab for an HTMX request."""
        record = fetch_or_404(self.model, request.user, str(self.permission), kwargs["pk"], self.prepare, self.fetch)
        if self.sensitive and request.method == "GET":
            note_opening(record, request.user)
        context = self.tab_context(request, record)
        return page_or_part(request, self.template, "screens/_tab.html", {**context, "head": lambda: self.head(request, record)})

    def head(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        """What stands above the tabs."""
        status = self.status(record) if self.status else None
        return {
            "title": worded(self.title, record),
            "subtitle": worded(self.subtitle, record),
            "status": {"tone": status.tone, "text": str(status.text)} if status else None,
            "attention": self.attention(request, record) if self.attention else [],
            "actions": buttons(self.actions, request.user, record),
        }

    def tab_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        """The tabs, and what is on the open one."""
        panels = panels_on(self.model, request.user)
        tabs = [(OVERVIEW, _("Overview")), *((tab.name, str(tab.title)) for tab in tabs_on(self.model, panels))]
        if self.timeline:
            tabs.append((HISTORY, _("History")))
        opened = request.GET.get("tab", OVERVIEW)
        if opened not in dict(tabs):
            raise Http404
        on_overview = opened == OVERVIEW and self.facts is not None
        in_full = request.GET.get("all") == "yes"
        return {
            "record": record,
            "title": worded(self.title, record),
            "tabs": [{"name": name, "title": title, "current": name == opened} for name, title in tabs],
            "facts": [fact.ready() for fact in self.facts(request, record)] if on_overview and self.facts else [],
            "panels": shown_panels(panels, opened, request, record),
            "timeline": timeline_of(record, request.user, self.timeline, in_full) if self.timeline and opened == HISTORY else None,
        }

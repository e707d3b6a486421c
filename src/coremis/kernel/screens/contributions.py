"""What modules add to pages that are not theirs: panels and tabs on a record's page, cards on the home page."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from time import monotonic
from typing import Any

from django.core.cache import cache
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from coremis.kernel.access.seats import SEATS
from coremis.kernel.module.contributions import Contribution, contributions
from coremis.kernel.screens.screen import Text

OVERVIEW = "overview"
HISTORY = "history"
TAKES_LONG, KEPT_FOR = 0.5, 60  # seconds
Shown = Mapping[str, Any] | None


@dataclass(frozen=True)
class Panel(Contribution):
    """A box on the page of every `on` record.

    `show(request, record)` gives the template's context, or None where there is nothing to say. It reads with
    `visible_to`, in a number of queries that does not grow. The default template prints `facts`, `table` (see
    `small_table`), `text` and `links` where they are given. `tab` is the name of a `Tab`; the first tab is "overview".
    """

    on: type[Model]
    title: Text
    show: Callable[[HttpRequest, Any], Shown]
    permission: str
    template: str = "screens/_panel_body.html"
    order: int = 100
    tab: str = OVERVIEW


@dataclass(frozen=True)
class Tab(Contribution):
    """A tab on the page of every `on` record. It is there for whoever may see one of its panels."""

    on: type[Model]
    name: str
    title: Text
    order: int = 100


@dataclass(frozen=True)
class HomeCard(Contribution):
    """A card on the home page, or with `page="work"` on “My work”. `show(request)` gives its template's context, or None.

    The default template prints `text`, `figure` with `label` and `href`, `facts` (so that each may lead to its list), `rows`
    (pairs of words and value), `table` (see `small_table` and `figure_table`) and `links` where given. `seats` says for
    which seats it is, each with its place on the page: whoever holds only ready profiles sees the cards of those seats,
    whoever holds another profile every card. `permission` is asked for in either case; None, which must be written out, shows the
    card to everybody. A `wide` card takes a whole line. Figures of a `kept` card may be a minute old, and say so, where counting
    them takes long: only what nobody on this page is about to change.
    """

    title: Text
    show: Callable[[HttpRequest], Shown]
    permission: str | None
    template: str = "screens/_home_card.html"
    order: int = 100
    page: str = "home"
    seats: Mapping[str, int] = field(default_factory=dict)
    wide: bool = False
    kept: bool = False


@dataclass(frozen=True)
class WatchedActions(Contribution):
    """Actions whose number in thirty days an auditor sees under one title, on the way to their entries in the history."""

    title: Text
    actions: tuple[str, ...]
    order: int = 100


@dataclass(frozen=True)
class ChecklistStep(Contribution):
    """One step from an empty installation to the first approved payroll, shown on the home page until all are `done()`.

    `address` is the URL name of the page where it is done, by people who hold `permission`.
    """

    title: Text
    done: Callable[[], bool]
    address: str
    permission: str
    order: int = 100


@dataclass(frozen=True)
class Part:
    """A panel or card, ready for the template."""

    title: str
    template: str
    context: Mapping[str, Any]
    wide: bool = False


def panels_on(model: type[Model], user: Any) -> list[Panel]:
    """The panels of a record class that this person may see, in order."""
    mine = [panel for panel in contributions(Panel) if panel.on is model and user.has_perm(panel.permission)]
    return sorted(mine, key=lambda panel: panel.order)


def tabs_on(model: type[Model], panels: Iterable[Panel]) -> list[Tab]:
    """The tabs of a record class that have at least one of these panels, in order."""
    used = {panel.tab for panel in panels}
    mine = [tab for tab in contributions(Tab) if tab.on is model and tab.name in used]
    return sorted(mine, key=lambda tab: tab.order)


def shown_panels(panels: Iterable[Panel], tab: str, request: HttpRequest, record: Any) -> list[Part]:
    """The panels of one tab that have something to say."""
    asked = [(panel, panel.show(request, record)) for panel in panels if panel.tab == tab]
    return [Part(str(panel.title), panel.template, context) for panel, context in asked if context is not None]


def checklist(user: Any) -> list[dict[str, Any]]:
    """The steps to the first payroll, for people who may do one of them; none when all are done."""
    steps = sorted(contributions(ChecklistStep), key=lambda step: step.order)
    if not any(user.has_perm(step.permission) for step in steps):
        return []
    done = [step.done() for step in steps]
    if all(done):
        return []
    told = zip(steps, done, strict=True)
    return [
        {"title": str(step.title), "done": is_done, "url": reverse(step.address) if user.has_perm(step.permission) else ""}
        for step, is_done in told
    ]


def shown_cards(request: HttpRequest, page: str = "home") -> list[Part]:
    """The cards of a page that this person may see and that have something to say."""
    asked = [(card, kept(card, request) if card.kept else card.show(request)) for card in cards_for(request.user, page)]
    return [Part(str(card.title), card.template, context, card.wide) for card, context in asked if context is not None]


def kept(card: HomeCard, request: HttpRequest) -> Shown:
    """What a card says; where that took long, what it said to the same person with the same rights within a minute, with the time."""
    user: Any = request.user
    words = f"{card.show.__module__}.{card.show.__qualname__} {user.pk} {user.rights_mark()} {get_language()}"
    key = f"card:{sha256(words.encode()).hexdigest()}"
    if (found := cache.get(key)) is not None:
        return dict(found)
    began = monotonic()
    shown = card.show(request)
    if shown is not None and monotonic() - began > TAKES_LONG:
        shown = {**shown, "as_of": timezone.now()}
        cache.set(key, shown, KEPT_FOR)
    return shown


def cards_for(user: Any, page: str) -> list[HomeCard]:
    """The cards of a page that this person's rights and seats open, in the order of the first of these seats that has them."""
    found = [card for card in contributions(HomeCard) if card.page == page and (card.permission is None or user.has_perm(card.permission))]
    codes = user.profile_codes()
    if not codes <= set(SEATS):
        return sorted(found, key=lambda card: min(card.seats.values(), default=card.order))
    placed = [(min((card.seats[code] for code in codes if code in card.seats), default=card.order), card) for card in found]
    return [card for place, card in sorted(placed, key=lambda pair: pair[0]) if not card.seats or codes & set(card.seats)]

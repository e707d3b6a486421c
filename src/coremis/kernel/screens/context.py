"""What the frame of every page needs; computed only when the page is a whole one."""

from functools import cached_property
from typing import Any, NamedTuple

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_info

from coremis.kernel.config.country import offered_languages
from coremis.kernel.config.environment import band_words
from coremis.kernel.module.contributions import contributions
from coremis.kernel.screens.menu import (
    Entry,
    HelpLink,
    MenuItem,
    Section,
    TopMenu,
    TopSearch,
    may_open,
    sections,
    target,
    visible_items,
)


class Band(NamedTuple):
    """The worded strip above every page and print."""

    code: str
    title: str
    sentence: str


class Language(NamedTuple):
    """A language in its own words."""

    code: str
    name: str
    current: bool


class Frame:
    """Menu, band, languages and search of one request. Every part is worked out when the template first asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user: Any = getattr(request, "user", None)
        self.idle_minutes = getattr(settings, "COREMIS_IDLE_MINUTES", 0)

    @cached_property
    def signed_in(self) -> bool:
        """Whether somebody is signed in."""
        return self.user is not None and bool(self.user.is_authenticated)

    @cached_property
    def band(self) -> Band:
        """Which environment this is, in words; an unknown one is named as it is."""
        return Band(*band_words())

    @cached_property
    def items(self) -> list[MenuItem]:
        """The entries this user may open."""
        return visible_items(self.user) if self.signed_in else []

    @cached_property
    def menu(self) -> list[Section]:
        """The side menu."""
        return sections(self.items, self.user, self.request.path)

    @cached_property
    def top(self) -> list[Entry]:
        """The entries that also stand in the top bar, with their counts (my work), which the menu has asked for already."""
        shown = {entry.url: entry for section in self.menu for entry in section.entries}
        return [shown[target(item.address)[0]] for item in self.items if item.top]

    @cached_property
    def place(self) -> str:
        """The place in which the user works: the first of the assigned ones."""
        area = self.user.home_area() if self.signed_in else None
        return area.name if area else ""

    @cached_property
    def search(self) -> dict[str, str] | None:
        """The first search box this user may use, if any."""
        boxes = contributions(TopSearch) if self.signed_in else []
        for box in sorted(boxes, key=lambda box: box.order):
            if may_open(self.user, box.address):
                return {"title": str(box.title), "url": target(box.address)[0], "parameter": box.parameter}
        return None

    @cached_property
    def help(self) -> dict[str, str] | None:
        """The way from this page to what explains it, if a module explains pages."""
        page = self.request.resolver_match
        for link in contributions(HelpLink) if self.signed_in else []:
            return {"title": str(link.title), "url": link.address(page.view_name if page else "")}
        return None

    @cached_property
    def menus(self) -> list[dict[str, Any]]:
        """The menus that modules put into the top bar."""
        found = [(menu.template, menu.show(self.request)) for menu in contributions(TopMenu)] if self.signed_in else []
        return [{"template": template, "context": context} for template, context in found if context is not None]

    @cached_property
    def languages(self) -> list[Language]:
        """The languages one may choose, each in its own words."""
        now = get_language()
        return [Language(code, own_name(code), code == now) for code in languages_offered()]

    @cached_property
    def language(self) -> Language:
        """The language of this page."""
        return next(
            (one for one in self.languages if one.current), Language(get_language() or "en", own_name(get_language() or "en"), True)
        )


def own_name(code: str) -> str:
    """A language's name in that language, with a capital; the code where Django does not know it."""
    try:
        name = str(get_language_info(code)["name_local"])
    except KeyError:
        return code
    return name[:1].upper() + name[1:]


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Context processor: `frame` in every template."""
    return {"frame": Frame(request)}


def languages_offered() -> list[str]:
    """The country's languages; all of them where the database cannot be asked, because the page of that error needs them too."""
    try:
        return offered_languages()
    except DatabaseError:
        return [code for code, _name in settings.LANGUAGES]

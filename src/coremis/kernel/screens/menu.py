"""The side menu and what stands in the top bar: modules contribute entries, nobody sees one that he cannot open."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from django.core.checks import CheckMessage, Error, register
from django.http import HttpRequest
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coremis.kernel.module.contributions import Contribution, contributions

LONGEST_GROUP = 8


@dataclass(frozen=True)
class MenuGroup:
    """One of the eight groups; they follow the delivery chain. A group without a title shows its entries alone."""

    code: str
    title: str | Promise = ""


HOME = MenuGroup("home")
PEOPLE = MenuGroup("people", pgettext_lazy("menu", "People"))
ASSESS = MenuGroup("assess", pgettext_lazy("menu", "Assess"))
ENROL = MenuGroup("enrol", pgettext_lazy("menu", "Enrol"))
PROVIDE = MenuGroup("provide", pgettext_lazy("menu", "Provide"))
MANAGE = MenuGroup("manage", pgettext_lazy("menu", "Manage"))
REPORTS = MenuGroup("reports", pgettext_lazy("menu", "Reports"))
ADMINISTRATION = MenuGroup("administration", pgettext_lazy("menu", "Administration"))
GROUPS = (HOME, PEOPLE, ASSESS, ENROL, PROVIDE, MANAGE, REPORTS, ADMINISTRATION)


@dataclass(frozen=True)
class MenuItem(Contribution):
    """One entry. `address` is a URL name whose page declares the permission; the entry needs nothing else.

    `count(user)` is a number beside the title (what waits for me); 0 shows none. `top` also puts it into the top bar.
    """

    title: str | Promise
    address: str
    group: MenuGroup
    order: int = 100
    count: Callable[[Any], int] | None = None
    top: bool = False


HOME_PAGE = MenuItem(_("Home"), "screens:home", group=HOME, order=0)


@dataclass(frozen=True)
class TopSearch(Contribution):
    """The search box of the top bar: posts `parameter` to a list, so that no name stands in an address."""

    title: str | Promise
    address: str
    parameter: str = "q"
    order: int = 100


@dataclass(frozen=True)
class HelpLink(Contribution):
    """“Help” in the top bar: `address(page)` leads to what explains the page of this name, such as “registry:household_list”."""

    title: str | Promise
    address: Callable[[str], str]


@dataclass(frozen=True)
class TopMenu(Contribution):
    """A menu of its own in the top bar: `show(request)` gives the context of its template, or None where there is nothing to choose."""

    template: str
    show: Callable[[HttpRequest], Mapping[str, Any] | None]


class Entry(NamedTuple):
    """A menu entry as the template prints it."""

    title: str
    url: str
    current: bool
    waiting: int


class Section(NamedTuple):
    """A group as the template prints it; `title` is empty where its entries stand alone."""

    title: str
    entries: list[Entry]


@cache
def target(address: str) -> tuple[str, str | None]:
    """Where an entry leads, and the permission of the page there (None: anybody who is signed in)."""
    url = reverse(address)
    return url, resolve(url).func.permission  # type: ignore[attr-defined]


def may_open(user: Any, address: str) -> bool:
    """Whether this user may open the page."""
    permission = target(address)[1]
    return permission is None or bool(user.has_perm(permission))


def visible_items(user: Any) -> list[MenuItem]:
    """Every entry the user may open, in the order of the groups."""
    items = [item for item in [HOME_PAGE, *contributions(MenuItem)] if may_open(user, item.address)]
    return sorted(items, key=lambda item: (GROUPS.index(item.group), item.order))


def sections(items: Iterable[MenuItem], user: Any, path: str) -> list[Section]:
    """The side menu. A group with one visible entry shows the entry itself; a group with none is not there."""
    items = list(items)
    here = current_address(items, path)
    found = []
    for group in GROUPS:
        entries = [entry_of(item, user, here) for item in items if item.group == group]
        if entries:
            found.append(Section(str(group.title) if len(entries) > 1 else "", entries))
    return found


def entry_of(item: MenuItem, user: Any, here: str = "") -> Entry:
    """One entry, ready to print."""
    count = item.count(user) if item.count else 0
    return Entry(str(item.title), target(item.address)[0], item.address == here, count)


def current_address(items: Iterable[MenuItem], path: str) -> str:
    """The entry whose page this is, or the nearest above it; nothing for the home page's neighbours."""
    best, length = "", 0
    for item in items:
        url = target(item.address)[0]
        if (path == url or (url != "/" and path.startswith(url))) and len(url) > length:
            best, length = item.address, len(url)
    return best


@register()
def check_menu(**_options: Any) -> list[CheckMessage]:
    """Every entry leads to a page that declares its permission, and no group is longer than people can read."""
    problems: list[CheckMessage] = []
    checked: list[MenuItem | TopSearch] = [*contributions(MenuItem), *contributions(TopSearch)]
    for item in checked:
        problems += check_item(item)
    for group in GROUPS:
        count = sum(item.group == group for item in contributions(MenuItem))
        if count > LONGEST_GROUP:
            sentence = f"The menu group “{group.code}” has {count} entries; {LONGEST_GROUP} are allowed. Move one to a page."
            problems.append(Error(sentence, id="screens.E103"))
    return problems


def check_item(item: MenuItem | TopSearch) -> list[CheckMessage]:
    """A sentence for an entry that leads nowhere or to a page that does not say who may open it."""
    try:
        target(item.address)
    except NoReverseMatch:
        sentence = f"The menu entry “{item.title}” leads to “{item.address}”, which is no address. Correct its module.py."
        return [Error(sentence, id="screens.E101")]
    except AttributeError:
        return [Error(f"The page “{item.address}” does not declare a permission. Make it a screen.", id="screens.E102")]
    return []


__all__ = [
    "ADMINISTRATION", "ASSESS", "ENROL", "HOME", "MANAGE", "PEOPLE", "PROVIDE", "REPORTS",
    "HelpLink", "MenuItem", "TopSearch",
]  # fmt: skip

"""Proves for every page and export of a module: nothing without the right, nothing from outside the places, no slow pages."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from coremis.kernel.access.models import User
from coremis.kernel.access.permissions import known_permissions
from coremis.kernel.areas.models import Area
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.checks import patterns_in
from coremis.kernel.screens.details import DetailScreen
from coremis.kernel.screens.exports import export_list
from coremis.kernel.screens.lists import ListScreen
from coremis.kernel.screens.screen import Screen
from coremis.kernel.screens.tables import cells_of
from coremis.kernel.testing.cast import build_country, make_user

Samples = Callable[[Area], Mapping[type[Any], Any]]
PARTIAL = {"HX-Request": "true"}
FEW, MANY = 3, 30


@dataclass
class Checked:
    """Two places with the same samples in each, people with rights in one of them, and what was found wrong."""

    samples: Samples
    here: Area
    there: Area
    mine: Mapping[type[Any], Any]
    theirs: Mapping[type[Any], Any]
    full: User
    problems: list[str] = field(default_factory=list)

    def client(self, user: User | None = None) -> Client:
        """A browser in which this person (by default the one with every right here) is signed in."""
        client = Client(raise_request_exception=True)
        client.force_login(user or self.full)
        return client

    def expect(self, right: bool, name: str, sentence: str) -> None:
        """Note what is wrong, with the page's name."""
        if not right:
            self.problems.append(f"{name}: {sentence}")


@dataclass(frozen=True)
class Visited:
    """One page under test, and its addresses for my sample and for the one outside my places."""

    name: str
    screen: Screen
    mine: str
    theirs: str | None


def check_module(module: str, samples: Samples, *, leave_out: Collection[str] = ()) -> None:
    """Visit every page of a module that is on, and fail with everything found wrong, by URL name.

    `samples(area)` makes at least one row of every class that the pages show, in that area, and returns them by class.
    It is called in two places, and again until there are thirty in the first. `leave_out` names URLs that are no screen.
    """
    check_pages(import_module(f"{apps.get_app_config(module).name}.urls"), samples, leave_out)


def check_pages(urls: Any, samples: Samples, leave_out: Collection[str] = ()) -> None:
    """The same for any `urls.py`: something with an `app_name` and `urlpatterns`."""
    country = build_country()
    here, there = country["Almond"], country["Ebony"]
    mine, theirs = samples(here), samples(there)
    full = make_user("every-right-here", *known_permissions(), area=here)
    checked = Checked(samples, here, there, mine, theirs, full)
    pages = list(pages_of(urls, checked, leave_out))
    checked.expect(bool(pages), urls.app_name, "has no page that could be checked")
    marks = marks_of(pages, checked)
    for page in pages:
        check_refusals(page, checked)
        check_content(page, checked, marks)
        if isinstance(page.screen, ListScreen):
            check_list(page, page.screen, checked, marks)
    check_queries(pages, checked)
    assert not checked.problems, "\n" + "\n".join(checked.problems)


def pages_of(urls: Any, checked: Checked, leave_out: Collection[str]) -> Iterator[Visited]:
    """The pages of a `urls.py`; what is no screen, or has no sample, is a problem."""
    for pattern in patterns_in(urls.urlpatterns):
        name = f"{urls.app_name}:{pattern.name}"
        if name in leave_out:
            continue
        screen = pattern.callback
        if not isinstance(screen, Screen):
            checked.expect(False, name, "is no screen, so nothing says who may open it")
            continue
        model, argument = subject_of(screen)
        if model is not None and not {model} <= set(checked.mine) & set(checked.theirs):
            checked.expect(False, name, f"samples() gives no {model.__name__}")
            continue
        try:
            mine = reverse(name, kwargs={argument: checked.mine[model].pk} if model else None)
            theirs = reverse(name, kwargs={argument: checked.theirs[model].pk}) if model else None
        except NoReverseMatch:
            checked.expect(False, name, "needs more in its address than the id of what it is about")
            continue
        yield Visited(name, screen, mine, theirs)


def subject_of(screen: Screen) -> tuple[type[Any] | None, str]:
    """The class whose id stands in a page's address, and under which name."""
    if isinstance(screen, ListScreen) and screen.owner:
        return screen.owner.model, screen.owner.argument
    if isinstance(screen, DetailScreen):
        return screen.model, "pk"
    if isinstance(screen, ActionScreen) and screen.target:
        return screen.target
    return None, ""


def marks_of(pages: list[Visited], checked: Checked) -> set[str]:
    """Words that stand only on rows outside my places: their names, numbers and whatever else tells them apart."""
    marks, own = {checked.there.name}, {checked.here.name}
    for samples, words in ((checked.theirs, marks), (checked.mine, own)):
        words.update(str(row) for row in samples.values())
        for page in pages:
            row = samples.get(page.screen.table.model) if isinstance(page.screen, ListScreen) else None
            if isinstance(page.screen, ListScreen) and row is not None:
                table = page.screen.table
                (ready,) = cells_of(table, [c for c in table.columns if not c.permission], [row], checked.full)
                words.update(cell.text for cell in ready["cells"])
    return {mark for mark in marks - own if len(mark) > 3 and any(sign.isalpha() for sign in mark)}


def check_refusals(page: Visited, checked: Checked) -> None:
    """Strangers, people without this one right, and people from elsewhere get nothing, by GET and by POST."""
    checked.expect(Client().get(page.mine).status_code in (302, 303), page.name, "answers people who are not signed in")
    permission = page.screen.permission
    posted = {"key": "k", "step": "confirm", "do": "export", "format": "csv"}
    if permission is not None:
        others = [name for name in known_permissions() if name != permission]
        client = checked.client(make_user(f"lacks-{page.name}"[:60], *others, area=checked.here))
        for answer in (client.get(page.mine), client.get(page.mine, headers=PARTIAL), client.post(page.mine, posted)):
            checked.expect(answer.status_code in (403, 404, 405), page.name, f"answers {answer.status_code} without {permission}")
    if page.theirs is not None and is_placed(page.screen):
        client = checked.client()
        for answer in (client.get(page.theirs), client.get(page.theirs, headers=PARTIAL), client.post(page.theirs, posted)):
            checked.expect(answer.status_code in (404, 405), page.name, f"answers {answer.status_code} for a row outside the places")


def is_placed(screen: Screen) -> bool:
    """Whether what the page is about lies somewhere."""
    model, _argument = subject_of(screen)
    return bool(getattr(model, "area_path", None) or getattr(model, "areas_path", None))


def check_content(page: Visited, checked: Checked, marks: set[str]) -> None:
    """Page and part are both there, on every tab, and show nothing of what lies elsewhere."""
    client = checked.client()
    whole = client.get(page.mine)
    checked.expect(whole.status_code == 200, page.name, f"answers {whole.status_code} to a person with every right")
    if whole.status_code != 200:
        return
    tabs = [f"?tab={tab['name']}" for tab in (whole.context or {}).get("tabs", [])] if isinstance(page.screen, DetailScreen) else [""]
    for tab in tabs:
        full, part = client.get(page.mine + tab) if tab else whole, client.get(page.mine + tab, headers=PARTIAL)
        checked.expect(b"<html" in full.content, page.name, f"gives no whole page {tab}".strip())
        checked.expect(part.status_code == 200 and b"<html" not in part.content, page.name, f"gives no part for HTMX {tab}".strip())
        checked.expect("HX-Request" in full.get("Vary", ""), page.name, "does not say Vary: HX-Request")
        look_for(marks, full, page.name, f"the page {tab}".strip(), checked)
        look_for(marks, part, page.name, f"the part {tab}".strip(), checked)


def look_for(marks: set[str], answer: Any, name: str, where: str, checked: Checked) -> None:
    """Note every word of rows outside my places that an answer holds."""
    text = answer.content.decode("utf-8", "replace")
    for mark in sorted(marks):
        checked.expect(mark not in text, name, f"{where} shows “{mark}”, which lies outside the places")


def check_list(page: Visited, screen: ListScreen, checked: Checked, marks: set[str]) -> None:
    """The rows, the count and the file hold what is in my places and nothing else."""
    client, table, usual = checked.client(), screen.table, screen.table.page_size
    table.page_size = 1
    try:
        answer = client.get(page.mine + "?count=exact")
        shown: list[int] = []
        count, url = answer.context["count"].get("number"), "?clear=1"
        while url and len(shown) <= (count or 0):
            answer = client.get(page.mine + url)
            shown += [row["id"] for row in answer.context["rows"]]
            url = answer.context["pages"]["next"]
    finally:
        table.page_size = usual
    checked.expect(bool(shown), page.name, "shows no row at all; samples() must make one")
    checked.expect(count == len(shown), page.name, f"counts {count} rows and shows {len(shown)}")
    foreign = checked.theirs.get(table.model)
    if foreign is not None and (getattr(table.model, "area_path", None) or getattr(table.model, "areas_path", None)):
        checked.expect(foreign.pk not in shown, page.name, "lists a row outside the places")
    if screen.exports:
        check_export(page, checked, marks)


def check_export(page: Visited, checked: Checked, marks: set[str]) -> None:
    """The file needs its own right and holds only what is in my places."""
    answer = checked.client().post(page.mine, {"do": "export", "format": "csv"})
    checked.expect(answer.status_code == 200 and "attachment" in answer.get("Content-Disposition", ""), page.name, "gives no file")
    look_for(marks, answer, page.name, "the file", checked)
    others = [name for name in known_permissions() if name != export_list.name]
    client = checked.client(make_user(f"no-file-{page.name}"[:60], *others, area=checked.here))
    refused = client.post(page.mine, {"do": "export", "format": "csv"})
    checked.expect(refused.status_code == 403, page.name, f"gives a file without {export_list.name}")


def check_queries(pages: list[Visited], checked: Checked) -> None:
    """Every page costs the same number of queries with three rows as with thirty."""
    for _time in range(FEW - 1):
        checked.samples(checked.here)
    clients = {page.name: checked.client() for page in pages}
    few = {page.name: queries_of(page, clients[page.name]) for page in pages}
    for _time in range(MANY - FEW):
        checked.samples(checked.here)
    for page in pages:
        many = queries_of(page, clients[page.name], few[page.name])
        checked.expect(many <= few[page.name], page.name, f"takes {few[page.name]} queries with {FEW} rows and {many} with {MANY}")


def queries_of(page: Visited, client: Client, enough: int = 0) -> int:
    """How many queries the page takes once everything that is read only once has been read; the first time, if that is few enough."""
    for _time in range(2):
        with CaptureQueriesContext(connection) as captured:
            client.get(page.mine)
        if len(captured) <= enough:
            break
    return len(captured)

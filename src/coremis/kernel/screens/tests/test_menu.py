"""The side menu: order of the delivery chain, and nothing that the reader cannot open."""

import pytest

from coremis.kernel.screens import menu
from coremis.kernel.screens.menu import ADMINISTRATION, HOME, PEOPLE, PROVIDE, MenuItem

PAGES = {
    "home": ("/", None),
    "households": ("/households/", "registry.view_household"),
    "persons": ("/persons/", "registry.view_person"),
    "payrolls": ("/payrolls/", "payments.view_payroll"),
    "work": ("/work/", None),
}
ITEMS = [
    MenuItem("Payrolls", "payrolls", group=PROVIDE),
    MenuItem("Persons", "persons", group=PEOPLE, order=20),
    MenuItem("Households", "households", group=PEOPLE, order=10),
    MenuItem("My work", "work", group=HOME, order=10, count=lambda user: 12, top=True),
]


class Reader:
    def __init__(self, *permissions):
        self.permissions = permissions

    def has_perm(self, name):
        return name in self.permissions


@pytest.fixture(autouse=True)
def pages(monkeypatch):
    monkeypatch.setattr(menu, "HOME_PAGE", MenuItem("Home", "home", group=HOME, order=0))
    monkeypatch.setattr(menu, "contributions", lambda kind: ITEMS if kind is MenuItem else [])
    monkeypatch.setattr(menu, "target", PAGES.__getitem__)


def shown(reader, path="/"):
    sections = menu.sections(menu.visible_items(reader), reader, path)
    return [(section.title, [entry.title for entry in section.entries]) for section in sections]


def test_it_works():
    reader = Reader("registry.view_household", "registry.view_person", "payments.view_payroll")
    assert shown(reader) == [("", ["Home", "My work"]), ("People", ["Households", "Persons"]), ("", ["Payrolls"])]


def test_nothing_that_the_reader_cannot_open():
    assert shown(Reader()) == [("", ["Home", "My work"])]


def test_a_group_with_one_visible_entry_shows_the_entry_itself():
    assert shown(Reader("registry.view_person"))[1] == ("", ["Persons"])


def test_the_entry_of_a_page_below_it_is_current():
    reader = Reader("registry.view_household", "payments.view_payroll")
    sections = menu.sections(menu.visible_items(reader), reader, "/payrolls/12/lines/")
    assert [entry.title for section in sections for entry in section.entries if entry.current] == ["Payrolls"]


def test_the_home_page_is_current_only_on_itself():
    assert menu.current_address(menu.visible_items(Reader()), "/somewhere/") == ""
    assert menu.current_address(menu.visible_items(Reader()), "/") == "home"


def test_an_entry_carries_its_count():
    work = next(item for item in menu.visible_items(Reader()) if item.top)
    assert menu.entry_of(work, Reader()).waiting == 12


def test_too_long_a_group_stops_the_start(monkeypatch):
    long = [MenuItem(f"Page {number}", "home", group=ADMINISTRATION) for number in range(menu.LONGEST_GROUP + 1)]
    monkeypatch.setattr(menu, "contributions", lambda kind: long if kind is MenuItem else [])
    assert [problem.id for problem in menu.check_menu()] == ["screens.E103"]


def test_an_entry_that_leads_nowhere_stops_the_start(monkeypatch):
    monkeypatch.undo()
    problems = menu.check_item(MenuItem("Lost", "nowhere:at_all", group=PEOPLE))
    assert [problem.id for problem in problems] == ["screens.E101"]


def test_a_page_without_permission_stops_the_start(monkeypatch):
    """Pitfall S4: a page that does not say who may open it is no menu entry."""
    monkeypatch.undo()
    problems = menu.check_item(MenuItem("Open", "set_language", group=PEOPLE))
    assert [problem.id for problem in problems] == ["screens.E102"]

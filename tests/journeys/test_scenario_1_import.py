"""Acceptance scenario 1 at the screen: a thousand rows with single names, a shared phone and unknown places."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from coremis.modules.intake.tests.test_thousand_rows import LOST, SHARING, SINGLE, TEXT, TITLES
from tests.journeys.house import House
from tests.journeys.people import Somebody
from tests.journeys.prepare_scenarios import IMPORTED

pytestmark = pytest.mark.browser
Meet = Callable[..., Somebody]
ROWS, SAME = 1000, "same name and phone"
FILE = (TITLES + TEXT).replace(";N1A;", f";{IMPORTED};")


def on_screen(numbers: Any) -> set[int]:
    """Rows as a spreadsheet counts them: the titles are row 1."""
    return {number + 2 for number in numbers}


def send(data: Somebody, house: House, name: str, text: str) -> str:
    """Bring a file for one village, agree to what was recognised, and wait until it is checked; gives the address of its page."""
    data.open("/intake/new/")
    data.page.set_input_files("main input[type=file]", {"name": name, "mimeType": "text/csv", "buffer": text.encode()})
    data.choose_place(IMPORTED, house.row(f"select name from areas_area where code = '{IMPORTED}'")[0])
    data.confirm()
    data.confirm()
    data.wait_for_status("checked")
    return data.page.url


def noted(data: Somebody, state: str, words: str) -> set[int]:
    """The rows in this state of which the list says these words."""
    data.open(f"{data.page.url.split('rows/')[0]}rows/?state={state}")
    found: set[int] = set()
    while True:
        for row in data.page.locator("main tbody tr", has_text=words).all():
            found.add(int(row.locator("td.code").first.inner_text().replace(",", "")))
        following = data.page.locator("main a[rel=next]")
        if not following.count():
            return found
        data.open(re.sub(r"\?.*", "", data.page.url) + (following.get_attribute("href") or ""))


def test_it_works(scenarios: House, meet: Meet) -> None:
    """The 2 come back with reasons; the 5 are flagged and not dropped; the 3 are good; nothing is in before a checker agrees."""
    data, manager = meet(scenarios, "data"), meet(scenarios, "manager")
    page = send(data, scenarios, "survey.csv", FILE)
    assert "To correct" in data.text
    with data.page.expect_download() as waiting:
        data.page.get_by_role("link", name="Download the rows to correct").click()
    returned = CalamineWorkbook.from_path(waiting.value.path()).get_sheet_by_index(0).to_python()
    held = {row[1] for row in returned[1:]}
    assert {f"P{number}" for number in LOST} <= held and not {f"P{number}" for number in (*SHARING, *SINGLE)} & held
    assert noted(data, "BAD", "is no place in") == on_screen(LOST)
    data.open(page)
    assert on_screen(SHARING) <= noted(data, "GOOD", SAME)
    data.open(page)
    data.page.locator("main a[href$='/take-in/']").first.click()
    data.do_it()
    assert manager.search("/people/persons/", f"Namec{SINGLE[1]}") == []
    manager.decide("approve")
    data.open(page)
    data.wait_for_status("taken in")
    data.content()


def test_who_is_in_the_register(scenarios: House, meet: Meet) -> None:
    """All five with one phone, the three with one name, and a household of four that its key groups."""
    manager = meet(scenarios, "manager")
    assert len(manager.search("/people/persons/", "+99977777777")) == len(SHARING)
    for number in SINGLE:
        assert len(manager.search("/people/persons/", f"Name{'abcdefghij'[number % 10]}{number}")) == 1
    address = manager.search("/people/households/", "Namei8")[0]
    manager.open(address)
    members = manager.page.locator("main table").filter(has_text="Namei8").first.locator("tbody tr")
    assert members.count() == 4
    assert len(manager.search("/people/persons/", f"Namea{LOST[0]}")) == 0
    manager.content()


def test_again_nothing_changes(scenarios: House, meet: Meet) -> None:
    """The same rows under another name: all that are known change nothing (pitfall D2)."""
    data = meet(scenarios, "data")
    send(data, scenarios, "survey-again.csv", f"{FILE}\n")
    assert "992 nothing to change" in data.text
    data.content()

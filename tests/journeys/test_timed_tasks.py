"""Everyday tasks over a slow line (250 kbit/s, 400 ms), with the time to type and to click; two more stand where their stories are told.

A household of six by keyboard: ``test_journey_1_people.py``. A signed list of 200 lines: ``test_signed_list.py``.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys.house import House
from tests.journeys.keyboard import Hands
from tests.journeys.people import PASSWORD, Somebody
from tests.journeys.village import said

pytestmark = pytest.mark.browser
SLOW_LINE = {"offline": False, "latency": 400, "downloadThroughput": 250_000 // 8, "uploadThroughput": 250_000 // 8}
SECONDS_PER_CLICK = 1.5
Note = Callable[[str, object], None]


class Clock(Hands):
    """Somebody with a keyboard and a mouse, and the time they take."""

    def __init__(self, somebody: Somebody) -> None:
        super().__init__(somebody.page)
        self.clicks, self.began = 0, time.monotonic()

    def click(self, control: Any, leads: bool = True) -> None:
        """One click; most lead to another page."""
        self.clicks += 1
        if not leads:
            control.click()
            return
        with self.page.expect_navigation():
            control.click()

    def total(self) -> float:
        """The line's time, and that of the hands."""
        return time.monotonic() - self.began + self.seconds() + self.clicks * SECONDS_PER_CLICK


@contextmanager
def slow(somebody: Somebody) -> Iterator[Clock]:
    """This person's line is slow within the block."""
    line = somebody.context.new_cdp_session(somebody.page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW_LINE)
    somebody.context.set_default_timeout(20_000)
    yield Clock(somebody)
    line.send("Network.emulateNetworkConditions", {**SLOW_LINE, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})


def told(what: str, clock: Clock, most: float, note: Note) -> None:
    """Print what it took, and refuse more than ``most`` seconds."""
    seconds = clock.total()
    print(f"{what} at 250 kbit/s and 400 ms: {clock.pressed} keys, {clock.clicks} clicks, {seconds:.0f} of {most:.0f} seconds.")
    note(re.sub(r"\W+", "_", what.lower()), round(seconds))
    assert seconds < most


def test_it_works(demo: House, meet: Callable[..., Somebody], record_property: Note) -> None:
    """A household by its name and village, from the home page: 20 seconds."""
    manager = meet(demo, "manager")
    name, village = demo.row(
        "select h.head_name, a.name from registry_household h join areas_area a on a.id = h.area_id where h.size > 4 order by h.id desc",
    )
    manager.open("/")
    with slow(manager) as clock:
        clock.click(manager.page.locator("nav.side a[href='/people/households/']"))
        clock.click(manager.page.locator("main form.filters input[type=search]").first, leads=False)
        clock.type(name.split()[-1])
        clock.press("Enter")
        manager.page.locator("main .chip--on").first.wait_for()
        clock.click(manager.page.locator("main tbody tr", has_text=village).filter(has_text=name).locator("a").first)
    told("A household by name and village", clock, 20, record_property)
    assert name in manager.text and village in manager.text
    manager.content()


def test_through_the_choice_of_a_place(demo: House, meet: Callable[..., Somebody], record_property: Note) -> None:
    """The same, by the place first and the name among its households: 20 seconds."""
    manager = meet(demo, "manager")
    name, village = demo.row(
        "select h.head_name, a.name from registry_household h join areas_area a on a.id = h.area_id where h.size > 4 order by h.id desc",
    )
    manager.open("/people/households/?clear=1")
    manager.open("/")
    with slow(manager) as clock:
        clock.click(manager.page.locator("nav.side a[href='/people/households/']"))
        clock.click(manager.page.locator("main details.area-filter > summary").first, leads=False)
        clock.type(village)
        choice = manager.page.locator("main .area-choice .choices label").filter(has_text=village).first
        choice.wait_for()
        clock.click(choice, leads=False)
        manager.page.locator("main .chip--on").first.wait_for()
        clock.click(manager.page.locator("main tbody tr", has_text=name).locator("a").first)
    told("A household through the choice of its place", clock, 20, record_property)
    assert name in manager.text and village in manager.text
    manager.content()


def test_why_a_payment_was_not_paid(demo: House, meet: Callable[..., Somebody], record_property: Note) -> None:
    """From the home page, by the person's name: three clicks and 30 seconds."""
    manager = meet(demo, "manager")
    name, _line = demo.row(
        "select payee_name, id from payments_payrollline where unpaid_reason = 'travelling' and payee_name like '% %' order by id"
    )
    manager.open("/")
    with slow(manager) as clock:
        clock.click(manager.page.locator("nav.side a[href='/payments/lines/']"))
        clock.click(manager.page.locator("main form.filters input[type=search]").first, leads=False)
        clock.type(name)
        clock.press("Enter")
        manager.page.locator("main .chip--on").first.wait_for()
        clock.click(manager.page.locator("main tbody tr", has_text=said("travelling")).locator("a").first)
    told("Why a payment was not paid", clock, 30, record_property)
    assert clock.clicks <= 3 and said("travelling") in manager.text and name in manager.text
    manager.content()


def give_verdicts(clock: Clock) -> None:
    """From the page of the request to the flagged groups that wait for a verdict, one after the other, and back to the request."""
    page = clock.page
    for _group in range(9):
        waiting = page.locator("main a[href*='undecided=yes']")
        if not waiting.count():
            return
        clock.click(waiting.first)
        clock.click(page.locator("main tbody a").first)
        clock.click(page.locator("main a[href$='/verdict/']").first)
        for choice in page.locator("main input[type=radio][value=PAY]").all():
            clock.click(choice, leads=False)
        clock.click(page.locator("main textarea[name=reason]"), leads=False)
        clock.type("Deux soeurs, un seul telephone")
        clock.click(page.locator("main button[name=step]").first)
        if page.locator("main button[value=confirm]").count():
            clock.click(page.locator("main button[value=confirm]").first)
        clock.click(page.locator("nav.side a[href='/']").first)
        clock.click(page.locator(REQUEST).first)


REQUEST = "main a[href*='/administration/approvals/']"


def test_an_approval_is_decided(browser: Browser, demo: House, record_property: Note) -> None:
    """From sign-in over the flagged groups to the decision: two minutes at 1366 × 768, and nothing to scroll sideways."""
    approver = Somebody(browser, demo, "approver")
    page = approver.page
    with slow(approver) as clock:
        approver.open("/account/login/")
        clock.click(page.locator("input[name=login]"), leads=False)
        clock.type("approver")
        clock.press("Tab")
        clock.type(PASSWORD)
        clock.leave_with("Enter")
        clock.click(page.locator(REQUEST).first)
        give_verdicts(clock)
        assert not page.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth")
        clock.click(page.locator("textarea[name=note]"), leads=False)
        clock.type("Vu avec la commune")
        clock.click(page.locator("main form button.button--primary"))
    told("An approval from sign-in to decision", clock, 120, record_property)
    assert said("Decided: %(state)s.", state=said("approved")) in approver.notices()
    approver.content()
    approver.leave()

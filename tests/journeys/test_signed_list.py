"""A signed list of 200 lines with 14 exceptions, typed without a mouse over a slow line."""

import gzip
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys.house import House, serving
from tests.journeys.keyboard import Hands
from tests.journeys.people import Somebody
from tests.journeys.prepare_list import LINES

pytestmark = pytest.mark.browser
Meet = Callable[..., Somebody]
SLOW_LINE = {"offline": False, "latency": 400, "downloadThroughput": 250_000 // 8, "uploadThroughput": 250_000 // 8}
FAST_LINE = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
UNPAID = {
    9: "ill",
    23: "moved",
    41: "travelling",
    58: "no_id",
    77: "deceased",
    90: "refused",
    121: "unaware",
    150: "ill",
    163: "other",
    188: "moved",
}
OTHER = {30: "20000", 111: "15000"}
BY = {64: "alternate", 140: "other"}


@pytest.fixture(scope="module")
def payday(browser: Browser, payday_folder: Callable[[str, int], Path]) -> Iterator[House]:
    """An installation with a payroll in payment."""
    with serving(payday_folder("fr", LINES)) as house:
        yield house


def test_it_works(payday: House, meet: Meet, record_property: Any) -> None:
    """200 lines, 14 exceptions, under ten minutes at 250 kbit/s and 400 ms; the page is under 40 kB compressed."""
    clerk = meet(payday, "payments")
    page = clerk.page
    clerk.open("/payments/")
    page.locator("main tbody a").first.click()
    page.locator("main a[href$='/signed-list/']").click()
    line = clerk.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW_LINE)
    hands, began = Hands(page), time.monotonic()
    hands.tab_to(page.locator("main button[value=confirm]"))
    hands.leave_with("Enter")
    size = len(gzip.compress(page.content().encode()))
    hands.tab_to(page.locator("[name=paid_on]"))
    page.locator("[name=paid_on]").fill("2026-02-03")
    for name, text in (("receipt", "B-17"), ("paper_count", "190"), ("paper_total", str(188 * 30_000 + 35_000))):
        hands.tab_to(page.locator(f"[name={name}]"))
        hands.type(text)
    type_exceptions(clerk, hands)
    page.wait_for_selector("#sheet-totals.notice--good")
    page.locator("#sheet button[value=confirm]").focus()
    hands.leave_with("Enter")
    seconds = time.monotonic() - began + hands.seconds()
    line.send("Network.emulateNetworkConditions", FAST_LINE)
    print(
        f"A signed list of 200 lines, 14 exceptions: {hands.pressed} keys, {seconds:.0f} seconds with the time to type them; {size} bytes."
    )
    record_property("seconds_for_200_lines", round(seconds))
    clerk.wait_for_status("vérifié")
    assert seconds < 600 and size < 40_000
    clerk.content()


def type_exceptions(clerk: Somebody, hands: Hands) -> None:
    """From the first line down with Enter; Space takes the tick away, Tab leads to the reason, the amount and who came."""
    page = clerk.page
    hands.tab_to(page.locator("main tbody input[type=checkbox]").first, 90)
    for number in range(1, LINES + 1):
        row = page.locator("main tbody tr").nth(number - 1)
        if number in UNPAID:
            hands.press("Space")
            hands.press("Tab")
            hands.choose(UNPAID[number])
            hands.press("Shift+Tab")
        elif number in OTHER:
            hands.press("Tab"), hands.press("Tab")
            hands.type(OTHER[number])
            hands.press("Shift+Tab"), hands.press("Shift+Tab")
        elif number in BY:
            for _time in range(3):
                hands.press("Tab")
            hands.choose(BY[number])
            for _time in range(3):
                hands.press("Shift+Tab")
        assert row.locator("input[type=checkbox]").evaluate("one => one === document.activeElement"), number
        if number < LINES:
            hands.press("Enter")


def test_one_list_is_one_file_of_results(payday: House, meet: Meet) -> None:
    """What was typed stands under the results of payment once; drafts and lists sent twice: ``payments/tests/test_enter_results.py``."""
    clerk = meet(payday, "payments")
    clerk.open("/payments/results/")
    assert clerk.page.locator("main tbody tr").count() == 1

"""The server is killed while a signed list is typed: after signing in again the form is as typed, and sending twice does nothing twice."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.journeys.house import COREMIS, House, free_port, start, wait_for
from tests.journeys.people import Somebody

pytestmark = pytest.mark.browser
LINES, DUE = 6, 30_000


class Server:
    """The web server and the worker of one installation, on one port; the server can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.house = House(f"http://127.0.0.1:{self.port}", folder)
        self.worker = start(folder, (*COREMIS, "worker"))
        self.serve()

    def serve(self) -> None:
        """Start, and wait until it answers."""
        self.process = start(self.folder, (*COREMIS, "serve", "--workers", "1", "--port", str(self.port)))
        wait_for(f"{self.house.url}/account/login/", [self.process, self.worker])

    def kill(self) -> None:
        """No goodbye: the processes that answer first, then the one that watches over them."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for pid in [*children, self.process.pid]:
            os.kill(int(pid), signal.SIGKILL)
        self.process.wait(timeout=15)

    def stop(self) -> None:
        """At the end."""
        for process in (self.process, self.worker):
            process.terminate()
            process.wait(timeout=15)


@pytest.fixture(scope="module")
def server(browser: Browser, payday_folder: Callable[[str, int], Path]) -> Iterator[Server]:
    """An installation with six payments in payment."""
    running = Server(payday_folder("en", LINES))
    yield running
    running.stop()


def row(page: Page, number: int) -> Locator:
    return page.locator("main table[data-enter=down] tbody tr").nth(number - 1)


def as_typed(page: Page) -> list[object]:
    """What stands in the form: the heads, and the second and third line."""
    heads = [page.locator(f"[name={name}]").input_value() for name in ("paid_on", "receipt", "paper_count", "paper_total", "page_ends")]
    second, third = row(page, 2), row(page, 3)
    return [
        *heads, second.locator("input[type=checkbox]").is_checked(), second.locator("select").first.input_value(),
        third.locator("input.amount").input_value(),
    ]  # fmt: skip


def test_it_works(server: Server, browser: Browser, meet: Callable[..., Somebody]) -> None:
    clerk = meet(server.house, "payments")
    page = clerk.page
    clerk.open("/payments/")
    page.locator("main tbody a").first.click()
    page.locator("main a[href$='/signed-list/']").click()
    page.locator("main button[value=confirm]").click()
    page.wait_for_selector("#sheet")
    address = page.url
    typed = {"paid_on": "2026-02-03", "receipt": "B-17", "paper_count": "5", "paper_total": "140000", "page_ends": "3, 6"}
    for name, text in typed.items():
        page.fill(f"[name={name}]", text)
    row(page, 2).locator("input[type=checkbox]").uncheck()
    row(page, 2).locator("select").first.select_option("ill")
    row(page, 3).locator("input.amount").fill("20000")
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.ok):
        row(page, 3).locator("input.amount").press("Tab")
    server.kill()
    row(page, 4).locator("input.amount").fill("29999")  # never reaches the server, and is typed again below
    page.keyboard.press("Tab")
    page.wait_for_timeout(1500)
    server.serve()
    clerk.complaints.clear()  # the browser says that the line was cut
    page.close()

    again = Somebody(browser, server.house, "payments").sign_in()
    again.open(address)
    assert as_typed(again.page) == [*typed.values(), False, "ill", "20000"]
    assert "1–3" in again.page.locator("#sheet-totals").inner_text()
    again.page.wait_for_selector("#sheet-totals.notice--good")
    again.page.evaluate(
        """() => { const form = document.getElementById("sheet"), data = new FormData(form); data.append("step", "confirm");
                   window.twice = [1, 2].map(() => fetch(location.href, {method: "POST", body: new URLSearchParams(data)})); }"""
    )
    assert again.page.evaluate("() => Promise.all(window.twice).then(all => all.map(one => one.ok))") == [True, True]
    again.open("/payments/results/")
    assert again.page.locator("main tbody tr").count() == 1
    again.page.locator("main tbody a").first.click()
    again.wait_for_status("checked")
    assert again.page.locator("main dl").first.inner_text().count(str(LINES)) >= 1
    again.leave()

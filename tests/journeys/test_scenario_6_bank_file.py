"""Acceptance scenario 6 at the screen: a bank's file with titles of its own, through a mapping that is kept."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from coremis.kernel.base.numbers import number_text
from tests.journeys.house import House, serving
from tests.journeys.people import Somebody

pytestmark = pytest.mark.browser
Meet = Callable[..., Somebody]
LINES, DUE, PAYROLL = 4, "30000", "/payments/payrolls/1/"
TITLES = {"reference": "Opération", "result": "Issue", "amount": "Versement", "provider_reference": "Quittance banque", "reason": "Cause"}


@pytest.fixture(scope="module")
def payday(browser: Browser, payday_folder: Callable[[str, int], Path]) -> Iterator[House]:
    """An installation with four payments in payment."""
    with serving(payday_folder("en", LINES)) as house:
        yield house


def numbers(house: House) -> list[str]:
    """The payment numbers, as a bank repeats them."""
    with sqlite3.connect(house.folder / "coremis.sqlite3") as database:
        return [number_text("T", number) for (number,) in database.execute("select number from payments_payrollline order by id")]


def bring(clerk: Somebody, rows: list[tuple[str, ...]], name: str) -> str:
    """Upload a file with the bank's titles; gives the address of its page."""
    text = "\r\n".join(";".join(row) for row in [tuple(TITLES.values()), *rows])
    clerk.open(f"{PAYROLL}results/")
    clerk.page.set_input_files("main input[type=file]", {"name": name, "mimeType": "text/csv", "buffer": text.encode()})
    clerk.confirm()
    return clerk.page.url


def confirm(accountant: Somebody, approver: Somebody, address: str) -> None:
    """Another person confirms, a third one agrees."""
    accountant.open(f"{address}confirm/")
    accountant.do_it()
    approver.decide("approve")
    accountant.open(address)
    accountant.wait_for_status("applied")


def test_it_works(payday: House, meet: Meet) -> None:
    clerk, accountant, approver = (meet(payday, seat) for seat in ("payments", "accountant", "approver"))
    paid, unproved, failed, later = numbers(payday)
    first = bring(clerk, [(paid, "payé", DUE, "TX-1", ""), (unproved, "payé", DUE, "", ""), (failed, "échoué", "", "", "network")], "a.csv")
    clerk.page.locator("main a[href$='/check/']").click()
    for code, title in TITLES.items():
        clerk.page.select_option(f"main [name={code}]", title)
    clerk.fill(save_as="Banque du Lac")
    clerk.confirm()
    clerk.wait_for_status("checked")
    confirm(accountant, approver, first)
    with sqlite3.connect(payday.folder / "coremis.sqlite3") as database:
        found = dict(database.execute("select number, state from payments_payrollline").fetchall())
    assert {number_text("T", number): state for number, state in found.items()} == {
        paid: "PAID", unproved: "UNCOLLECTED", failed: "FAILED", later: "SENT",
    }  # fmt: skip

    second = bring(clerk, [(later, "payé", DUE, "TX-2", "")], "b.csv")
    clerk.page.locator("main a[href$='/check/']").click()
    for code, title in TITLES.items():  # as it was kept under the bank's name
        assert clerk.page.locator(f"main [name={code}]").input_value() == title
    assert clerk.page.locator("main [name=save_as]").input_value() == "Banque du Lac"
    clerk.confirm()
    clerk.wait_for_status("checked")
    confirm(accountant, approver, second)

    assert clerk.page.evaluate(f"() => fetch('{PAYROLL}close/').then(answer => answer.status)") in (403, 404)
    clerk.open(f"{PAYROLL}re-issue/")
    assert "2" in clerk.do_it()
    clerk.wait_for_status("calculated")
    with sqlite3.connect(payday.folder / "coremis.sqlite3") as database:
        again = database.execute("select count(*) from payments_payrollline where attempt = 2 and reissue_of_id is not null").fetchone()
    assert again == (2,)
    clerk.open(f"{PAYROLL}re-issue/")
    clerk.see_what_will_happen()
    assert not clerk.page.locator("main button[value=confirm]").count()  # each once

"""Acceptance scenarios at the screen, as people go through them; their rules are in ``test_scenarios.py`` and the modules' tests."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from tests.journeys.house import House
from tests.journeys.people import Somebody

pytestmark = pytest.mark.browser
Meet = Callable[..., Somebody]
NEW_NAME = "Nouveaunom"


def test_it_works(demo: House, meet: Meet) -> None:
    """Scenario 7: a surname changed after a payment. The payment keeps the old name, and a search by either finds the person."""
    line, paid_to, person, surname = demo.row(
        "select l.id, l.payee_name, p.id, p.surname from payments_payrollline l join registry_person p on p.id = l.payee_id "
        "where l.state = 'PAID' and length(p.surname) > 4 order by l.id desc",
    )
    data, manager = meet(demo, "data"), meet(demo, "manager")
    data.open(f"/people/persons/{person}/change/")
    data.page.fill("main [name=surname]", NEW_NAME)
    data.do_it()
    address = f"/people/persons/{person}/"
    assert NEW_NAME in data.text
    manager.open(f"/payments/lines/{line}/")
    assert paid_to in manager.text and NEW_NAME not in manager.page.locator("main h1").inner_text()
    for words in (NEW_NAME, paid_to):
        assert address in manager.search("/people/persons/", words), words
    assert surname not in NEW_NAME
    manager.content()
    data.content()


def test_ticked_rows_without_scripts(demo: House, browser: Browser) -> None:
    """Two rows are ticked and lead to what can be done about them, on a browser without scripts; nobody ticked means nobody (M1)."""
    old = Somebody(browser, demo, "manager", java_script_enabled=False)
    old.page.goto("/account/login/")
    old.page.fill("input[name=login]", "manager")
    old.page.fill("input[name=password]", "Sanzira-2026")
    old.page.locator("main button[type=submit], form button[type=submit]").first.click()
    old.open("/programmes/beneficiaries/active/?clear=1")
    boxes = old.page.locator("main tbody .tick input")
    boxes.nth(0).check()
    boxes.nth(2).check()
    old.page.locator("#chosen button[name=then]").first.click()
    assert "/programmes/chosen/active/change-status/?chosen=" in old.page.url
    assert old.page.locator("main output").inner_text() == "2"
    old.open("/programmes/beneficiaries/active/?clear=1")
    old.page.locator("#chosen button[name=then]").first.click()
    assert old.page.url.endswith("?clear=1") and old.notices()
    old.leave()


def test_ticks_stay_from_page_to_page(demo: House, meet: Meet) -> None:
    """By keyboard: Space ticks, the bar counts, and a tick of the first page is still there on the second."""
    manager = meet(demo, "manager")
    manager.open("/people/persons/?clear=1")
    page = manager.page
    page.locator("main tbody .tick input").nth(1).focus()
    page.keyboard.press("Space")
    page.locator("main a[rel=next]").click()
    page.locator("main a[rel=prev]").wait_for()
    page.locator("main tbody .tick input").nth(0).focus()
    page.keyboard.press("Space")
    assert page.locator("[data-ticked]").inner_text() == "2"
    with page.expect_download() as taken:
        page.locator("#chosen button[value=csv]").click()
    lines = taken.value.path().read_text("utf-8-sig").strip().splitlines()
    assert len(lines) == 3
    manager.content()

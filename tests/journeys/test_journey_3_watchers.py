"""In French, after the village was paid: what the auditor, the IT administrator, the commune officer and the guest see."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.house import House
from tests.journeys.people import Somebody
from tests.journeys.village import said

pytestmark = pytest.mark.browser
Meet = Callable[..., Somebody]
EVERYBODY = {"/", "/administration/my-work/"}


def test_it_works(village: House, meet: Meet, story: dict[str, Any]) -> None:
    """The auditor reads who did what and who agreed, and one payment from end to end; the chain holds."""
    if "closed" not in story:
        pytest.skip("goes on from test_journey_2_money.py, which did not come to its end")
    auditor = meet(village, "auditor")
    auditor.open("/administration/history/")
    assert all(said(title) in auditor.text for title in ("Close a payroll", "Confirm results of payment", "Write off a difference"))
    row = auditor.page.locator("main tbody tr", has_text=said("Close a payroll")).first
    assert "accountant" in row.inner_text() and "approver" in row.inner_text()
    row.locator("a").first.click()
    assert said("in payment") in auditor.text, "what it was before stands beside who changed it"
    auditor.open("/")
    assert said("everything is as it was sealed") in auditor.text
    auditor.content()


def test_auditor_reads_a_household(village: House, meet: Meet) -> None:
    """From the household to its payment and back through its history; nothing to change, nobody to decide for."""
    auditor = meet(village, "auditor")
    auditor.open("/people/households/")
    auditor.page.locator("main tbody a", has_text="Béatrice Sindaye").first.click()
    assert auditor.page.locator("main .page-actions a").all_inner_texts() == [said("Reveal what is masked")]
    household = auditor.page.url
    auditor.page.locator("main a[href*='tab=payments']").click()
    auditor.wait_until("12 000 000")
    auditor.open(household)
    auditor.page.locator("main a[href*='tab=history']").click()
    auditor.wait_until(said("Register a household"))
    assert "commune" in auditor.text or "Nestor Gahungu" in auditor.text
    auditor.content()


def test_commune_officer_sees_the_own_place_only(village: House, meet: Meet) -> None:
    """Payments of the village, but no payroll, no money and no other commune (pitfall S10)."""
    commune = meet(village, "commune")
    commune.open("/payments/lines/")
    assert commune.page.locator("main tbody tr").count() == 5
    for path in ("/payments/", "/payments/payrolls/1/", "/ledger/", "/administration/users/", "/administration/history/"):
        assert commune.open(path).status in (403, 404), path
    commune.open("/people/households/register/")
    commune.page.locator("main [name=area_text]").press_sequentially("020111")
    commune.page.wait_for_function("() => document.querySelectorAll('.area-choice input[type=radio]').length === 0")
    commune.content()


def test_it_administrator_sees_neither_people_nor_money(village: House, meet: Meet) -> None:
    """No account stands above the rules."""
    it = meet(village, "it")
    for path in ("/people/households/", "/people/persons/1/", "/payments/", "/payments/payrolls/1/", "/ledger/", "/intake/1/"):
        assert it.open(path).status in (403, 404), path
    it.open("/")
    assert "Sindaye" not in it.text
    it.content()


def test_guest_sees_nothing(village: House, meet: Meet) -> None:
    """Signed in without rights: no menu but the own work, and every page of the others is refused with a sentence (pitfall S4)."""
    addresses = {"/people/households/1/", "/people/persons/1/", "/payments/payrolls/1/", "/administration/approvals/1/", "/files/1/"}
    for seat in ("manager", "data", "commune", "payments", "accountant", "auditor", "it"):
        somebody = meet(village, seat)
        somebody.open("/")
        addresses |= set(somebody.menu().values())
    guest = meet(village, "guest")
    guest.open("/")
    assert set(guest.menu().values()) == EVERYBODY
    wrong = []
    for path in sorted(addresses - EVERYBODY):
        answer = guest.open(path)
        if answer.status not in (403, 404) or "Sindaye" in guest.text:
            wrong.append(f"{path}: {answer.status}")
    assert not wrong
    assert said("Your rights do not include it.") in guest.text or said("This page is not here") in guest.text
    guest.content()

"""Acceptance scenario 4 at the screen: a payroll of one district for a quarter, rejected at the second level, corrected, and approved."""

from collections.abc import Callable

import pytest

from tests.journeys.house import House
from tests.journeys.people import Somebody
from tests.journeys.prepare_scenarios import DISTRICT, PHONE

pytestmark = pytest.mark.browser
Meet = Callable[..., Somebody]
TOTAL, AMOUNTS = "425", ["115", "135", "175"]  # 100, 20 for each child, 15: for none, one and three children


def calculated(payments: Somebody, house: House) -> str:
    """The payroll of the district by the programme's rule; gives its address."""
    payments.open("/payments/calculate/")
    payments.page.locator("main [name=cycle]").select_option(label="Quarterly grant · Jan–Mar")
    payments.page.locator("main [name=fund]").select_option(label="State budget")
    payments.page.locator("main [name=rule]").select_option(label="Quarterly grant · Main benefit")
    payments.choose_place(DISTRICT, house.row(f"select name from areas_area where code = '{DISTRICT}'")[0], "areas")
    assert TOTAL in payments.do_it()
    payments.wait_for_status("calculated")
    return payments.page.url


def asked_for(payroll: str, verifier: Somebody, payments: Somebody) -> str:
    """Verified by another person, and sent for approval by who made it; gives the address of the request."""
    verifier.open(f"{payroll}verify/")
    verifier.do_it()
    payments.open(f"{payroll}approve/")
    payments.do_it()
    return payments.own_request()


def amounts(somebody: Somebody, payroll: str) -> list[str]:
    """What each is paid."""
    somebody.open(f"{payroll}lines/")
    return sorted(text.split()[-1] for text in somebody.page.locator("main tbody td.amount").all_inner_texts() if text.strip())


def test_it_works(scenarios: House, meet: Meet) -> None:
    """The parts of the rule in one district; one phone flagged; who made it is refused; level 2 rejects; nothing of it is paid."""
    payments, verifier, controller, approver = (meet(scenarios, seat) for seat in ("payments", "verifier", "controller", "approver"))
    payments.open("/payments/cycles/add/")
    payments.page.locator("main [name=programme]").select_option(label="Quarterly grant")
    payments.fill(names_en="Jan–Mar", starts_on="2026-01-01", ends_on="2026-03-31", freeze_on="2026-03-20")
    payments.confirm()
    payroll = calculated(payments, scenarios)
    assert amounts(payments, payroll) == AMOUNTS
    payments.open(payroll)
    assert all(part in payments.text for part in ("Base SZF 300", "Child SZF 80", "Rebate SZF 45")), payments.text

    request = asked_for(payroll, verifier, payments)
    assert payments.try_to_decide(request)[0] == 403
    assert approver.try_to_decide(request)[0] in (403, 404, 422), "the second level cannot go first"
    controller.open(request)
    assert controller.page.locator(f"main a[href^='{payroll.removeprefix(scenarios.url)}flags/']").count()
    controller.decide("approve")
    approver.open(request)
    approver.page.locator("main a[href*='/flags/']").first.click()
    flags = approver.page.locator("main tbody tr")
    assert flags.count() == 1 and "same phone" in flags.inner_text().lower() and "2" in flags.inner_text()
    approver.decide("reject", "The second one has a phone of her own")
    payments.open(payroll)
    payments.wait_for_status("verified")

    payments.open(f"{payroll}cancel/")
    payments.fill(reason="Rejected at the second level")
    payments.do_it()
    approver.decide("approve")
    payments.open(payroll)
    payments.wait_for_status("cancelled")
    for one in (payments, verifier, controller, approver):
        one.content()


def test_the_corrected_run_passes(scenarios: House, meet: Meet) -> None:
    """The second of the two gets a phone of her own; then nothing is flagged, and both levels agree."""
    data, payments, verifier, controller, approver = (
        meet(scenarios, seat) for seat in ("data", "payments", "verifier", "controller", "approver")
    )
    sharing = data.search("/people/persons/", PHONE)
    assert len(sharing) == 2
    data.open(f"{sharing[1]}change/")
    data.fill(phone="+99955500778")
    data.do_it()
    payroll = calculated(payments, scenarios)
    request = asked_for(payroll, verifier, payments)
    for level in (controller, approver):
        level.open(request)
        assert not level.page.locator("main a[href*='/flags/']").count()
        assert TOTAL in level.decide("approve")
    payments.open(payroll)
    payments.wait_for_status("approved")
    assert amounts(payments, payroll) == AMOUNTS
    for one in (data, payments, verifier, controller, approver):
        one.content()

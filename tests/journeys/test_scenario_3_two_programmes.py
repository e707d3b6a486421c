"""Acceptance scenario 3 at the screen: suspended in one programme and taken back, while the other programme stays as it is."""

from collections.abc import Callable

import pytest

from tests.journeys.house import House
from tests.journeys.people import Somebody
from tests.journeys.prepare_scenarios import BOTH

pytestmark = pytest.mark.browser
Meet = Callable[..., Somebody]
ACTIVE_IN, GRADUATED_IN = BOTH


def programmes(manager: Somebody, person: str) -> dict[str, tuple[str, str]]:
    """The status in each programme, and the address of the enrolment, as the page of the person says."""
    manager.open(f"{person}?tab=programmes")
    rows = manager.page.locator("main tbody tr")
    found = {}
    for name in BOTH:
        row = rows.filter(has_text=name)
        found[name] = (row.locator(".status").inner_text(), row.locator("a").first.get_attribute("href") or "")
    return found


def test_it_works(scenarios: House, meet: Meet) -> None:
    """Asked for by the manager and agreed to by the approver, each time; the auditor reads both steps."""
    manager, approver, auditor = (meet(scenarios, seat) for seat in ("manager", "approver", "auditor"))
    person = manager.search("/people/persons/", "Deuxprog")[0]
    before = programmes(manager, person)
    (active, here), (graduated, there) = before[ACTIVE_IN], before[GRADUATED_IN]
    assert (active, graduated) == ("active", "graduated")
    manager.open(there)
    other = manager.text

    manager.open(f"{here}change-status/")
    manager.page.locator("main [name=change]").select_option("ACTIVE:SUSPENDED:absent")
    manager.fill(note="Not at the meeting")
    manager.do_it()
    assert programmes(manager, person) == before, "nothing is done before another person agrees"
    approver.decide("approve")
    assert programmes(manager, person) == {ACTIVE_IN: ("suspended", here), GRADUATED_IN: ("graduated", there)}
    manager.open(there)
    assert manager.text == other

    manager.open(f"{here}undo/")
    manager.fill(note="She was at the clinic")
    manager.do_it()
    approver.decide("approve")
    assert programmes(manager, person) == before
    manager.open(there)
    assert manager.text == other

    auditor.open(f"{here}?tab=history")
    steps = auditor.text
    assert steps.index("She was at the clinic") < steps.index("Not at the meeting"), "the latest first"
    assert steps.count("By manager. Agreed by approver") >= 2 and "Undo the last change of status" in steps
    for one in (manager, approver, auditor):
        one.content()

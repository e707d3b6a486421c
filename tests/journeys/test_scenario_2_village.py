"""Acceptance scenario 2 at the screen: a score and ten places in a village of thirty, what the village says, and who is active then."""

import csv
import io
from collections.abc import Callable
from datetime import date

import pytest

from coremis.kernel.files.tests.reading_pdf import pages_of
from tests.journeys.house import House
from tests.journeys.people import Somebody
from tests.journeys.prepare_scenarios import HILL, RATED
from tests.journeys.village import VILLAGE, said

pytestmark = pytest.mark.browser
Meet = Callable[..., Somebody]
PLACES = 10
HEADINGS = ("selected", "waiting list", "not selected")
REJECTED, MOVED_UP = ("Rang03", "Rang07"), ("Rang11", "Rang12")


def carry_out(manager: Somebody, campaign: str) -> str:
    """The next stage, until it is done or open; gives the address of its list."""
    manager.open(campaign)
    manager.page.locator("main .page-actions a.button--primary").first.click()
    if "/carry-out/" not in manager.page.url:
        manager.page.locator("main a[href$='/carry-out/']").first.click()
    manager.do_it()
    manager.wait_for_status("done", "open")
    return manager.page.url


def outcomes(manager: Somebody, address: str) -> dict[str, str]:
    """How many of each outcome, as the page of a list says."""
    manager.open(address)
    panel = manager.page.locator("main .panel").filter(has=manager.page.get_by_role("heading", name="Outcomes", exact=True))
    return {line.locator("dt").inner_text(): line.locator("dd").inner_text() for line in panel.locator("dl > div").all()}


@pytest.fixture(scope="module")
def way() -> dict[str, str]:
    """The addresses that one step hands on to the next."""
    return {}


def test_it_works(scenarios: House, meet: Meet, way: dict[str, str]) -> None:
    """The score orders the thirty, and the quota selects ten: twenty wait."""
    manager = meet(scenarios, "manager")
    manager.open("/targeting/create/")
    manager.page.locator("main [name=programme]").select_option(label="Village grant")
    manager.fill(code="village", names_en="Village grant 2026", ladder="SCORE", day=f"{date.today()}")
    manager.choose_place(HILL, VILLAGE, "areas")
    manager.confirm()
    way["campaign"] = manager.page.url
    listed = outcomes(manager, carry_out(manager, way["campaign"]))
    assert listed["On the list"] == str(RATED)
    manager.open(way["campaign"])
    manager.page.locator("main .page-actions a.button--primary").first.click()
    manager.page.locator("main [name=formula]").select_option(label="Poverty score of Sanzira")
    manager.confirm()
    carry_out(manager, way["campaign"])
    manager.open(way["campaign"])
    manager.page.locator("main .page-actions a.button--primary").first.click()
    manager.page.locator("main a[href$='/quotas/']").click()
    manager.page.fill("main [name=multiplier]", "3")
    manager.page.locator("main tbody input.amount").first.fill(str(PLACES))
    manager.press("Keep the quotas")
    found = outcomes(manager, carry_out(manager, way["campaign"]))
    assert (found["Selected"], found["Waiting list"]) == ("10", "20")
    manager.content()


def test_the_village_rejects_two_and_two_move_up(scenarios: House, meet: Meet, way: dict[str, str]) -> None:
    """The officer of the commune types what the community said, in French; the next two of the waiting list get the places."""
    manager, commune = meet(scenarios, "manager"), meet(scenarios, "commune")
    way["list"] = carry_out(manager, way["campaign"])
    commune.open(way["list"])
    commune.page.locator("main a[href*='/villages/']").first.click()
    way["village"] = commune.page.url
    for name in REJECTED:
        row = commune.page.locator("main tbody tr", has_text=name)
        row.locator("select").nth(0).select_option("REJECTED")
        row.locator("select").nth(1).select_option("not_here")
    commune.page.locator("#village button[name=others]").click()
    assert said("Saved. All others are confirmed.") in commune.notices()
    manager.open(way["list"])
    manager.page.locator("main a[href$='/close-validation/']").click()
    manager.confirm()
    found = outcomes(manager, way["list"])
    assert (found["Selected"], found["Waiting list"], found["Not selected"]) == ("10", "18", "2")
    manager.open(f"{way['list']}entries/?reason=moved_up")
    assert manager.rows() == 2 and all(name in manager.text for name in MOVED_UP)
    manager.content()
    commune.content()


def test_approval_makes_ten_active(scenarios: House, meet: Meet, way: dict[str, str]) -> None:
    """Nobody is a beneficiary before the approver agrees; then the ten who are selected are active, and no others."""
    manager, approver = meet(scenarios, "manager"), meet(scenarios, "approver")
    manager.open(way["campaign"])
    manager.page.locator("main .page-actions a.button--primary").first.click()
    manager.open(manager.page.url.replace("/carry-out/", "/leave-out/"))  # nobody appeals
    manager.confirm()
    for step in ("approve", "enrol"):
        manager.open(f"{way['campaign']}{step}/")
        manager.do_it()
        assert active(manager) == set()
        approver.decide("approve")
        manager.open(way["campaign"])
        manager.wait_until("eing carried out", gone=True)
    ranks = {number for number in range(1, PLACES + 3) if f"Rang{number:02d}" not in REJECTED}
    assert active(manager) == {f"Rang{number:02d}" for number in ranks}
    manager.content()


def active(manager: Somebody) -> set[str]:
    """The active beneficiaries of the programme, as the file of the list names them."""
    manager.open("/programmes/beneficiaries/active/?clear=1")
    if not manager.page.locator("main tbody tr").count():
        return set()
    rows = csv.DictReader(io.StringIO(manager.take_home()))
    return {row["Household or person"].split()[0] for row in rows if row["Programme"] == "Village grant"}


def test_the_printed_list_matches(scenarios: House, meet: Meet, way: dict[str, str]) -> None:
    """The village list on paper names the ten under “selected”, and the two whom the community rejected under “not selected”."""
    commune, manager = meet(scenarios, "commune"), meet(scenarios, "manager")
    commune.open(f"{way['list']}lists/".replace("/targeting/lists/", "/validation/"))
    commune.choose_place(HILL, VILLAGE)
    commune.fill(paper="PDF")
    with commune.page.expect_download() as waiting:
        commune.page.locator("main button[value=confirm]").click()
    parts = sections(waiting.value.path().read_bytes())
    assert parts["selected"] == active(manager)
    assert set(REJECTED) == parts["not selected"]
    commune.content()


def sections(content: bytes) -> dict[str, set[str]]:
    """The names on paper by the heading under which they stand, as the counts in the headings say."""
    found: dict[str, set[str]] = {}
    under = ""
    for text in (text for page in pages_of(content) for text in page):
        heading = next((word for word in HEADINGS if text.startswith(f"{said(word)} (")), "")
        under = heading or under
        if text.startswith(("Rang0", "Rang1")):
            found.setdefault(under, set()).add(text.split()[0])
    return found

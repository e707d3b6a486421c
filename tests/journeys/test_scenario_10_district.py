"""Acceptance scenario 10 at the screen: an officer of one district, in French: everything is limited to that district.

There is no API; what the files of long lists hold is asked of the same list by the worker.
"""

from collections.abc import Callable

import pytest

from tests.journeys.house import House
from tests.journeys.people import Somebody
from tests.journeys.prepare_scenarios import ELSEWHERE, MANY, OWN
from tests.journeys.village import said

pytestmark = pytest.mark.browser
Meet = Callable[..., Somebody]
MINE, OTHERS = OWN[1], ELSEWHERE[1]
LISTS = ("/people/households/", "/people/persons/", "/programmes/beneficiaries/active/", "/payments/lines/")
COUNTED = "select count(*) from registry_household h join areas_area a on a.id = h.area_id where h.retired_on is null"


def numbers(house: House, name: str) -> dict[str, int]:
    """The numbers in the addresses of one person's pages."""
    question = (
        "select p.id, h.id, f.id, l.id from registry_person p join registry_photo f on f.person_id = p.id "
        "join registry_membership m on m.person_id = p.id join registry_household h on h.id = m.household_id "
        f"join payments_payrollline l on l.payee_id = p.id where p.given_names = '{name}'"
    )
    return dict(zip(("persons", "households", "photos", "lines"), house.row(question), strict=True))


def addresses(house: House, name: str) -> list[str]:
    """Their pages, and the photo."""
    return [f"/{'payments' if kind == 'lines' else 'people'}/{kind}/{number}/" for kind, number in numbers(house, name).items()]


def test_it_works(scenarios: House, meet: Meet) -> None:
    """Lists, their files, pages and photo links: in French, and those of the own district only (pitfall S10)."""
    chief = meet(scenarios, "commune")
    for path in LISTS:
        for name, count in ((MINE, 1), (OTHERS, 0)):
            chief.search(path, name)
            assert chief.rows() == count, (path, name)
        assert chief.page.locator("html").get_attribute("lang") == "fr"
    chief.open("/payments/lines/?clear=1")
    assert "Paiements" in chief.page.locator("h1").inner_text()
    told = chief.take_home()
    assert MINE in told and OTHERS not in told
    for address in addresses(scenarios, MINE):
        assert chief.open(address).status == 200, address
    for address in addresses(scenarios, OTHERS):
        assert chief.open(address).status == 404, address
    chief.content()


def test_the_dashboard(scenarios: House, meet: Meet) -> None:
    """Counted anew by the worker: the households of the own district, and not those of the country."""
    chief, manager = meet(scenarios, "commune"), meet(scenarios, "manager")
    (mine,), (everywhere,) = scenarios.row(f"{COUNTED} and a.code like '0101%'"), scenarios.row(COUNTED)
    assert 0 < mine < everywhere
    chief.open("/dashboards/")
    chief.page.locator("main form[action$='/refresh/'] button").click()
    for somebody, shown in ((chief, f"{mine:,}".replace(",", " ")), (manager, f"{everywhere:,}")):
        somebody.open("/dashboards/")
        somebody.wait_until(shown)
    assert f"{everywhere:,}".replace(",", " ") not in chief.text
    chief.content()


def test_a_long_list_written_in_the_background(scenarios: House, meet: Meet) -> None:
    """More rows than a page waits for: the worker writes the file, of the own district alone, and it opens for nobody else."""
    chief = meet(scenarios, "commune")
    (mine,) = scenarios.row(f"{COUNTED} and a.code like '0101%'")
    assert mine >= MANY
    chief.open("/people/households/?clear=1")
    chief.page.locator("main .toolbar button[name=format][value=csv]").click()
    assert said("The file is being made. You will find it under “My work”.") in chief.notices()
    chief.open("/administration/my-work/")
    chief.wait_until(".csv")
    files = chief.page.locator("main a[href^='/files/']")
    link = files.first.get_attribute("href") or ""
    with chief.page.expect_download() as waiting:
        files.first.click()
    told = waiting.value.path().read_text("utf-8-sig")
    assert MINE in told and OTHERS not in told and len(told.strip().splitlines()) == mine + 1
    for seat in ("manager", "data", "auditor"):
        assert meet(scenarios, seat).open(link).status == 404
    chief.content()


def test_the_history(scenarios: House, meet: Meet) -> None:
    """The auditor sees each access that changed something or took something away, and who it was."""
    chief, auditor = meet(scenarios, "commune"), meet(scenarios, "auditor")
    person = f"/people/persons/{numbers(scenarios, MINE)['persons']}/"
    (newest,) = scenarios.row("select max(id) from actions_event")
    chief.open(f"{person}change/")
    chief.fill(surname="Renommée")
    chief.do_it()
    chief.open(f"{person}reveal/")
    chief.fill(reason="Appel au sujet du versement")
    chief.confirm()
    chief.open("/payments/lines/?clear=1")
    chief.take_home()
    auditor.open("/administration/history/?clear=1")
    rows = auditor.page.locator("main tbody tr", has_text="commune").all()
    seen = [int(row.locator("td").last.inner_text()) for row in rows]
    words = " ".join(row.inner_text() for row in rows)
    assert len([number for number in seen if number > newest]) == 3
    assert all(title in words for title in ("Take a list home as a file", "Reveal what is masked", "Change a person"))
    auditor.open(f"{person}?tab=history")
    assert "Lieu → Renommée" in auditor.text and "By commune." in auditor.text
    auditor.content()

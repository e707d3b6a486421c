"""What every kind of page must hold: nothing that shuts people out, little weight, nothing from elsewhere, no complaint."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser

from tests.journeys.house import ROOT, House
from tests.journeys.people import NARROW, WIDE, Somebody

pytestmark = pytest.mark.browser
Meet = Callable[..., Somebody]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
LEVELS, CONTRAST = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], ["color-contrast"]
FIRST = "tbody a[href]"
FIRST_PAGE, LATER_PAGES = 150_000, 40_000
# One of each kind: seat, address, and links to follow from there.
KINDS = (
    ("manager", "/"), ("manager", "/programmes/", FIRST), ("manager", "/programmes/", FIRST, "a[href$='/enrol/']"),
    ("commune", "/people/households/"), ("commune", "/people/households/", FIRST), ("commune", "/people/households/", FIRST, "a[href*='tab=history']"),
    ("commune", "/people/households/register/"), ("data", "/intake/", FIRST), ("data", "/intake/new/"),
    ("payments", "/payments/", FIRST), ("payments", "/payments/calculate/"), ("verifier", "/administration/my-work/"),
    ("it", "/administration/users/", FIRST), ("auditor", "/administration/history/", FIRST), ("guest", "/payments/"),
    ("commune", "/people/households/", FIRST, "a[href*='tab=past']"), ("commune", "/people/households/", FIRST, "a[href*='tab=payments']"),
    ("commune", "/people/persons/", FIRST, "a[href$='/reveal/']"), ("data", "/people/variables/", FIRST), ("data", "/people/variables/define/"),
    ("data", "/duplicates/"), ("data", "/photos/load/"), ("manager", "/filters/edit/"),
    ("manager", "/programmes/beneficiaries/active/", FIRST, "a[href$='/change-status/']"), ("manager", "/programmes/waiting/"),
    ("manager", "/benefits/", FIRST, "a[href*='/versions/']"), ("manager", "/benefits/versions/1/?tab=try"),
    ("manager", "/benefits/versions/1/?tab=history"), ("manager", "/points/"), ("payments", "/points/add/"),
    ("payments", "/payments/", FIRST, "a[href*='tab=findings']"), ("payments", "/payments/", FIRST, "a[href*='tab=points']"),
    ("payments", "/payments/", FIRST, "a[href*='tab=results']"), ("payments", "/payments/lines/", FIRST), ("payments", "/payments/incidents/"),
    ("payments", "/payments/cycles/plan/"), ("payments", "/payments/notes-and-coins/"), ("verifier", "/payments/flags/1/"),
    ("commune", "/help/"), ("commune", "/help/guide/commune/"), ("it", "/help/admin/backup/"),
    ("verifier", "/payments/flags/1/verdict/"), ("auditor", "/payments/lines/", FIRST, "a[href*='tab=history']"),
)  # fmt: skip


@dataclass
class Walked:
    """What was wrong on the pages of all kinds, each opened once: with axe, in width, and said by the browser."""

    axe: list[str] = field(default_factory=list)
    sideways: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def walked(demo: House, meet: Meet) -> Walked:
    """Every kind of page, wide and narrow, in light and dark."""
    found, known = Walked(), dict[Any, str]()
    for seat, path, *links in KINDS:
        somebody = meet(demo, seat)
        somebody.page.set_viewport_size(WIDE)
        somebody.page.emulate_media(color_scheme="light")
        answer = somebody.open(address_of(somebody, path, tuple(links), known))
        assert answer.status == (403 if seat == "guest" else 200), (seat, path, links)
        place = f"{seat} {somebody.page.url.removeprefix(demo.url)}"
        found.complaints += [f"{place}: {one}" for one in somebody.complaints]
        look_at(somebody, found, place)
        somebody.complaints.clear()  # what axe does to the page is not the page's fault
    return found


def address_of(somebody: Somebody, path: str, links: tuple[str, ...], known: dict[Any, str]) -> str:
    """Where the links lead, one after the other; each is looked for once."""
    key = (somebody.username, path, links)
    if links and key not in known:
        somebody.open(address_of(somebody, path, links[:-1], known))
        found = somebody.page.locator(f"main {links[-1]}").first.get_attribute("href") or ""
        known[key] = urljoin(somebody.page.url, found)
    return known.get(key, path)


def look_at(somebody: Somebody, found: Walked, place: str) -> None:
    """The page as it stands, in both sizes; of what axe looks for, only contrast is another thing in the dark."""
    for size, scheme in ((WIDE, "light"), (WIDE, "dark"), (NARROW, "dark"), (NARROW, "light")):
        somebody.page.set_viewport_size(size)
        somebody.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        if AXE.exists():
            found.axe += violations(somebody, f"{place} {scheme} {size['width']}", CONTRAST if scheme == "dark" else LEVELS)
        if somebody.page.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.sideways.append(f"{place} {size['width']}")


def violations(somebody: Somebody, place: str, only: list[str]) -> list[str]:
    """What axe finds on the page as it stands."""
    if not somebody.page.evaluate("() => typeof window.axe === 'object'"):
        somebody.page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = somebody.page.evaluate(
        "async only => (await axe.run(document, {runOnly: only, resultTypes: ['violations']})).violations", only
    )
    return [
        f"{place}: {one['id']} ({one['impact']}): {one['nodes'][0]['html'][:160]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def test_it_works(walked: Walked) -> None:
    """No serious or critical fault for people with a screen reader or weak eyes, in light and dark, wide and narrow."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci in frontend/")
    assert not walked.axe, "\n".join(walked.axe)


def test_no_page_scrolls_sideways(walked: Walked) -> None:
    """Wide and narrow, the page itself never scrolls to the side; tables may. Nor does the browser complain of anything."""
    assert not walked.sideways, "\n".join(walked.sideways)
    assert not walked.complaints, "\n".join(walked.complaints)


def test_sign_in_page_is_for_everybody(browser: Browser, demo: House) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci in frontend/")
    stranger = Somebody(browser, demo, "")
    stranger.open("/account/login/")
    assert not violations(stranger, "sign-in", LEVELS)
    stranger.leave()


def test_pages_are_light(browser: Browser, demo: House) -> None:
    """The first page with all that belongs to it stays under 150 kB on the line, later ones under 40 kB; nothing comes from elsewhere."""
    somebody = Somebody(browser, demo, "commune")
    line = somebody.context.new_cdp_session(somebody.page)
    line.send("Network.enable")
    received: list[float] = []
    line.on("Network.loadingFinished", lambda told: received.append(told["encodedDataLength"]))
    somebody.open("/account/login/")
    somebody.page.wait_for_load_state("networkidle")
    weights = {"/account/login/": sum(received)}
    somebody.sign_in()
    for path in ("/", "/people/households/", "/people/persons/", "/people/households/register/", "/intake/", "/payments/lines/"):
        received.clear()
        somebody.open(path)
        somebody.page.wait_for_load_state("networkidle")
        weights[path] = sum(received)
    print({path: round(weight) for path, weight in weights.items()})
    assert weights["/account/login/"] < FIRST_PAGE
    assert all(weight < LATER_PAGES for path, weight in weights.items() if path != "/account/login/"), weights
    somebody.content()
    somebody.leave()

"""What every kind of page must hold: nothing that shuts people out, little weight, nothing from elsewhere, no complaint."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser

from tests.journeys.house import ROOT, House
from tests.journeys.people import NARROW, WIDE, Somebody

pytestmark = pytest.mark.browser
Meet = Callable[..., Somebody]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
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


def reach(somebody: Somebody, path: str, links: tuple[str, ...]) -> None:
    """Open the page and follow the links."""
    answer = somebody.open(path)
    for link in links:
        found = somebody.page.locator(f"main {link}").first.get_attribute("href") or ""
        answer = somebody.open(urljoin(somebody.page.url, found))
    assert answer.status == (403 if somebody.username == "guest" else 200), (somebody.username, path, links)


def violations(somebody: Somebody, place: str) -> list[str]:
    """What axe finds on the page as it stands."""
    if not somebody.page.evaluate("() => typeof window.axe === 'object'"):
        somebody.page.evaluate(AXE.read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found: list[dict[str, Any]] = somebody.page.evaluate(
        "async tags => (await axe.run(document, {runOnly: tags, resultTypes: ['violations']})).violations", tags
    )
    return [
        f"{place}: {one['id']} ({one['impact']}): {one['nodes'][0]['html'][:160]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def test_it_works(demo: House, meet: Meet) -> None:
    """No serious or critical fault for people with a screen reader or weak eyes, in light and dark, wide and narrow."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci in frontend/")
    wrong = []
    for seat, path, *links in KINDS:
        somebody = meet(demo, seat)
        somebody.page.set_viewport_size(WIDE)
        somebody.page.emulate_media(color_scheme="light")
        reach(somebody, path, tuple(links))
        for size, scheme in ((WIDE, "light"), (WIDE, "dark"), (NARROW, "dark"), (NARROW, "light")):
            somebody.page.set_viewport_size(size)
            somebody.page.emulate_media(color_scheme=scheme)
            wrong += violations(somebody, f"{seat} {somebody.page.url.removeprefix(demo.url)} {scheme} {size['width']}")
    assert not wrong, "\n".join(wrong)


def test_sign_in_page_is_for_everybody(browser: Browser, demo: House) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci in frontend/")
    stranger = Somebody(browser, demo, "")
    stranger.open("/account/login/")
    assert not violations(stranger, "sign-in")
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


def test_no_page_scrolls_sideways(demo: House, meet: Meet) -> None:
    """Wide and narrow, the page itself never scrolls to the side; tables may."""
    wrong = []
    for seat, path, *links in KINDS:
        somebody = meet(demo, seat)
        for size in (WIDE, NARROW):
            somebody.page.set_viewport_size(size)
            reach(somebody, path, tuple(links))
            if somebody.page.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                wrong.append(f"{seat} {somebody.page.url} {size['width']}")
        somebody.content()
    assert not wrong, "\n".join(wrong)

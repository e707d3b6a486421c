"""Hostile texts in every place where somebody may type: no page of any seat makes more of them than words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser

from tests.journeys.conftest import copied
from tests.journeys.crawl import PAGE_KIND
from tests.journeys.hostile import spoil
from tests.journeys.house import House, serving
from tests.journeys.people import Somebody

pytestmark = pytest.mark.browser
SEATS = ("manager", "auditor", "data", "payments", "it")
AT_ONCE = 4
OPENED = 4  # pages of each seat that are not only read, but opened with all their scripts
# The browser reads a page as it reads every page, without running it: what stands there that no template of ours writes?
READ = """async paths => Promise.all(paths.map(async path => {
    const answer = await fetch(path), text = await answer.text();
    if (!(answer.headers.get("content-type") || "").includes("html")) return {path, status: answer.status, wrong: [], links: [], planted: false};
    const page = new DOMParser().parseFromString(text, "text/html");
    const strange = "x-hit, iframe, object, embed, base, meta[http-equiv], script:not([src^='/static/']), style, img[src='x'], math";
    const wrong = [...page.querySelectorAll("*")].filter(one => one.matches(strange) || [...one.attributes].some(
        given => /^(on|style$|srcdoc$)/i.test(given.name) || /^\\\\s*(javascript|data|vbscript):/i.test(given.value) && /href|src|action|hx-(get|post)/.test(given.name)));
    const links = [...page.querySelectorAll("a[href]")].map(one => one.getAttribute("href"));
    return {path, status: answer.status, links, wrong: wrong.map(one => one.outerHTML.slice(0, 200)), planted: text.includes("x-hit")};
}))"""


@dataclass
class Walked:
    """What was read, on how many pages hostile texts stood, and what was wrong."""

    kinds: set[str] = field(default_factory=set)
    planted: int = 0
    wrong: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def spoiled_demo(demo_as_loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A demo of its own, in which every typed text is hostile."""
    folder = copied(demo_as_loaded, tmp_path_factory, "spoiled")
    assert spoil(folder) > 150
    with serving(folder, worker=False) as house:
        yield house


def test_it_works(browser: Browser, spoiled_demo: House) -> None:
    """Nothing runs, nothing leads elsewhere, nothing is refused by the policy, no page breaks."""
    found = Walked()
    for seat in SEATS:
        somebody = Somebody(browser, spoiled_demo, seat)
        somebody.context.add_init_script("window.hit = () => { document.documentElement.dataset.hit = 'yes' }")
        somebody.page.on("dialog", lambda dialog: dialog.dismiss())
        somebody.sign_in()
        paths = read_all(somebody, found)
        for path in paths[:: max(1, len(paths) // OPENED)]:
            somebody.open(path)
            if somebody.page.locator("html[data-hit], x-hit").count():
                found.wrong.append(f"{seat} {path}: something ran")
        found.wrong += [f"{seat}: {one}" for one in somebody.complaints if "status of 4" not in one]
        somebody.leave()
    assert not found.wrong, "\n".join(found.wrong[:30])
    assert len(found.kinds) > 200 and found.planted > 150, (len(found.kinds), found.planted)


def read_all(somebody: Somebody, found: Walked) -> list[str]:
    """Every kind of page that this person can reach and nobody before has read; gives their addresses."""
    waiting, seen, paths = ["/"], set[str](), list[str]()
    while waiting:
        asked = [waiting.pop(0) for _n in range(min(AT_ONCE, len(waiting)))]
        for page in somebody.page.evaluate(READ, asked):
            note(page, somebody, found)
            if page["status"] == 200:
                paths.append(page["path"])
            for path in inside(somebody.house.url, page):
                kind = PAGE_KIND.sub("#", path)
                if kind not in seen and (kind not in found.kinds or page["path"] == "/"):
                    seen.add(kind)
                    waiting.append(path)
    return paths


def note(page: dict[str, Any], somebody: Somebody, found: Walked) -> None:
    """Keep what one page tells."""
    place = f"{somebody.username} {page['path']}"
    found.wrong += [f"{place}: {one}" for one in page["wrong"]]
    if page["status"] >= 500:
        found.wrong.append(f"{place}: {page['status']}")
    if page["status"] == 200:
        found.kinds.add(PAGE_KIND.sub("#", page["path"]))
    found.planted += page["planted"]


def inside(url: str, page: dict[str, Any]) -> Iterator[str]:
    """Where its links lead in the product; files, sorting and the next pages aside."""
    for link in page["links"]:
        address = urlsplit(urljoin(url + page["path"], link))
        foreign = f"{address.scheme}://{address.netloc}" != url
        elsewhere = foreign or re.match(r"/(files|static|help|demo/files|account/log)", address.path)
        if not elsewhere and (not address.query or address.query.startswith("tab=")):
            yield address.path + (f"?{address.query}" if address.query else "")

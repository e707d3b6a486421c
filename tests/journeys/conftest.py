"""The browser, and the installations that the journeys are made on."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.template import alone
from tests.journeys.house import COREMIS, PREPARE, House, run, serving
from tests.journeys.people import Somebody

MET: list[dict[Any, Somebody]] = []
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def chromium() -> str:
    """The Chromium of this machine, or nothing."""
    named = os.environ.get("COREMIS_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    return named if Path(named).exists() else ""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys."""
    if not chromium():
        pytest.skip("no Chromium found; COREMIS_CHROMIUM may name one")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def village(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """An installation in French that is set up, with its seats, and no family in it."""
    folder = tmp_path_factory.mktemp("village")
    run(folder, *PREPARE, "fr")
    with serving(folder) as house:
        yield house


@pytest.fixture(scope="session")
def demo_as_loaded(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a loaded demo: families, closed payrolls, and one that waits. Loaded once for all workers, and only copied."""
    base = tmp_path_factory.getbasetemp()
    made = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demo-as-loaded"
    with alone(made.with_suffix(".lock")):
        if not made.exists():
            run(fresh(made.with_suffix(".loading")), *COREMIS, "demo", "--load-only", "--households", "100")
            made.with_suffix(".loading").rename(made)
    return made


@pytest.fixture(scope="session")
def demo_folder(demo_as_loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo that many tests share."""
    return Path(shutil.copytree(demo_as_loaded, tmp_path_factory.getbasetemp() / "demo"))


@pytest.fixture(scope="module")
def own_demo(demo_as_loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A demo on which nobody else has worked, running."""
    with serving(Path(shutil.copytree(demo_as_loaded, tmp_path_factory.mktemp("own") / "demo"))) as house:
        yield house


def fresh(folder: Path) -> Path:
    """An empty folder in place of what a broken run left."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def demo(demo_folder: Path) -> Iterator[House]:
    """The demo, running."""
    with serving(demo_folder) as house:
        yield house


@pytest.fixture(scope="module")
def meet(browser: Browser) -> Iterator[Callable[..., Somebody]]:
    """``meet(house, "data")``: that person, signed in; the same one again in the same module."""
    met: dict[Any, Somebody] = {}
    MET.append(met)

    def somebody(house: House, username: str, **options: Any) -> Somebody:
        key = (house.url, username, repr(options))
        if key not in met:
            met[key] = Somebody(browser, house, username, **options).sign_in()
        return met[key]

    yield somebody
    MET.remove(met)
    for one in met.values():
        one.leave()


@pytest.fixture(scope="session")
def story() -> dict[str, Any]:
    """What the steps of the long journey hand on to each other."""
    return {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: "pytest.CallInfo[None]") -> Any:
    """After a failure: what stood on every page at that moment."""
    report = yield
    if report.when == "call" and report.failed and "meet" in getattr(item, "fixturenames", ()):
        for person in (one for met in MET for one in met.values()):
            shown = person.page.evaluate("() => (document.querySelector('main') || document.body).innerText")
            report.sections.append((f"{person.username} at {person.page.url}", f"{shown[:900]}\n{person.complaints}"))
    return report

"""The browser, and the installations that the journeys are made on."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.template import alone
from tests.journeys.house import COREMIS, PAYDAY, PREPARE, SCENARIOS, House, run, serving
from tests.journeys.people import Somebody

MET: list[dict[Any, Somebody]] = []
SESSIONS: dict[tuple[str, str], Any] = {}
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
def prepared(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """``prepared("demo", command, ...)``: the folder of an installation that this made, once for all workers; it is only copied."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def folder(name: str, *command: str, begin: Path | None = None) -> Path:
        made, making = shared / f"{name}-as-made", shared / f"{name}.making"
        with alone(shared / f"{name}.lock"):
            if not made.exists():
                shutil.rmtree(making, ignore_errors=True)  # of a broken run
                shutil.copytree(begin, making) if begin else making.mkdir()
                run(making, *command)
                making.rename(made)
        return made

    return folder


@pytest.fixture(scope="session")
def country(prepared: Callable[..., Path]) -> Path:
    """An installation that is set up, with its seats in French, and no family in it."""
    return prepared("country", *PREPARE, "fr")


@pytest.fixture(scope="session")
def village(country: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The country without families, running; what the long journey leaves in it, its next file goes on with."""
    with serving(copied(country, tmp_path_factory, "village")) as house:
        yield house


@pytest.fixture(scope="session")
def scenarios(prepared: Callable[..., Path], country: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The installation of the acceptance scenarios, running; each of them has places and programmes of its own."""
    with serving(copied(prepared("scenarios", *SCENARIOS, begin=country), tmp_path_factory, "scenarios")) as house:
        yield house


@pytest.fixture(scope="session")
def payday_folder(country: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int], Path]:
    """``payday_folder("fr", 200)``: an installation with so many payments in payment, a new one each time."""

    def folder(language: str, lines: int) -> Path:
        made = copied(country, tmp_path_factory, "payday")
        run(made, *PAYDAY, language, str(lines))
        return made

    return folder


@pytest.fixture(scope="session")
def demo_as_loaded(prepared: Callable[..., Path]) -> Path:
    """The folder of a loaded demo: families, closed payrolls, and one that waits."""
    return prepared("demo", *COREMIS, "demo", "--load-only", "--households", "100")


@pytest.fixture(scope="session")
def demo_folder(demo_as_loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo that many tests share."""
    return copied(demo_as_loaded, tmp_path_factory, "demo")


@pytest.fixture(scope="module")
def own_demo(demo_as_loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A demo on which nobody else has worked, running."""
    with serving(copied(demo_as_loaded, tmp_path_factory, "own-demo")) as house:
        yield house


def copied(folder: Path, tmp_path_factory: pytest.TempPathFactory, name: str) -> Path:
    """A copy to work on."""
    return Path(shutil.copytree(folder, tmp_path_factory.mktemp(name) / "data"))


@pytest.fixture(scope="session")
def demo(demo_folder: Path) -> Iterator[House]:
    """The demo, running."""
    with serving(demo_folder) as house:
        yield house


@pytest.fixture(scope="module")
def meet(browser: Browser) -> Iterator[Callable[..., Somebody]]:
    """``meet(house, "data")``: that person, signed in; the same one again in the same module, and the same session in the next."""
    met: dict[Any, Somebody] = {}
    MET.append(met)

    def somebody(house: House, username: str, **options: Any) -> Somebody:
        key, who = (house.url, username, repr(options)), (house.url, username)
        if key not in met:
            met[key] = Somebody(browser, house, username, **options, storage_state=SESSIONS.get(who))
            met[key].come_in()
            SESSIONS[who] = met[key].context.storage_state()
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

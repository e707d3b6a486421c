"""Takes the pictures of the guide's page “Five things to try” from a demo of its own.

Run by hand, and again whenever pages change: ``python -m tests.journeys.guide_pictures docs/images [households]``.
"""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urljoin

import django
from playwright.sync_api import sync_playwright

from coremis.project.demo.prepared import FAULTS_FILE, PROVIDER_FILE
from tests.journeys.conftest import ARGUMENTS, chromium
from tests.journeys.house import COREMIS, House, run, serving
from tests.journeys.people import Somebody

SIZE = {"width": 1080, "height": 620}
SCORE = "a[href*='/scoring/scores/']"


def main(folder: Path, households: str) -> None:
    """Load, serve, and take one picture after the other, in English."""
    with TemporaryDirectory() as data:
        run(Path(data), *COREMIS, "demo", "--load-only", "--households", households)
        with serving(Path(data)) as house, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
            somebody = Somebody(browser, house, "manager", size=SIZE, locale="en-GB").sign_in()
            take_all(somebody, house, folder)


def take_all(somebody: Somebody, house: House, folder: Path) -> None:
    """The card on the home page, then one picture for each thing."""
    page = somebody.page
    somebody.open("/demo/things/")
    page.screenshot(path=folder / "five-things.png")
    begin(somebody, 1)
    follow(somebody, SCORE)
    page.locator("main .panel", has=page.locator("table")).last.screenshot(path=folder / "five-1-score.png")
    begin(somebody, 2)
    follow(somebody, "a[href*='/approvals/']:has-text('payroll')")
    follow(somebody, "a[href*='undecided=yes']")
    follow(somebody, "tbody a")
    follow(somebody, "a[href$='/verdict/']")
    page.screenshot(path=folder / "five-2-verdict.png")
    begin(somebody, 3)
    send(somebody, house, FAULTS_FILE)
    somebody.confirm()
    somebody.wait_until("To correct")
    follow(somebody, "a[href$='/correct/']")
    page.screenshot(path=folder / "five-3-faults.png")
    begin(somebody, 4)
    somebody.open(f"{page.url}results/")
    send(somebody, house, PROVIDER_FILE)
    follow(somebody, "a[href$='/check/']")
    somebody.confirm()
    somebody.wait_for_status("checked")
    page.screenshot(path=folder / "five-4-floods.png")
    begin(somebody, 5)
    page.screenshot(path=folder / "five-5-payment.png")


def begin(somebody: Somebody, number: int) -> None:
    """The button of one thing."""
    somebody.open("/demo/things/")
    with somebody.page.expect_navigation():
        somebody.page.locator("main form[action='/demo/seat/'] button").nth(number - 1).click()


def follow(somebody: Somebody, link: str) -> None:
    """The first link like this on the page."""
    address = somebody.page.locator(f"main {link}").first.get_attribute("href") or ""
    somebody.open(urljoin(somebody.page.url, address))


def send(somebody: Somebody, house: House, name: str) -> None:
    """Send one of the prepared files."""
    if "/payments/" not in somebody.page.url:
        somebody.open("/intake/new/")
    somebody.page.set_input_files("main input[type=file]", house.folder / name)
    somebody.confirm()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coremis.project.settings")
    django.setup()
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "600")

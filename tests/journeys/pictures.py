"""Takes a picture of each main page, wide and narrow, from a demo of its own.

Run by hand: ``python -m tests.journeys.pictures FOLDER [language] [households]``.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urljoin

from playwright.sync_api import Browser, sync_playwright

from tests.journeys.conftest import ARGUMENTS, chromium
from tests.journeys.house import COREMIS, House, run, serving
from tests.journeys.people import NARROW, WIDE, Somebody

FIRST = "tbody a[href]"
# name, seat, address, then links to follow: a part of an address, or the first link of the table
PAGES = (
    ("home-manager", "manager", "/"), ("home-approver", "approver", "/"), ("home-auditor", "auditor", "/"), ("home-commune", "commune", "/"),
    ("home-data", "data", "/"), ("home-payments", "payments", "/"), ("home-it", "it", "/"), ("home-guest", "guest", "/"),
    ("my-work", "approver", "/administration/my-work/"), ("to-decide", "approver", "/administration/my-work/", "a[href*='/approvals/']"),
    ("households", "commune", "/people/households/"), ("household", "commune", "/people/households/", FIRST),
    ("household-history", "auditor", "/people/households/", FIRST, "a[href*='tab=history']"),
    ("register-household", "commune", "/people/households/register/"), ("change-household", "commune", "/people/households/", FIRST, "a[href$='/change/']"),
    ("persons", "data", "/people/persons/"), ("person", "data", "/people/persons/", FIRST),
    ("imports", "data", "/intake/"), ("new-import", "data", "/intake/new/"), ("import", "data", "/intake/", FIRST),
    ("programmes", "manager", "/programmes/"), ("programme", "manager", "/programmes/", FIRST), ("enrol", "manager", "/programmes/", FIRST, "a[href$='/enrol/']"),
    ("beneficiaries", "manager", "/programmes/beneficiaries/active/"), ("beneficiary", "manager", "/programmes/beneficiaries/suspended/", FIRST),
    ("payrolls", "payments", "/payments/"), ("payroll", "payments", "/payments/", FIRST), ("payroll-closed", "payments", "/payments/", "tbody tr:last-child a"),
    ("payroll-lines", "payments", "/payments/", "tbody tr:last-child a", "a[href*='tab=lines']"), ("calculate", "payments", "/payments/calculate/"),
    ("payment", "payments", "/payments/lines/", FIRST), ("results", "payments", "/payments/results/", FIRST), ("funds", "accountant", "/payments/funds/", FIRST),
    ("cycles", "payments", "/payments/cycles/"), ("add-cycle", "payments", "/payments/cycles/add/"), ("accounts", "accountant", "/ledger/"), ("statement", "accountant", "/ledger/", FIRST),
    ("areas", "it", "/administration/areas/"), ("users", "it", "/administration/users/"), ("user", "it", "/administration/users/", FIRST),
    ("profiles", "it", "/administration/profiles/"), ("routes", "it", "/administration/routes/"), ("route", "it", "/administration/routes/", FIRST),
    ("jobs", "it", "/administration/work/"), ("history", "auditor", "/administration/history/"), ("event", "auditor", "/administration/history/", FIRST),
    ("refused", "guest", "/payments/"),
)  # fmt: skip


def main(folder: Path, language: str, households: str) -> None:
    """Load, serve, look at everything in both sizes."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as data:
        run(Path(data), *COREMIS, "demo", "--load-only", "--households", households)
        with serving(Path(data)) as house, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
            take_sign_in(browser, house, folder)
            for seat in dict.fromkeys(page[1] for page in PAGES):
                take_seat(browser, house, folder, seat, language)


def take_sign_in(browser: Browser, house: House, folder: Path) -> None:
    """The page before all others."""
    stranger = Somebody(browser, house, "")
    stranger.open("/")
    stranger.page.screenshot(path=folder / "sign-in-wide.png")


def take_seat(browser: Browser, house: House, folder: Path, seat: str, language: str) -> None:
    """All pages of one person."""
    person = Somebody(browser, house, seat).sign_in()
    person.choose_language(language)
    for name, _seat, path, *links in (page for page in PAGES if page[1] == seat):
        person.page.set_viewport_size(WIDE)
        person.open(path)
        for link in links:
            found = person.page.locator(f"main {link}")
            if found.count():
                person.open(urljoin(person.page.url, found.first.get_attribute("href") or ""))
            else:
                print(f"{name}: no link {link} on {person.page.url}")
        person.page.screenshot(path=folder / f"{name}-wide.png")
        person.page.set_viewport_size(NARROW)
        person.page.screenshot(path=folder / f"{name}-narrow.png")
    person.leave()


if __name__ == "__main__":
    given = sys.argv[1:]
    main(Path(given[0]), given[1] if len(given) > 1 else "en", given[2] if len(given) > 2 else "600")

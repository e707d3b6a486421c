"""Somebody at a browser: signs in, opens pages, fills forms, and notices what the browser complains about."""

import re
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests.journeys.house import House

PATIENCE = 30_000  # milliseconds; only a failure takes as long, or a machine that does much else
PASSWORD = "Sanzira-2026"  # of all demo seats: see coremis.project.demo.seats
WIDE, NARROW = {"width": 1366, "height": 768}, {"width": 360, "height": 740}
REFUSED = re.compile(r"the server responded with a status of (403|404|422)")


def single_blanks(text: str) -> str:
    """The text with every blank, also those that do not break, as one plain blank."""
    return re.sub(r"\s+", " ", text)


class Somebody:
    """One person with a browser of their own (cookies, tabs), signed in to one installation."""

    def __init__(self, browser: Browser, house: House, username: str, *, size: dict[str, int] | None = None, **options: Any) -> None:
        self.house, self.username = house, username
        self.complaints: list[str] = []
        self.context: BrowserContext = browser.new_context(
            base_url=house.url, viewport=size or WIDE, accept_downloads=True, **{"locale": "fr-FR", "reduced_motion": "reduce", **options}
        )
        self.context.set_default_timeout(PATIENCE)
        self.context.on("page", self.watch)
        self.page: Page = self.context.new_page()

    def watch(self, page: Page) -> None:
        """Note script errors, policy violations and requests to other places; a refusal that a test asks for is none."""
        page.on("console", lambda told: told.type == "error" and not REFUSED.search(told.text) and self.complaints.append(told.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda asked: self.note_request(asked.url))

    def note_request(self, url: str) -> None:
        """Nothing may leave the origin."""
        if not url.startswith((self.house.url, "data:", "about:", "blob:")):
            self.complaints.append(f"a request to {urlsplit(url).netloc}")

    def sign_in(self) -> "Somebody":
        """Through the sign-in page."""
        self.page.goto("/account/login/")
        self.page.fill("input[name=login]", self.username)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_selector("nav.side")
        return self

    def come_in(self) -> None:
        """The home page; through the sign-in page where there is no session yet, or no longer."""
        self.page.goto("/")
        if not self.page.locator("nav.side").count():
            self.sign_in()

    def choose_language(self, language: str) -> None:
        """In the top bar; it stays with the account."""
        chosen = self.page.locator(f"header button[name=language][value='{language}']")
        with self.page.expect_navigation():
            chosen.evaluate("button => button.click()")

    def open(self, path: str) -> Response:
        """A page by its address."""
        answer = self.page.goto(path)
        assert answer is not None
        return answer

    def follow(self, words: str) -> None:
        """A link of the menu or a button that leads somewhere, by its words."""
        self.page.locator("nav.side, main").get_by_role("link", name=words, exact=True).first.click()

    def press(self, words: str) -> None:
        """A button by its words."""
        self.page.locator("main").get_by_role("button", name=words).first.click()

    def fill(self, **typed: str) -> None:
        """Fields by their names, as people would: text is typed, choices are chosen, places are searched and ticked."""
        for name, text in typed.items():
            control = self.page.locator(f"main [name='{name}']").first
            if control.evaluate("one => one.tagName") == "SELECT":
                control.select_option(text)
            else:
                control.fill(text)

    def choose_place(self, code: str, shown: str, name: str = "area") -> None:
        """Type a place's code and take the one that appears."""
        self.page.locator(f"main [name='{name}_text']").press_sequentially(code)
        self.page.locator(f"main .choices label:has([name='{name}'])").filter(has_text=shown).first.click()

    def confirm(self) -> None:
        """The button that does it, on the page that says what will happen."""
        with self.page.expect_navigation():
            self.page.locator("main button[name=step][value=confirm]").first.click()

    def see_what_will_happen(self) -> str:
        """The button before it; gives what the page says."""
        with self.page.expect_navigation():
            self.page.locator("main button[name=step][value=preview]").click()
        return self.text

    def do_it(self) -> str:
        """Look at what will happen, and let it happen; gives what was shown before."""
        shown = self.see_what_will_happen()
        self.confirm()
        return shown

    def decide(self, verdict: str, note: str = "") -> str:
        """The first thing under “My work” that waits for this person; gives what the page of the request said."""
        self.open("/administration/my-work/")
        self.page.locator("main section").first.locator("tbody a[href*='/approvals/']").first.click()
        self.page.wait_for_selector("textarea[name=note]")
        shown = self.text
        self.page.fill("textarea[name=note]", note)
        with self.page.expect_navigation():
            button = f"button[formaction$='/{verdict}/']" if verdict != "approve" else "button.button--primary"
            self.page.locator(f"main form {button}").click()
        return shown

    def own_request(self) -> str:
        """The address of the newest request of this person's own that waits for others."""
        self.open("/administration/my-work/")
        found = self.page.locator("main tbody a[href*='/approvals/']")
        return found.last.get_attribute("href") or ""

    def try_to_decide(self, request: str) -> tuple[int, str]:
        """Approve a request without a button for it, as somebody would who knows the address; the answer and its sentence."""
        answer = self.page.evaluate(
            """async ([address, key]) => {
                const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
                const answer = await fetch(address, {method: "POST", headers: {"X-CSRFToken": token},
                    body: new URLSearchParams({key, step: "confirm", note: ""})});
                return [answer.status, await answer.text()];
            }""",
            [f"{request}approve/", "a-key-of-my-own"],
        )
        return int(answer[0]), re.sub(r"<[^>]*>|\s+", " ", answer[1])

    @property
    def text(self) -> str:
        """What stands in the middle of the page, blanks as single blanks."""
        return single_blanks(self.page.locator("main").inner_text())

    def menu(self) -> dict[str, str]:
        """The side menu: words and address."""
        links = self.page.locator("nav.side a").all()
        return {re.sub(r"\s+\d+$", "", link.inner_text().strip()): link.get_attribute("href") or "" for link in links}

    def search(self, path: str, words: str) -> list[str]:
        """Type words into the search of a list; gives the addresses of what is found."""
        self.open(f"{path}?clear=1")
        self.page.locator("main form.filters input[type=search]").first.fill(words)
        with self.page.expect_response(lambda answer: answer.request.method == "POST" or "?q=" in answer.url):
            self.page.keyboard.press("Enter")
        self.page.locator("main .chip--on, main .empty").first.wait_for()
        return [link.get_attribute("href") or "" for link in self.page.locator(f"main tbody td a[href^='{path}']").all()]

    def rows(self) -> int:
        """How many rows the list says that it has."""
        return int(re.sub(r"\D", "", self.page.locator("main .count strong").inner_text()))

    def take_home(self) -> str:
        """The list as a CSV file."""
        with self.page.expect_download() as waiting:
            self.page.locator("main .toolbar button[name=format][value=csv]").click()
        return waiting.value.path().read_text("utf-8-sig")

    def notices(self) -> str:
        """What the page says at its top."""
        return single_blanks(" ".join(self.page.locator("main .notice").all_inner_texts()))

    def wait_until(self, words: str, seconds: int = 60, gone: bool = False) -> None:
        """Load the page again until it says this, or says it no longer: long work is done by the worker."""
        for _attempt in range(seconds * 4):
            if (words in self.text) is not gone:
                return
            self.page.wait_for_timeout(250)
            self.page.reload()
        raise AssertionError(f"“{words}” did not {'go' if gone else 'appear'} on {self.page.url}:\n{self.text[:2000]}")

    def wait_for_status(self, *words: str, seconds: int = 60) -> None:
        """Load the page again until the status beside its title is one of these."""
        said = ""
        for _attempt in range(seconds * 4):
            said = self.page.locator(".page-head .status").first.inner_text().strip()
            if said in words:
                return
            self.page.wait_for_timeout(250)
            self.page.reload()
        raise AssertionError(f"“{said}” instead of {words} on {self.page.url}:\n{self.text[:2000]}")

    def content(self) -> None:
        """Nothing was complained about."""
        assert not self.complaints, f"{self.username}: {self.complaints}"

    def leave(self) -> None:
        """Close the browser."""
        self.context.close()

"""A file that takes longer on its way than a session may lie idle: the page waits for it, and a page left alone still ends."""

from pathlib import Path

import pytest

from tests.architecture.sources import PRODUCT

pytestmark = [pytest.mark.browser, pytest.mark.no_database]
SCRIPT = PRODUCT / "kernel" / "screens" / "static" / "screens" / "built" / "app.js"
PAGE = """<!doctype html><html data-user="1" data-idle-minutes="15" data-stay="/stay/"><head><script src="/app.js" defer></script></head>
<body><iframe name="away"></iframe><form method="post" action="/sent/" target="away" enctype="multipart/form-data">
<input type="file" name="file"><button>Send</button></form></body></html>"""
MINUTE = 60_000


@pytest.fixture
def page(browser):
    """A page with the product's script; what is sent never arrives, in a frame, since the clock stands still for a page that leaves."""
    page = browser.new_page()
    page.asked = []

    def answer(route):
        if route.request.url.endswith("/app.js"):
            route.fulfill(body=SCRIPT.read_text(encoding="utf-8"), content_type="text/javascript")
        elif route.request.method != "POST":
            route.fulfill(body=PAGE, content_type="text/html")

    page.on("request", lambda asked: page.asked.append(f"{asked.method} {asked.url.partition('example.org')[2]}"))
    page.route("**/*", answer)
    page.clock.install()
    page.goto("http://mis.example.org/import/")
    yield page
    page.close()


def send(page, megabytes: int, folder: Path) -> None:
    file = folder / "list.csv"
    file.write_bytes(b"x" * (megabytes << 20))
    page.set_input_files("input", file)
    with page.expect_request("**/sent/"):
        page.get_by_role("button", name="Send").click(no_wait_after=True)


def test_it_works(page):
    """Left alone for longer than allowed, the page leaves the screen."""
    with page.expect_request("**/import/"):
        page.clock.run_for(16 * MINUTE)
    assert page.asked.count("GET /import/") == 2 and "HEAD /stay/" not in page.asked


def test_a_large_file_on_a_slow_line_is_waited_for(page, tmp_path):
    send(page, 20, tmp_path)
    page.clock.run_for(40 * MINUTE)
    assert "POST /sent/" in page.asked and page.asked.count("GET /import/") == 1
    assert page.asked.count("HEAD /stay/") >= 20


def test_but_not_for_ever(page, tmp_path):
    """One megabyte arrives on any line within minutes: then the machine counts as left alone."""
    send(page, 1, tmp_path)
    with page.expect_request("**/import/"):
        page.clock.run_for(40 * MINUTE)

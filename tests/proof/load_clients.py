"""The people of ``under_load``: each walks through the pages of a seat at random, as fast as somebody who reads a little."""

import random
import re
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

PAUSE = (0.5, 2.5)  # seconds between two clicks
TIMEOUT = 60
LINK = re.compile(r'href="(/[^"#]*)"')
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
LEFT_ALONE = re.compile(r"^/(account|files|static|language|help)/|/export/|sign-out|logout|\.(svg|csv|xlsx|pdf)")


@dataclass
class Seen:
    """Seconds by kind of page, and what was not as it should be."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    problems: list[str] = field(default_factory=list)


class Visitor(threading.Thread):
    """Somebody with a browser of their own, from signing in until the time is over."""

    def __init__(self, url: str, username: str, password: str, until: float, seed: int) -> None:
        super().__init__(name=username, daemon=True)
        self.url, self.password, self.until, self.seen = url, password, until, Seen()
        self.chance = random.Random(seed)
        self.browser = build_opener(HTTPCookieProcessor(CookieJar()))

    def run(self) -> None:
        """Sign in, then click."""
        page = self.take("/account/login/")
        token = TOKEN.search(page)
        sent = {"login": self.name, "password": self.password, "csrfmiddlewaretoken": token[1] if token else ""}
        page = self.take("/account/login/", urlencode(sent).encode())
        if 'name="password"' in page:
            self.seen.problems.append(f"{self.name} could not sign in")
            return
        page = self.take("/")
        while time.monotonic() < self.until:
            links = [link for link in LINK.findall(page) if not LEFT_ALONE.search(link)]
            page = self.take(self.chance.choice(links).replace("&amp;", "&") if links else "/")
            time.sleep(self.chance.uniform(*PAUSE))

    def take(self, address: str, data: bytes | None = None) -> str:
        """One page; how long it took is kept, and a fault is a problem."""
        began, text = time.monotonic(), ""
        request = Request(urljoin(self.url, address), data, {"Referer": self.url})
        try:
            with self.browser.open(request, timeout=TIMEOUT) as answer:
                text = answer.read().decode("utf-8", "replace")
        except HTTPError as error:
            if error.code not in (403, 404):  # what was listed a moment ago may be gone, or closed to this seat
                self.seen.problems.append(f"{self.name} {kind_of(address)}: {error.code}")
        except (URLError, TimeoutError, OSError) as error:
            self.seen.problems.append(f"{self.name} {kind_of(address)}: {error}")
        self.seen.seconds[kind_of(address)].append(time.monotonic() - began)
        return text


def kind_of(address: str) -> str:
    """The address without numbers and filters."""
    return re.sub(r"\d+", "n", urlsplit(address).path)


def percentile(seconds: list[float], part: float) -> float:
    """The value below which this part lies; 0 for none."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0

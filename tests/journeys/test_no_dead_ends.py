"""Nothing on a page leads where its reader is refused: each link that a seat is shown opens for that seat."""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import urljoin

import pytest

from tests.journeys.house import House
from tests.journeys.people import Somebody

pytestmark = pytest.mark.browser
LINK = re.compile(r'href="([^"#]+)"')
ELSEWHERE = ("/static/", "/account/", "/help/")
MOST = 260  # pages of one seat; one of each kind is opened


def kind_of(address: str) -> str:
    """Addresses of one page about different records are of one kind; each filter of a list is one, too."""
    path, _mark, query = address.partition("?")
    names = sorted(part.partition("=")[0] for part in query.split("&") if part)
    return re.sub(r"\d+", "N", path) + "?" + "&".join(names)


def refused(somebody: Somebody, base: str) -> list[str]:
    """Where the pages of a seat lead and do not open, with the page that leads there. Pages are fetched, not drawn."""
    waiting, found, kinds = [("/", "")], [], set()
    while waiting and len(kinds) < MOST:
        address, origin = waiting.pop(0)
        if kind_of(address) in kinds:
            continue
        kinds.add(kind_of(address))
        answer = somebody.page.request.get(base + address)
        if answer.status >= 400:
            found.append(f"{address} ({answer.status}) from {origin}")
        elif "text/html" in answer.headers.get("content-type", ""):
            links = (urljoin(address, unescape(link)) for link in LINK.findall(answer.text()))
            waiting += [(link, address) for link in links if link.startswith("/") and not link.startswith(ELSEWHERE)]
    assert len(kinds) > 30, "the walk ended at the door"
    return found


@pytest.mark.parametrize("seat", ["commune", "accountant", "it"])
def test_it_works(demo: House, meet: Callable[..., Somebody], seat: str) -> None:
    assert not (found := refused(meet(demo, seat), demo.url)), "\n".join(found)

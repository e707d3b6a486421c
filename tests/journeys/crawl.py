"""Every page a person can reach, read as plain pages: the menu, lists, the first rows, tabs, buttons, and empty forms sent."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests.journeys.people import PASSWORD

SILENT = {"script", "style", "template"}
SHOWN_ATTRIBUTES = ("placeholder", "title", "aria-label", "alt", "label", "data-label")
PAGE_KIND = re.compile(r"\d+")


class Reading(HTMLParser):
    """One page: the texts a person sees or hears, the links, and the forms."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.links: list[str] = []
        self.forms: list[dict[str, str]] = []
        self.language: list[str] = []
        self.token = ""
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note what an element says by its attributes."""
        given = {name: value or "" for name, value in attributes}
        self._open.append(tag)
        if tag in {"button", "summary"} and given.get("name") == "language":
            self._open[-1] = "language"
        self.texts += [given[name] for name in SHOWN_ATTRIBUTES if given.get(name)]
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag == "form" and given.get("method") == "post":
            self.forms.append({"action": given.get("action", ""), "css": given.get("class", "")})
        if tag == "input" and given.get("name") == "csrfmiddlewaretoken":
            self.token = given["value"]
        elif tag == "input" and given.get("type") == "hidden" and self.forms:
            self.forms[-1][given.get("name", "")] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """Close it, and what stands open inside it (elements without an end)."""
        names = [*reversed(self._open)]
        place = next(
            (place for place, name in enumerate(names) if name == tag or (name == "language" and tag in {"button", "summary"})), None
        )
        if place is not None:
            del self._open[len(names) - 1 - place :]

    def handle_data(self, data: str) -> None:
        """A text on the page; notices that wait in a template are texts as well."""
        if data.strip() and not {"script", "style", "language"} & set(self._open):
            self.texts.append(" ".join(data.split()))


class Visitor:
    """A person without scripts."""

    def __init__(self, url: str, username: str, language: str) -> None:
        self.url, self.username = url, username
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))
        page = self.read("/account/login/")
        page = self.read("/account/login/", {"csrfmiddlewaretoken": page.token, "login": username, "password": PASSWORD})
        self.read("/language/", {"csrfmiddlewaretoken": page.token, "language": language, "next": "/"})

    def read(self, path: str, typed: dict[str, str] | None = None) -> Reading:
        """A page, by GET, or by POST with what was typed; refusals are pages too, our own faults are not."""
        address = urljoin(self.url, path)
        content = urlencode(typed).encode() if typed is not None else None
        try:
            answer = self.opener.open(Request(address, content, {"Referer": address}), timeout=30)
        except HTTPError as problem:
            assert problem.code < 500, f"{self.username} {path}: {problem.code}"
            answer = problem
        with answer:
            html = "html" in (answer.headers.get("Content-Type") or "")
            return Reading(answer.read().decode() if html else "")

    def pages(self, of_each_kind: int = 2) -> Iterator[tuple[str, Reading]]:
        """Every page from the home page on, some of each kind (the same address but for its numbers), each form sent once."""
        seen: dict[str, int] = {}
        waiting = ["/"]
        while waiting:
            path = waiting.pop(0)
            kind = PAGE_KIND.sub("#", path)
            if seen.get(kind, 0) >= of_each_kind or path in seen:
                continue
            seen[kind] = seen.get(kind, 0) + 1
            seen[path] = max(seen.get(path, 0), 1)
            page = self.read(path)
            yield path, page
            waiting += [found for link in page.links if (found := self.inside(path, link))]
            if seen[kind] == 1:
                yield from self.sent(path, page)

    def sent(self, path: str, page: Reading) -> Iterator[tuple[str, Reading]]:
        """The forms of an action, looked at without anything typed: what is missing is said in words."""
        for form in page.forms:
            if form["css"] == "form" or "stack" in form["css"]:
                typed = {name: value for name, value in form.items() if name not in {"action", "css"}}
                yield f"{path} (sent)", self.read(form["action"] or path, {**typed, "csrfmiddlewaretoken": page.token, "step": "preview"})

    def inside(self, path: str, link: str) -> str:
        """The address of a link that leads to another page of the product; nothing for files, sorting and the next pages.

        Nor for the documents of the help: their words and languages are checked beside them (modules/help/tests).
        """
        address = urlsplit(urljoin(urljoin(self.url, path), link))
        asked = address.query
        foreign = f"{address.scheme}://{address.netloc}" != self.url
        if (
            foreign
            or address.path.startswith(("/files/", "/static/", "/account/log", "/help/"))
            or (asked and not asked.startswith("tab="))
        ):
            return ""
        return address.path + (f"?{asked}" if asked else "")

"""The pages of the help. Whoever is signed in may read all of it: it holds no data of anybody."""

from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.seats import SEATS
from coremis.kernel.screens.screen import Screen
from coremis.modules.help.library import ENGLISH, PARTS, PICTURES, Page, pages, pictures, reader_language, shown_pages
from coremis.modules.help.search import search

A_DAY = "private, max-age=86400"
LONGEST_QUESTION = 80


class HelpIndex(Screen):
    """The start: the guides of the reader's own seats, then every part."""

    methods = ("GET", "HEAD")

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """All pages, part by part."""
        return render(request, "help/index.html", {"title": str(self.title), "mine": guides_of(request), "parts": parts()})


class HelpPage(Screen):
    """One document, with the other pages of its part beside it."""

    methods = ("GET", "HEAD")

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The document in the reader's language where it exists, else in English, and then it says so."""
        page = pages().get(kwargs["page"])
        if page is None or not page.is_shown():
            raise Http404
        language = reader_language()
        shown = page.language(language)
        context = {
            "document": page.document(language), "page": page, "part": PARTS[page.part], "language": shown,
            "only_english": shown == ENGLISH != language, "beside": entries(one for one in shown_pages() if one.part == page.part),
        }  # fmt: skip
        return render(request, "help/page.html", context)


class HelpSearch(Screen):
    """What was found for a few words."""

    methods = ("GET", "HEAD")

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The best pages; no words, no pages."""
        asked = request.GET.get("words", "").strip()[:LONGEST_QUESTION]
        hits = search(asked, reader_language())
        return render(request, "help/search.html", {"title": str(self.title), "asked": asked, "hits": hits})


class HelpPicture(Screen):
    """A picture of a document."""

    methods = ("GET", "HEAD")

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The file as it lies beside the document; kept by the browser for a day."""
        path = pictures().get(kwargs["picture"])
        if path is None:
            raise Http404
        sent = HttpResponse(path.read_bytes(), content_type=PICTURES[path.suffix])
        sent["Cache-Control"] = A_DAY
        sent["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
        return sent


def guides_of(request: HttpRequest) -> list[dict[str, str]]:
    """The guides of the reader's seats; without a seat the one for guests."""
    user: Any = request.user
    codes = [code for code in SEATS if code in user.profile_codes()] or ["guest"]
    return entries(page for code in codes if (page := pages().get(f"guide/{code}")))


def parts() -> list[dict[str, Any]]:
    """Every part with its pages."""
    grouped = groupby(shown_pages(), lambda page: page.part)
    return [{"title": PARTS[part], "pages": entries(found)} for part, found in grouped]


def entries(found: Any) -> list[dict[str, str]]:
    """Pages as a list of links, titled in the reader's language."""
    language = reader_language()
    return [entry(page, language) for page in found]


def entry(page: Page, language: str) -> dict[str, str]:
    """One link; `language` says in which language the page is, where that is not the reader's."""
    shown = page.language(language)
    return {"path": page.path, "url": page.url, "title": page.document(language).title, "language": "" if shown == language else shown}


help_index = HelpIndex(permission=None, title=_("Help"))
help_page = HelpPage(permission=None, title=_("Help"))
help_search = HelpSearch(permission=None, title=_("Search the help"))
help_picture = HelpPicture(permission=None, title=_("Picture"))

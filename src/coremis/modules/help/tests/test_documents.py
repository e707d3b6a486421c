"""The documents themselves: every one renders, its links arrive, and nothing in it can do harm."""

import re

from django.urls import get_resolver

from coremis.modules.help import library
from coremis.modules.help.explained import address_for, explanations
from coremis.modules.help.library import PARTS, pages, pictures
from coremis.modules.help.markdown import render

LINK = re.compile(r'(?:href|src)="([^"]*)"')
HARM = re.compile(r"<(script|style|iframe|form|object)\b|<[^>]*\s(on\w+|style)=|<[^>]*javascript:", re.I)


def shown():
    """Every document in every language it exists in."""
    return [(page, code, page.document(code)) for page in pages().values() for code, _file in page.files]


def test_it_works():
    """Every part has an index, which comes first, and every document a title."""
    paths = list(pages())
    assert [path for path in paths if path.endswith("/index")] == [f"{part}/index" for part in PARTS]
    assert all(next(path for path in paths if path.startswith(part)) == f"{part}/index" for part in PARTS)
    assert [page.path for page, _code, document in shown() if not document.title] == []


def test_links_and_pictures_arrive():
    """Also the part after #, where the page is in the same language."""
    wrong = []
    for page, code, document in shown():
        for target in LINK.findall(document.html):
            path, _mark, anchor = target.partition("#")
            if path.startswith("/help/pictures/"):
                arrives = path.removeprefix("/help/pictures/") in pictures()
            elif path.startswith("/help/"):
                arrives = path == "/help/" or arrives_at(path, anchor, code)
            else:
                arrives = path.startswith(("https:", "http:")) or (not path and anchor in anchors(document))
            wrong += [] if arrives else [f"{page.path} ({code}): {target}"]
    assert not wrong, "\n".join(wrong)


def arrives_at(path, anchor, code):
    page = pages().get(path.removeprefix("/help/").rstrip("/"))
    return page is not None and (not anchor or anchor in anchors(page.document(code)))


def anchors(document):
    return {heading.anchor for heading in document.headings}


def test_no_document_can_do_harm():
    """The policy of the pages would refuse it; so would a reader."""
    assert [(page.path, code) for page, code, document in shown() if HARM.search(document.html)] == []


def test_html_in_a_document_is_shown_and_never_used():
    html = render("# T\n\n<script>alert(1)</script> <b onclick=x>b</b>\n\n[a](javascript:alert) a<br>b <!-- gone -->\n").html
    assert not HARM.search(html) and "&lt;script&gt;" in html and "a<br>b" in html and "gone" not in html


def test_headings_get_anchors_and_the_title_stands_apart():
    document = render("# The title\n\n## What you need\n\ntext\n\n## What you need\n\n### `coremis backup` (daily)\n")
    assert document.title == "The title" and "The title" not in document.html
    assert [heading.anchor for heading in document.headings] == ["what-you-need", "what-you-need-1", "coremis-backup-daily"]


def test_what_is_wide_scrolls_by_itself():
    """Also with the keyboard: tables and commands can be reached by it."""
    html = render("# T\n\n| a |\n|---|\n| b |\n\n    coremis backup\n").html
    assert '<div class="table-wrap" tabindex="0"><table class="table">' in html and '<pre tabindex="0"><code>coremis backup' in html


def test_links_outside_the_documents_become_words(tmp_path):
    found = render("[licence](../LICENSE) and [there](https://example.org)", lambda target: "" if "LICENSE" in target else target).html
    assert "<span>licence</span>" in found and '<a href="https://example.org" rel="noreferrer noopener">there</a>' in found


def test_every_explained_page_exists():
    """A comment “explains:” names pages of the product, or “module:*”."""
    names = {
        f"{space}:{name}"
        for space, (_prefix, found) in get_resolver().namespace_dict.items()
        for name in found.reverse_dict
        if isinstance(name, str)
    }
    names |= {f"{space}:*" for space in get_resolver().namespace_dict} | {
        name for name in get_resolver().reverse_dict if isinstance(name, str)
    }
    assert [name for name in explanations() if name not in names] == []


def test_a_comment_leads_to_its_heading(monkeypatch):
    monkeypatch.setattr(
        "coremis.modules.help.explained.explanations", lambda: {"screens:home": "modules/home#what-is-there", "a:*": "guide/index"}
    )
    assert address_for("screens:home") == "/help/modules/home/#what-is-there"
    assert address_for("a:anything") == "/help/guide/index/" and address_for("nobody:knows") == "/help/"


def test_an_installed_package_brings_its_documents(tmp_path, monkeypatch):
    """The wheel holds them beside the module; a checkout has them in docs/."""
    assert library.folder().name == "docs" and (library.folder() / "develop" / "pitfalls.md").is_file()
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr(library, "PACKAGE", tmp_path)
    assert library.folder() == tmp_path / "docs"

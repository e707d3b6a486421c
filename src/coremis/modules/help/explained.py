"""Which page of the help explains which page of the product."""

from functools import cache

from django.urls import reverse

from coremis.modules.help.library import ENGLISH, EXPLAINS, pages, reader_language
from coremis.modules.help.markdown import anchor_of


@cache
def explanations() -> dict[str, str]:
    """Page path (and anchor) by the name of the product's page, from the comments “explains:” in the documents.

    A comment above a heading leads to that heading. “payments:*” stands for all pages of a module.
    """
    found: dict[str, str] = {}
    for page in pages().values():
        for names, heading in EXPLAINS.findall(page.source):
            for name in names.split():
                found[name] = page.path + (f"#{anchor_of(heading)}" if heading else "")
    return found


def address_for(view: str) -> str:
    """Where “Help” leads from a page: to what explains it, else to the page of its module, else to the start of the help."""
    module = view.partition(":")[0]
    path = explanations().get(view) or explanations().get(f"{module}:*") or f"modules/{module}"
    name, mark, anchor = path.partition("#")
    page = pages().get(name)
    if page is None or not page.is_shown():
        return reverse("help:index")
    return page.url + (mark + anchor if page.language(reader_language()) == ENGLISH else "")

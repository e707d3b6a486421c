"""From a document in Markdown to what a page shows: safe HTML, its headings, and its plain text for the search.

HTML inside a document is shown as text, never used: the content security policy allows no script or style, and the
documents of a module that somebody else wrote deserve no more trust than any other input.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
NOT_IN_ANCHOR = re.compile(r"[^\w\- ]")
LINE_BREAK = "&lt;br&gt;"


class Heading(NamedTuple):
    """A heading below the title: 2 is a section, 3 a part of one."""

    level: int
    anchor: str
    text: str


@dataclass(frozen=True)
class Document:
    """One document, rendered. ``text`` is all its words, for the search."""

    title: str
    html: SafeString
    headings: tuple[Heading, ...]
    text: str


def render(source: str, address: Callable[[str], str] = str) -> Document:
    """Render a document; ``address`` turns each relative link or picture into an address of the product.

    The first heading of level 1 becomes the title and is left out of the HTML, because the page prints it.
    """
    tokens = parser().parse(COMMENT.sub("", source))
    title, tokens = taken_title(tokens)
    headings = tuple(anchored(tokens))
    for token in tokens:
        lead_elsewhere(token.children or [], address)
    html = parser().renderer.render(tokens, parser().options, {})
    text = " ".join(token.content for token in inline(tokens) if token.type in ("text", "code_inline") and token.content != "<br>")
    text += code_blocks(tokens)
    return Document(title, mark_safe(framed(html.replace(LINE_BREAK, "<br>"))), headings, text)


@cache
def parser() -> MarkdownIt:
    """Standard Markdown with tables; HTML is escaped."""
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def taken_title(tokens: list[Token]) -> tuple[str, list[Token]]:
    """The words of the first heading of level 1, and the tokens without it."""
    if len(tokens) < 3 or tokens[0].tag != "h1":
        return "", tokens
    return plain(tokens[1]), tokens[3:]


def anchored(tokens: list[Token]) -> Iterator[Heading]:
    """Every heading, after it was given an id made of its words (the way code hosts make them); a second one alike gets a number."""
    seen: dict[str, int] = {}
    for place, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        words = plain(tokens[place + 1])
        anchor = anchor_of(words)
        seen[anchor] = seen.get(anchor, -1) + 1
        anchor = f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor
        token.attrSet("id", anchor)
        yield Heading(int(token.tag[1:]), anchor, words)


def anchor_of(words: str) -> str:
    """“What you need” becomes “what-you-need”."""
    return NOT_IN_ANCHOR.sub("", words.lower()).replace(" ", "-")


def plain(token: Token) -> str:
    """The words of a heading or paragraph without its marks."""
    return "".join(child.content for child in token.children or ())


def inline(tokens: list[Token]) -> Iterator[Token]:
    """What stands inside the lines: texts, links, pictures."""
    return (child for token in tokens for child in token.children or ())


def lead_elsewhere(line: list[Token], address: Callable[[str], str]) -> None:
    """Give every link and picture of a line its address in the product; a link that has none becomes plain words."""
    tag = "a"
    for token in line:
        if token.type == "image":
            token.attrSet("src", address(str(token.attrGet("src"))))
        elif token.type == "link_open":
            target = str(token.attrGet("href"))
            found = address(target)
            tag = "a" if found else "span"
            token.attrs = {"href": found} if found else {}
            if found == target and target.startswith(("http:", "https:")):
                token.attrs["rel"] = "noreferrer noopener"
            token.tag = tag
        elif token.type == "link_close":
            token.tag = tag


def code_blocks(tokens: list[Token]) -> str:
    """The words of commands and examples, which people search for too."""
    return "".join(f" {token.content}" for token in tokens if token.type in ("fence", "code_block"))


def framed(html: str) -> str:
    """Tables in the frame of the product's tables; what is wider than the page scrolls by itself, also with the keyboard."""
    html = html.replace("<table>", '<div class="table-wrap" tabindex="0"><table class="table">').replace("</table>", "</table></div>")
    return html.replace("<pre>", '<pre tabindex="0">')

"""Words, tables and headings that every page of the reference is made of."""

import inspect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from coremis.kernel.access.seats import SEATS, SeatPermissions
from coremis.kernel.module.contributions import contributions

WRITTEN = "*Written from the code by `make docs`; changes made here by hand are lost.*"


@dataclass
class ReferencePage:
    """One page while it is written. ``silent`` names what has no help text, so that a test can ask for it."""

    title: str
    purpose: str
    lines: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)

    def heading(self, words: str, level: int = 2) -> None:
        """A heading between blank lines."""
        before = [] if self.lines and not self.lines[-1] else [""]
        self.lines += [*before, f"{'#' * level} {words}", ""]

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A table; nothing where there are no rows."""
        cells = [" | ".join(cell.replace("|", "\\|") for cell in row) for row in rows]
        if cells:
            self.lines += [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|", *(f"| {row} |" for row in cells)]

    def helped(self, name: str, words: object) -> str:
        """The help text on one line; a missing one is noted under its name."""
        text = " ".join(str(words or "").split())
        if not text:
            self.silent.append(f"{self.title}: {name}")
        return text

    def text(self) -> str:
        """The whole page as Markdown."""
        return "\n".join([f"# {self.title}", "", self.purpose, "", WRITTEN, *self.lines]).rstrip() + "\n"


def first_paragraph(thing: Any) -> str:
    """What the docstring of a function or module says first, on one line."""
    return " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())


def sentence(words: object) -> str:
    """Words that end with a full stop."""
    text = str(words)
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."


def seats_with(permission: str) -> str:
    """The ready profiles that hold a permission, in words; “nobody” where no profile does."""
    held = {item.seat for item in contributions(SeatPermissions) if permission in item.permissions}
    return ", ".join(str(SEATS[seat]) for seat in SEATS if seat in held) or "nobody"

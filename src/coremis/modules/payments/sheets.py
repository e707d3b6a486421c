"""A signed list as it is typed: the lines in the order of the paper, what differs for each, and the rows that come of it.

The draft holds only what differs: ``{"lines": {"17": {"paid": False, "reason": "ill"}}, "receipt": ..., "paid_on": ..., "first": ...,
"last": ..., "page_ends": "14, 29", "paper_count": ..., "paper_total": ...}``. A line of which it says nothing was paid in full to
the recipient.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from coremis.kernel.areas.models import Area
from coremis.kernel.areas.queries import below
from coremis.kernel.base.money import Money, decimals_of, parse_amount
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.storage import files_of
from coremis.modules.payments.models import Payroll, PayrollLine, ResultFile
from coremis.modules.payments.paper.numbers import numbered_lines
from coremis.modules.payments.states import AWAITING_LINES, LineState
from coremis.modules.points.models import PaymentPoint


@dataclass
class Totals:
    """What was typed, beside what the paper says."""

    paid_count: int = 0
    paid_minor: int = 0
    unpaid_count: int = 0
    unpaid_minor: int = 0
    paper_count: int | None = None
    paper_minor: int | None = None

    def agrees(self) -> bool | None:
        """Whether the paper says the same; None where the paper's totals are not typed yet."""
        if self.paper_count is None or self.paper_minor is None:
            return None
        return (self.paper_count, self.paper_minor) == (self.paid_count, self.paid_minor)


def listed(payroll: Payroll, point: PaymentPoint | None, place: Area | None) -> Any:
    """The lines of a point or place, each with ``order_number``, exactly as on the paper."""
    if point is not None:
        return numbered_lines(payroll, point)
    only = Q(area__in=below([place.pk])) if place is not None else None
    return numbered_lines(payroll, everywhere=True, only=only)


def sheet_lines(file: ResultFile) -> list[tuple[int, PayrollLine]]:
    """The lines of a signed list, each with its number on the paper."""
    return [(line.order_number, line) for line in listed(file.payroll, file.point, file.place) if line.state != LineState.CANCELLED]


def typed(file: ResultFile, line: PayrollLine) -> Mapping[str, Any]:
    """What was typed about a line; nothing where it was paid as due."""
    found: Mapping[str, Any] = file.draft.get("lines", {}).get(str(line.pk), {})
    return found


def is_on_sheet(file: ResultFile, number: int, line: PayrollLine) -> bool:
    """Whether the sheet says something about a line: it is within the typed numbers, and still waits for its result."""
    first, last = number_in(file.draft.get("first")) or 1, number_in(file.draft.get("last"))
    return line.state in AWAITING_LINES and first <= number and (last is None or number <= last)


def sheet_rows(file: ResultFile, after: int = 0) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The rows of a signed list by our column, as a file would hold them. Its number on the paper is the row's number."""
    page = _("list %(number)s") % {"number": file.pk} if files_of(file).exists() else ""
    for number, line in sheet_lines(file):
        if number > after and is_on_sheet(file, number, line):
            yield number, row_of(file, line, page)


def row_of(file: ResultFile, line: PayrollLine, page: str) -> Mapping[str, Any]:
    """One line as a row: paid in full unless something else was typed."""
    said, draft = typed(file, line), file.draft
    paid = said.get("paid", True)
    due = Decimal(line.amount_minor).scaleb(-decimals_of(line.currency))
    return {
        "reference": line.number_text, "result": "yes" if paid else "no", "amount": (said.get("amount") or due) if paid else None,
        "receipt": said.get("receipt") or draft.get("receipt") if paid else "", "page": page if paid else "",
        "reason": "" if paid else said.get("reason", ""), "paid_on": draft.get("paid_on") if paid else "",
        "collected_by": (said.get("by") or "recipient") if paid else "",
    }  # fmt: skip


def totals_of(file: ResultFile, lines: list[tuple[int, PayrollLine]]) -> Totals:
    """How many and how much the sheet says was paid and not paid; what cannot be read as an amount counts as nothing."""
    found = Totals(paper_count=number_in(file.draft.get("paper_count")), paper_minor=amount_in(file.draft.get("paper_total"), file))
    for number, line in lines:
        if not is_on_sheet(file, number, line):
            continue
        said = typed(file, line)
        if said.get("paid", True):
            amount = amount_in(said.get("amount"), file) if said.get("amount") else line.amount_minor
            found.paid_count, found.paid_minor = found.paid_count + 1, found.paid_minor + (amount or 0)
        else:
            found.unpaid_count, found.unpaid_minor = found.unpaid_count + 1, found.unpaid_minor + line.amount_minor
    return found


@dataclass(frozen=True)
class PageTotals:
    """One page of the paper: its first and last number, what is due on it, and what was typed about it."""

    first: int
    last: int
    due_count: int
    due_minor: int
    typed: Totals


def page_totals(file: ResultFile, lines: list[tuple[int, PayrollLine]]) -> list[PageTotals]:
    """The totals of each page, where the last numbers of the pages were typed; what comes after them is one page more."""
    ends = sorted({int(text) for text in re.findall(r"[0-9]{1,6}", str(file.draft.get("page_ends", "")))})
    found, begin = [], 1
    for end in [*ends, None] if ends else []:
        held = [(number, line) for number, line in lines if begin <= number and (end is None or number <= end)]
        if held:
            due = sum(line.amount_minor for _number, line in held)
            found.append(PageTotals(held[0][0], held[-1][0], len(held), due, totals_of(file, held)))
        begin = end + 1 if end else begin
    return found


def number_in(text: Any) -> int | None:
    """A whole number as it was typed, or None."""
    plain = str(text or "").strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 9 else None


def amount_in(text: Any, file: ResultFile) -> int | None:
    """An amount as it was typed, in smallest units, or None."""
    try:
        return parse_amount(str(text), file.payroll.currency) if str(text or "").strip() else None
    except Refusal:
        return None


def money_in(file: ResultFile, minor: int) -> Money:
    """An amount in the currency of the payroll."""
    return Money(minor, file.payroll.currency)

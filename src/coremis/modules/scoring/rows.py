"""The lines of a table of answers: “7+”, “1-3”, “04,06,15,16”, “none”, each with its weights."""

import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.formula import Kind
from coremis.kernel.base.refusal import Refusal
from coremis.modules.scoring.formulas import Band, Row

MOST_ROWS, MOST_WEIGHT, MOST_LIMIT = 200, 1e9, 1e12
NUMBER = r"-?\d+(?:\.\d+)?"
BAND = re.compile(rf"({NUMBER})\s*(?:(\+)|(-|–|-<)\s*({NUMBER}))?")
BELOW = re.compile(rf"<\s*({NUMBER})")
YES, NO = ("yes", "true"), ("no", "false")
EDGE = MOST_LIMIT * 10


def number_of(value: Any, code: str) -> float:
    """A published number, as text or number; refused where it is none, or out of all proportion."""
    try:
        number = float(Decimal(str(value)))
    except (InvalidOperation, ValueError, OverflowError):
        number = math.inf
    if not abs(number) <= MOST_LIMIT:
        raise Refusal(_("“%(value)s” cannot be a number of “%(code)s”."), value=str(value)[:30], code=code)
    return number


def rows_of(given: Sequence[Mapping[str, Any]], code: str, kind: Kind) -> tuple[Row, ...]:
    """The lines of a table over values of one kind: ``match`` (texts) or ``other``, and ``weights`` by stratum."""
    if kind is Kind.DATE:
        raise Refusal(_("“%(code)s”: dates cannot be listed in a table. Compute years or days from them."), code=code)
    if not given:
        raise Refusal(_("The table of “%(code)s” is empty. Add its answers."), code=code)
    if len(given) > MOST_ROWS:
        raise Refusal(_("The table of “%(code)s” has more than %(most)s lines."), code=code, most=MOST_ROWS)
    rows = tuple(row_of(one, code, kind) for one in given)
    if sum(row.other for row in rows) > 1:
        raise Refusal(_("The table of “%(code)s” says twice what all other answers weigh."), code=code)
    check_overlap(rows, code)
    return rows


def row_of(given: Mapping[str, Any], code: str, kind: Kind) -> Row:
    """One line."""
    weights = {stratum: number_of(weight, code) for stratum, weight in given.get("weights", {}).items() if weight not in (None, "")}
    if given.get("other"):
        return Row(weights, other=True)
    matches = [str(match).strip() for match in given.get("match", [])]
    if not matches:
        raise Refusal(_("A line of “%(code)s” names no answer."), code=code)
    if kind is Kind.NUMBER:
        return Row(weights, bands=tuple(band_of(match, code) for match in matches))
    if kind is Kind.BOOLEAN:
        return Row(weights, answers=tuple(yes_or_no(match, code) for match in matches))
    return Row(weights, answers=tuple(matches))


def band_of(text: str, code: str) -> Band:
    """“5”, “1-3”, “7+”, “10-<20” or “<4” as numbers from and to."""
    below, found = BELOW.fullmatch(text), BAND.fullmatch(text)
    if below:
        return Band(-EDGE, float(below[1]), open_end=True)
    if not found:
        raise Refusal(_("“%(text)s” in “%(code)s” is not understood. Write 5, 1-3, 7+ or <4."), text=text[:30], code=code)
    low = float(found[1])
    high = EDGE if found[2] else float(found[4]) if found[4] else low
    if low > high:
        raise Refusal(_("“%(text)s” in “%(code)s” ends before it begins."), text=text[:30], code=code)
    return Band(low, high, open_end=found[3] == "-<")


def yes_or_no(text: str, code: str) -> bool:
    """The answer of a yes-or-no question."""
    if text.lower() not in YES + NO:
        raise Refusal(_("“%(text)s” in “%(code)s” is neither yes nor no."), text=text[:30], code=code)
    return text.lower() in YES


def check_overlap(rows: Sequence[Row], code: str) -> None:
    """Refuse an answer or number that stands in two lines."""
    answers = [answer for row in rows for answer in row.answers]
    bands = sorted((band for row in rows for band in row.bands), key=lambda band: (band.low, band.high))
    overlap = any(after.low < before.high or before.holds(after.low) for before, after in zip(bands, bands[1:], strict=False))
    if len(set(answers)) < len(answers) or overlap:
        raise Refusal(_("An answer of “%(code)s” stands in two lines. Each must have one weight."), code=code)

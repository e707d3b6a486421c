"""Dates that may be known only to the month or the year."""

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Refusal

DAY, MONTH, YEAR = "DAY", "MONTH", "YEAR"


@dataclass(frozen=True)
class PartialDate:
    """A date and how precisely it is known; a month or a year is stored as its first day."""

    day: date
    precision: str = DAY

    def __str__(self) -> str:
        shapes = {DAY: "%Y-%m-%d", MONTH: "%Y-%m", YEAR: "%Y"}
        return self.day.strftime(shapes[self.precision])


def parse_partial_date(text: str, day_first: bool = True) -> PartialDate:
    """Read “1987”, “1987-05”, “05/1987”, “1987-05-03”, “03/05/1987” or “3.5.1987”; refuse impossible dates and two-digit years."""
    found = _parts(str(text).strip(), day_first)
    try:
        if found:
            year, month, day = found
            precision = YEAR if month is None else MONTH if day is None else DAY
            if 1850 <= year <= 2200:
                return PartialDate(date(year, 1 if month is None else month, 1 if day is None else day), precision)
    except ValueError:
        pass
    raise Refusal(_("“%(text)s” is not a date. Write day/month/year, or the year alone."), text=str(text)[:40])


def _parts(text: str, day_first: bool) -> tuple[int, int | None, int | None] | None:
    if match := re.fullmatch(r"(\d{4})(?:\.0)?", text):
        return int(match[1]), None, None
    if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?:[T ]00:00(?::00(?:\.0+)?)?)?", text):
        return int(match[1]), int(match[2]), int(match[3]) if match[3] else None
    if match := re.fullmatch(r"(?:(\d{1,2})[-/.])?(\d{1,2})[-/.](\d{4})", text):
        first, second, year = (int(match[1]) if match[1] else None), int(match[2]), int(match[3])
        return (year, second, first) if day_first or first is None else (year, first, second)
    return None


def years_between(earlier: date, later: date) -> int:
    """Completed years from one day to another: a person's age."""
    return later.year - earlier.year - ((later.month, later.day) < (earlier.month, earlier.day))

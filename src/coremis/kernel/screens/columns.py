"""Columns and cells: what one value of a list looks like on the page and in a file."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, Literal, NamedTuple

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from coremis.kernel.base.dates import MONTH, YEAR, PartialDate
from coremis.kernel.base.money import SEPARATORS, Money
from coremis.kernel.screens.screen import TONES, Text

Kind = Literal["text", "number", "amount", "date", "status", "code"]


@dataclass(frozen=True)
class Status:
    """A word with a colour; the colour never stands alone. Tones: good, wait, stop, info, off."""

    tone: str
    text: Text

    def __post_init__(self) -> None:
        if self.tone not in TONES:
            raise ValueError(f"Unknown tone {self.tone!r}; use one of {', '.join(TONES)}.")

    def __str__(self) -> str:
        return str(self.text)


class Cell(NamedTuple):
    """One cell, ready to print: class of the cell, text, link, tone of a status, and title of its column."""

    css: str
    text: str
    href: str
    tone: str
    title: str


@dataclass(frozen=True)
class Column:
    """One column of a table.

    `show` takes the row and returns text, a number, a date, `Money` or `Status`; without it the attribute called
    `name` is shown. `sort` is a field path or an expression; without it the column cannot be sorted by.
    `export` is what goes into a file (by default what `show` returns, with numbers as numbers).
    `permission`: only rows that the reader may see under it are shown plainly; the others show `masked(row)`,
    or nothing. Such a column cannot be sorted by, because the order would give its values away.
    """

    name: str
    title: Text
    show: Callable[[Any], Any] | None = None
    kind: Kind = "text"
    sort: Any = None
    export: Callable[[Any], Any] | None = None
    help: Text = ""
    link: Callable[[Any], str] | None = None
    permission: str | None = None
    masked: Callable[[Any], str] | None = None

    def __post_init__(self) -> None:
        if self.permission and self.sort is not None:
            raise ValueError(f"Column {self.name!r} is masked, so nobody may sort by it: the order would tell.")

    def value(self, row: Any) -> Any:
        """What the column says about this row."""
        return self.show(row) if self.show else attrgetter(self.name)(row)

    def cell(self, row: Any, plain: bool = True) -> Cell:
        """The cell as the reader sees it; `plain` is false where the value is masked."""
        if not plain:
            return Cell("muted", self.masked(row) if self.masked else "•••", "", "", str(self.title))
        value = self.value(row)
        tone = value.tone if isinstance(value, Status) else ""
        css = self.kind if self.kind in ("number", "amount", "code") else ""
        return Cell(css, text_of(value), self.link(row) if self.link else "", tone, str(self.title))

    def file_value(self, row: Any, plain: bool = True) -> Any:
        """The value for a spreadsheet: numbers and dates as such, codes and phones as text, nothing for None."""
        if not plain:
            return self.masked(row) if self.masked else None
        value = self.export(row) if self.export else self.value(row)
        return value_for_file(value, self.kind)


def text_of(value: Any) -> str:
    """Write a value as the reader's language does; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Money):
        return money_text(value)
    if isinstance(value, PartialDate):
        shape = {YEAR: "Y", MONTH: "YEAR_MONTH_FORMAT"}.get(value.precision, "SHORT_DATE_FORMAT")
        return formats.date_format(value.day, shape)
    if isinstance(value, datetime):
        return formats.date_format(_local(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, date):
        return formats.date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, int | Decimal) and not hasattr(value, "label"):
        return formats.number_format(value, use_l10n=True, force_grouping=True)
    return str(getattr(value, "label", value))


def money_text(value: Money) -> str:
    """The amount with its currency, its own decimals, and the separators of the reader's language."""
    return value.text(*separators())


def separators() -> tuple[str, str]:
    """Between thousands, and before decimals, in the reader's language."""
    return str(formats.get_format("THOUSAND_SEPARATOR")), str(formats.get_format("DECIMAL_SEPARATOR"))


SEPARATORS[:] = [separators]


def value_for_file(value: Any, kind: Kind) -> Any:
    """What a spreadsheet stores: amounts, numbers and dates as such; codes, phones and words as text."""
    if value is None or kind == "amount" and isinstance(value, Money):
        return value
    if kind == "number" and isinstance(value, int | Decimal) or kind == "date" and isinstance(value, date):
        return value
    return str(value) if kind == "code" or isinstance(value, PartialDate) else text_of(value)


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment

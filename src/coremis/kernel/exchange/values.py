"""From what stands in a cell to what is meant, or a sentence that says why not."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.dates import DAY, parse_partial_date
from coremis.kernel.base.money import decimals_of, parse_amount
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.base.text import fold, visible
from coremis.kernel.exchange import kinds
from coremis.kernel.exchange.kinds import ImportColumn
from coremis.kernel.files.cells import EXACT_BELOW, Cell

Cleaner = Callable[[Cell], Any]
Options = Mapping[str, Any]

CONTROL = re.compile("[\x00-\x1f\x7f]+")
THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d*)?")
DAMAGED = re.compile(r"\s*\d(?:[.,]\d+[eE]\+?|[eE]\+)\d{1,3}\s*")  # 1.23E+11: digits are gone
SERIALS = range(7_000, 60_000)  # 1919 to 2064, as spreadsheet programs count days
FIRST_DAY = date(1899, 12, 30)
BLANKS = re.compile(r"[\s\u00a0\u202f]")
YES = frozenset({"1", "yes", "y", "true", "oui", "o", "vrai", "sim", "s", "verdadeiro", "x"})
NO = frozenset({"0", "no", "n", "false", "non", "faux", "nao", "falso"})


def cleaner_for(column: ImportColumn, options: Options) -> Cleaner:
    """The function that understands this column's cells (never blank ones); it raises Refusal on what it cannot."""
    makers: dict[str, Callable[[ImportColumn, Options], Cleaner]] = {
        kinds.NUMBER: _number, kinds.DECIMAL: _decimal, kinds.AMOUNT: _amount, kinds.DATE: _date, kinds.PARTIAL_DATE: _date,
        kinds.YES_NO: _yes_no, kinds.CHOICE: _choice,
    }  # fmt: skip
    clean = makers.get(column.kind, _text)(column, options)
    if not column.instead:
        return clean
    own = _codes(column)
    return lambda cell: column.instead[said] if (said := fold(shown(cell))) in column.instead and said not in own else clean(cell)


def shown(cell: Cell) -> str:
    """A cell as people see it, for reports of what is wrong."""
    if isinstance(cell, float):
        return format(cell, ".15g")
    return cell.isoformat() if isinstance(cell, date) else str(cell if cell is not None else "")


def text_of(cell: Cell) -> str:
    """A cell as one line of text: blanks tidied, signs that cannot be shown left out. A number that has lost digits is refused."""
    if isinstance(cell, float) and abs(cell) >= EXACT_BELOW:
        raise Refusal(_("This number is too long to be exact. Make the column a text column in your spreadsheet program."))
    return " ".join(visible(CONTROL.sub(" ", shown(cell))).split())


def _text(column: ImportColumn, options: Options) -> Cleaner:
    def clean(cell: Cell) -> str | None:
        text = text_of(cell)
        if DAMAGED.fullmatch(text):
            raise Refusal(_("A spreadsheet program shortened this number. Make the column a text column and type it again."))
        if len(text) > column.longest:
            raise Refusal(_("The text is longer than %(most)s signs. Shorten it."), most=column.longest)
        return text or None

    return clean


def _number(column: ImportColumn, options: Options) -> Cleaner:
    def clean(cell: Cell) -> int:
        number = _exact(cell, options)
        if number != number.to_integral_value() or abs(number) >= EXACT_BELOW:
            raise Refusal(_("“%(value)s” is not a whole number."), value=shown(cell)[:40])
        return int(number)

    return clean


def _decimal(column: ImportColumn, options: Options) -> Cleaner:
    def clean(cell: Cell) -> str:
        number = _exact(cell, options)
        if abs(int(number.as_tuple().exponent)) > 30:  # “1E999999999” would be written with a thousand million figures
            raise Refusal(_("“%(value)s” is not a number. Write figures only."), value=shown(cell)[:40])
        return format(number, "f")

    return clean


def _exact(cell: Cell, options: Options) -> Decimal:
    text = BLANKS.sub("", shown(cell))
    readable = "_" not in text
    if isinstance(cell, str) and options.get("decimal_comma"):
        readable = readable and ("." not in text or THOUSANDS.fullmatch(text) is not None)
        text = text.replace(".", "").replace(",", ".")
    try:
        number = Decimal(text)
        if readable and number.is_finite() and not isinstance(cell, bool):
            return number
    except InvalidOperation:
        pass
    raise Refusal(_("“%(value)s” is not a number. Write figures only."), value=shown(cell)[:40])


def _amount(column: ImportColumn, options: Options) -> Cleaner:
    places = decimals_of(column.currency)

    def clean(cell: Cell) -> int:
        if isinstance(cell, str):
            return parse_amount(cell, column.currency)
        smallest = _exact(cell, options).scaleb(places)
        if smallest != smallest.to_integral_value() or abs(smallest) >= EXACT_BELOW:
            raise Refusal(_("“%(value)s” is not an amount in %(currency)s."), value=shown(cell)[:40], currency=column.currency)
        return int(smallest)

    return clean


def serial_of(cell: Cell) -> int | None:
    """The day number that a spreadsheet program left in place of a date."""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return None
    text = str(cell).strip().removesuffix(".0")
    return int(text) if text.isascii() and text.isdigit() and len(text) in (4, 5) and int(text) in SERIALS else None


def _date(column: ImportColumn, options: Options) -> Cleaner:
    day_first, today, serial = options.get("day_first", True), timezone.localdate(), options.get("serial", False)

    def clean(cell: Cell) -> str:
        if serial and (number := serial_of(cell)) is not None:
            cell = FIRST_DAY + timedelta(days=number)
        text = (cell.date() if isinstance(cell, datetime) else cell).isoformat() if isinstance(cell, date) else text_of(cell)
        found = parse_partial_date(text, day_first)
        if column.kind == kinds.DATE and found.precision != DAY:
            raise Refusal(_("“%(value)s” is not a full date. Write day, month and year."), value=text[:40])
        if column.not_future and found.day > today:
            raise Refusal(_("“%(value)s” lies in the future."), value=text[:40])
        return str(found)

    return clean


def _yes_no(column: ImportColumn, options: Options) -> Cleaner:
    def clean(cell: Cell) -> bool:
        word = fold(shown(cell))
        if word in YES or word in NO:
            return word in YES
        raise Refusal(_("“%(value)s” is neither yes nor no."), value=shown(cell)[:40])

    return clean


def _codes(column: ImportColumn) -> dict[str, str]:
    """The codes of the choices by their folded codes and names, in every language: a file need not be in that of who checks it."""
    codes: dict[str, str] = {}
    for code, label in (column.choices or {}).items():
        for name in (code, *(label.values() if isinstance(label, Mapping) else in_each_language(label))):
            codes.setdefault(fold(str(name)), code)
    return codes


def in_each_language(label: Any) -> list[str]:
    """A text of the program as every language says it."""
    found = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found.append(str(label))
    return found


def _choice(column: ImportColumn, options: Options) -> Cleaner:
    codes = {**column.words, **_codes(column)}

    def clean(cell: Cell) -> str:
        code = codes.get(cell) if isinstance(cell, str) else None
        code = code or codes.get(fold(shown(cell)))
        if code is None:
            known = ", ".join(list(column.choices or {})[:12])
            raise Refusal(_("“%(value)s” is not one of the choices: %(known)s."), value=shown(cell)[:40], known=known)
        return code

    return clean

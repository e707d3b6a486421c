"""What was recognised in a file, in words for the page, and its first rows as they will be understood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from coremis.kernel.areas.models import Area
from coremis.kernel.base.dates import parse_partial_date
from coremis.kernel.base.text import label
from coremis.kernel.exchange.kinds import AREA, CHOICE, CLEARED, DATE, DECIMAL, PARTIAL_DATE, YES_NO, ImportColumn, find_kind
from coremis.kernel.exchange.models import Batch
from coremis.kernel.exchange.recognising import DAY, MIXED, MONTH, UNCLEAR, Recognised, Signs, recognise
from coremis.kernel.exchange.rows import context_of
from coremis.kernel.exchange.staging import Stager
from coremis.kernel.exchange.values import shown
from coremis.kernel.files.cells import Cell
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.screen import whole_number
from coremis.modules.registry.services.checks import NOT_APPLICABLE

SHOWN_ROWS = 6
DAY_FIRST, MONTH_FIRST, SERIAL, ZEROS, AS_IS = "day", "month", "serial", "zeros", "as_is"


@dataclass(frozen=True)
class Note:
    """One thing that was recognised: what, in words, and whether somebody must look at it."""

    title: str
    text: str
    attention: bool = False


def recognise_sample(batch: Batch, rows: Sequence[Sequence[Cell]]) -> Recognised:
    """What the sample shows about a file whose columns are matched as far as they are."""
    columns = find_kind(batch.import_kind).all_columns()
    brings = {titles[0]: columns[code] for code, titles in batch.mapping.items() if len(titles) == 1 and code in columns}
    return recognise(batch.headers, rows, brings, batch.area)


def notes_of(batch: Batch, found: Recognised) -> list[Note]:
    """The notes about the whole file, then those about single columns."""
    notes = [*_about_file(batch, found)]
    brings = {title: code for code, titles in batch.mapping.items() for title in titles}
    columns = find_kind(batch.import_kind).all_columns()
    for title, signs in found.columns.items():
        notes += _about_column(title, signs, columns.get(brings.get(title, "")))
    return notes


def _about_file(batch: Batch, found: Recognised) -> list[Note]:
    row = batch.options.get("header_row") or 1
    notes = []
    if row > 1:
        notes.append(Note(_("Titles"), _("They stand in row %(row)s. What stands above is passed over.") % {"row": row}, True))
    if found.both_signs:
        text = _("Some numbers have a comma and some a point. Check the decimal sign below.")
        notes.append(Note(_("Decimal sign"), text, True))
    elif found.decimal_comma is not None:
        notes.append(Note(_("Decimal sign"), _("comma: 2,5") if found.decimal_comma else _("point: 2.5")))
    return notes


def _about_column(title: str, signs: Signs, column: ImportColumn | None) -> list[Note]:
    notes: list[Note] = []
    if column is not None and column.kind in (DATE, PARTIAL_DATE) and signs.dates:
        notes.append(_about_dates(title, signs))
    if signs.serials:
        text = _("%(count)s values are days counted by a spreadsheet program. Say below how they are read.")
        notes.append(Note(title, text % {"count": signs.serials}, True))
    if signs.short:
        text = ngettext(
            "%(count)s value seems to have lost a zero: others have %(width)s digits. Say below what to do.",
            "%(count)s values seem to have lost a zero: others have %(width)s digits. Say below what to do.", signs.short,
        )  # fmt: skip
        notes.append(Note(title, text % {"count": signs.short, "width": signs.zeros}, True))
    if signs.damaged:
        text = ngettext(
            "A spreadsheet program shortened %(count)s number, such as 1.23E+11. Its digits are lost: correct it in the file.",
            "A spreadsheet program shortened %(count)s numbers, such as 1.23E+11. Their digits are lost: correct them in the file.",
            signs.damaged,
        )  # fmt: skip
        notes.append(Note(title, text % {"count": signs.damaged}, True))
    return notes


def _about_dates(title: str, signs: Signs) -> Note:
    if signs.dates == MIXED:
        return Note(title, _("Some dates have the day first and some the month. Check the file, then say below how to read it."), True)
    if signs.dates == UNCLEAR:
        return Note(title, _("Nothing shows whether the day or the month comes first. Say it below."), True)
    words = _("day first, as in 31/05/1980") if signs.dates == DAY else _("month first, as in 05/31/1980")
    proof = ngettext("%(count)s value proves it", "%(count)s values prove it", signs.proofs) % {"count": signs.proofs}
    return Note(title, f"{words} ({proof})")


def readings_of(signs: Signs, day_first: bool | None, is_date: bool) -> tuple[list[tuple[str, str]], str]:
    """The ways in which one column may be read, with the one proposed; none where the file as a whole says it."""
    if signs.serials:
        return [(SERIAL, _("days counted by a spreadsheet program: 33000 is 7 May 1990")), (AS_IS, _("as they stand"))], SERIAL
    if signs.short:
        restore = _("restore the lost zeros: %(width)s digits") % {"width": signs.zeros}
        return [(ZEROS, restore), (AS_IS, _("as they stand"))], ZEROS if signs.sure else AS_IS
    differs = signs.dates == MIXED or (signs.dates in (DAY, MONTH) and day_first is None)
    if is_date and differs:
        ways = [(DAY_FIRST, _("3 May: day first")), (MONTH_FIRST, _("5 March: month first"))]
        proposed = {DAY: DAY_FIRST, MONTH: MONTH_FIRST}.get(signs.dates, "")
        return ([("", _("– choose –")), *ways] if not proposed else ways), proposed
    return [], ""


def chosen_reading(way: str, signs: Signs) -> dict[str, Any]:
    """What the import keeps for one column."""
    kept: dict[str, dict[str, Any]] = {
        SERIAL: {"serial": True}, ZEROS: {"zeros": signs.zeros}, DAY_FIRST: {"day_first": True}, MONTH_FIRST: {"day_first": False},
    }  # fmt: skip
    return kept.get(way, {})


def reading_kept(own: dict[str, Any]) -> str:
    """The way that was chosen before."""
    if "day_first" in own:
        return DAY_FIRST if own["day_first"] else MONTH_FIRST
    return SERIAL if own.get("serial") else ZEROS if own.get("zeros") else AS_IS


@dataclass(frozen=True)
class Understood:
    """One cell of the preview: what it will be, and what is wrong with it."""

    title: str
    text: str
    problem: str = ""


def first_rows(batch: Batch, rows: Sequence[Sequence[Cell]]) -> tuple[list[str], list[list[Understood]]]:
    """The first rows as they will be understood: titles of the matched columns, and their cells."""
    context = context_of(batch)
    codes = [code for code in context.columns if code in batch.mapping]
    titles = [str(context.columns[code].title) for code in codes]
    stager, lines = Stager(context), []
    for number, cells in enumerate(rows[:SHOWN_ROWS]):
        row = stager.understand(number, list(cells))
        wrong = {told["column"]: told for told in row.problems if "warning" not in told}
        line = []
        for code, title in zip(codes, titles, strict=True):
            told, column = wrong.get(code), context.columns[code]
            text = shown_value(column, row.values.get(code)) if told is None else told["value"]
            line.append(Understood(title, "•••" if column.secret and text else text, _("not understood") if told else ""))
        lines.append(line)
    return titles, _with_places(lines, codes, context.columns)


def _with_places(lines: list[list[Understood]], codes: list[str], columns: dict[str, ImportColumn]) -> list[list[Understood]]:
    """Places by their names: one statement for all."""
    places = {
        number
        for line in lines
        for at, code in enumerate(codes)
        if columns[code].kind == AREA and (number := whole_number(line[at].text)) is not None
    }
    names = {str(pk): name for pk, name in Area.objects.filter(pk__in=places).values_list("pk", "name")} if places else {}
    return [
        [
            Understood(
                cell.title, names.get(cell.text, cell.text) if columns[code].kind == AREA and not cell.problem else cell.text, cell.problem
            )
            for code, cell in zip(codes, line, strict=True)
        ]
        for line in lines
    ]


def shown_value(column: ImportColumn, value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if value == CLEARED:
        return _("(cleared)")
    if value == NOT_APPLICABLE:
        return _("does not apply")
    if column.kind in (DATE, PARTIAL_DATE):
        return str(text_of(parse_partial_date(value)))
    if column.kind == YES_NO:
        return _("Yes") if value else _("No")
    if column.kind == CHOICE:
        named: Any = (column.choices or {}).get(value, value)
        return label(named, get_language() or "en") if isinstance(named, Mapping) else str(named)
    return text_of(Decimal(value)) if column.kind == DECIMAL else shown(value)

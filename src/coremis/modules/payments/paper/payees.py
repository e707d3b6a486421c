"""The payee list of a payment point, on paper and as a workbook."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coremis.kernel.base.money import Money
from coremis.kernel.base.numbers import number_text
from coremis.kernel.files.pdf import Field, Heading, Paper, PaperColumn, Row, Signature, Sum, Sums
from coremis.kernel.files.writing import AMOUNT, NUMBER, Sheet, SheetColumn
from coremis.kernel.screens.columns import money_text, text_of
from coremis.modules.payments.models import PayrollLine, TakenPaper
from coremis.modules.payments.paper.contents import Facts, Part
from coremis.modules.payments.paper.words import InWords
from coremis.modules.payments.states import POSTED_PAYROLLS
from coremis.modules.registry.models import DocumentKind, Household, Person

AMOUNT_COLUMN = 5


class Taken(NamedTuple):
    """One part of a list with its sums and its version and copy."""

    part: Part
    facts: Facts
    record: TakenPaper
    in_words: InWords
    read: Sequence[PayrollLine] | None = None

    def lines(self) -> Iterator[Any]:
        """Its payments, in their order: as they were read together with those of other parts, else from the database."""
        return iter(self.read) if self.read is not None else self.part.lines()


def payee_paper(taken: Taken) -> Paper:
    """The list as people sign it: A4 across, rows high enough for a thumb."""
    return Paper(
        title=_("Payee list"), subtitle=point_words(taken.part), marks=marks_of(taken.record), fields=fields_of(taken),
        columns=columns(), rows=_rows(taken), sums=_sums(taken.facts.currency, taken.in_words), notes=notes_of(taken),
        signatures=signatures(), footer=footer_of(taken), bookmark=point_words(taken.part),
        code=lambda page: f"{taken.record.code}-{page}", row_height=11,
    )  # fmt: skip


def columns() -> list[PaperColumn]:
    """Exactly what the payer needs, and two columns to fill in."""
    return [
        PaperColumn(_("No."), 10, "right", bold=True, size=9), PaperColumn(_("Payment number"), 25, size=7),
        PaperColumn(_("Recipient"), 50, bold=True), PaperColumn(_("Alternate recipient"), 40), PaperColumn(_("Document"), 30, size=7),
        PaperColumn(_("Amount"), 48, "right", bold=True, size=9), PaperColumn(_("Signature or thumbprint"), 42),
        PaperColumn(_("Paid, or the reason why not"), 32),
    ]  # fmt: skip


def _rows(taken: Taken) -> Iterator[Heading | Row]:
    place = None
    for line in taken.lines():
        if line.area_id != place:
            place = line.area_id
            yield Heading(line.area_name)
        amount = line.amount
        yield Row(
            [
                str(line.order_number),
                (line.number_text, number_text(Household.number_prefix, line.household_number)),
                (line.payee_name, number_text(Person.number_prefix, line.payee_number)),
                (line.alternate_name, number_text(Person.number_prefix, line.alternate_number)) if line.alternate_name else "",
                document_words(line),
                (money_text(amount), taken.in_words(amount)),
                "",
                "",
            ],
            line.amount_minor,
        )


def document_words(line: PayrollLine) -> str:
    """The kind of document and its last signs; never the whole number."""
    kinds = dict(DocumentKind.choices)
    kind = str(kinds.get(line.document_kind, line.document_kind))
    return f"{kind} …{line.document_end}" if line.document_end else kind


def _sums(currency: str, in_words: InWords) -> Sums:
    def line(label: str, minor: int) -> Sum:
        amount = Money(minor, currency)
        return Sum(label, money_text(amount), in_words(amount))

    def page(count: int, minor: int) -> Sum:
        words = ngettext("Total of this page: %(count)s payee", "Total of this page: %(count)s payees", count)
        return line(words % {"count": text_of(count)}, minor)

    def whole(count: int, minor: int) -> list[Sum]:
        words = ngettext("Grand total: %(count)s payee", "Grand total: %(count)s payees", count)
        return [line(words % {"count": text_of(count)}, minor)]

    return Sums(AMOUNT_COLUMN, page, whole)


def point_words(part: Part) -> str:
    """The payment point with its code and place; or that there is none."""
    if part.point is None:
        words = _("Without a payment point")
    else:
        words = f"{part.point.name} ({part.point.code})"
    return _("%(point)s, part %(part)s") % {"point": words, "part": part.number} if part.number > 1 or part.first > 1 else words


def marks_of(record: TakenPaper) -> list[str]:
    """Original or copy, and the version."""
    copy = _("Copy %(number)s") % {"number": record.copy} if record.copy else _("Original")
    marks = [copy, _("Version %(number)s") % {"number": record.number}]
    return marks if record.payroll.state in POSTED_PAYROLLS else [*marks, _("Not approved: do not pay")]


def fields_of(taken: Taken) -> list[Field]:
    """What the list is about."""
    payroll, point = taken.part.payroll, taken.part.point
    return [
        Field(_("Payroll"), payroll.number_text), Field(_("Programme"), payroll.cycle.programme), Field(_("Payment cycle"), payroll.cycle),
        Field(_("Day of payment"), day_words(taken.record.pay_on)), Field(_("Place"), point.area.name if point else "–"),
        Field(_("Address or landmark"), (point.address if point else "") or "–"), Field(_("Payees"), text_of(taken.facts.count)),
        Field(_("Total"), money_text(taken.facts.total)),
    ]  # fmt: skip


def day_words(day: date | None) -> str:
    """A day in words; a line to fill in where none was said."""
    return formats.date_format(day, "SHORT_DATE_FORMAT") if day else "____ / ____ / ________"


def notes_of(taken: Taken) -> list[str]:
    """What the payer must know before paying from the list."""
    found = [_("Pay only who shows the document above, or the alternate recipient. Write the reason beside everybody who is not paid.")]
    if taken.facts.not_listed:
        words = ngettext(
            "%(count)s payment is held or cancelled and not on this list; its number is left out.",
            "%(count)s payments are held or cancelled and not on this list; their numbers are left out.",
            taken.facts.not_listed,
        )
        found.append(words % {"count": taken.facts.not_listed})
    if taken.part.point is None:
        found.append(_("Warning: these payees have no payment point. Give their places one before you pay."))
    return found


def signatures() -> list[Signature]:
    """Who signs, and when the point was open."""
    person = [_("Name"), _("Signature"), _("Date")]
    return [
        Signature(_("Paying officer"), person), Signature(_("Witness"), person), Signature(_("Community representative"), person),
        Signature(_("Payment point"), [_("Opened at"), _("Closed at"), _("Stamp")]),
    ]  # fmt: skip


def footer_of(taken: Taken) -> str:
    """Which paper this is, on every page."""
    record = taken.record
    printed = formats.date_format(record.taken_at, "SHORT_DATE_FORMAT")
    parts = [
        taken.part.payroll.number_text,
        point_words(taken.part),
        *reversed(marks_of(record)),
        record.code,
        _("printed on %(day)s") % {"day": printed},
    ]
    return " · ".join(str(part) for part in parts)


def payee_sheet(taken: Taken) -> Sheet:
    """The same list for a spreadsheet: amounts as numbers, everything else as text."""
    currency = taken.facts.currency
    title = taken.part.point.code if taken.part.point else _("Without a point")
    return Sheet(f"{title} {taken.part.number}" if taken.part.number > 1 else title, sheet_columns(currency), _sheet_rows(taken))


def sheet_columns(currency: str) -> list[SheetColumn]:
    """The columns of the paper, with what stands in two lines there in two columns here."""
    return [
        SheetColumn(_("No."), NUMBER, width=6), SheetColumn(_("Payment number"), width=15), SheetColumn(_("Household"), width=13),
        SheetColumn(_("Place"), width=20), SheetColumn(_("Recipient"), width=32), SheetColumn(_("Alternate recipient"), width=28),
        SheetColumn(_("Document"), width=26), SheetColumn(_("Amount (%(currency)s)") % {"currency": currency}, AMOUNT, currency, 16),
        SheetColumn(_("Amount in words"), width=38), SheetColumn(_("Signature or thumbprint"), width=28),
        SheetColumn(_("Paid, or the reason why not"), width=26),
    ]  # fmt: skip


def _sheet_rows(taken: Taken) -> Iterator[list[Any]]:
    facts, in_words = taken.facts, taken.in_words
    for line in taken.lines():
        household = number_text(Household.number_prefix, line.household_number)
        yield [
            line.order_number, line.number_text, household, line.area_name, line.payee_name, line.alternate_name, document_words(line),
            line.amount, in_words(line.amount), "", "",
        ]  # fmt: skip
    words = ngettext("Grand total: %(count)s payee", "Grand total: %(count)s payees", facts.count) % {"count": text_of(facts.count)}
    yield [None, "", "", "", words, "", "", facts.total, in_words(facts.total), "", ""]
    for note in (" · ".join([*marks_of(taken.record), footer_of(taken)]), *notes_of(taken)):
        yield [None, "", "", "", note, "", "", None, "", "", ""]
    for signature in signatures():
        yield [None, "", "", "", f"{signature.who}: {', '.join(str(line) for line in signature.lines)}", "", "", None, "", "", ""]

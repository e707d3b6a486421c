"""The cash sheet of a payment point, and the request for the funds of a payroll."""

from collections.abc import Iterator
from datetime import date

from django.utils import formats
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from coremis.kernel.base.money import Money, figures
from coremis.kernel.config.settings import setting
from coremis.kernel.files.pdf import A4, Field, Heading, Paper, PaperColumn, Row, Signature, Sum, Sums
from coremis.kernel.screens.columns import money_text, text_of
from coremis.modules.payments.models import Payroll, TakenPaper
from coremis.modules.payments.paper.notes import notes_needed
from coremis.modules.payments.paper.payees import Taken, day_words, fields_of, footer_of, marks_of, point_words
from coremis.modules.payments.paper.words import amount_in_words

NOTES_SETTING = "payments.denominations"


def denominations(currency: str) -> list[int]:
    """The notes and coins of a currency in smallest units, largest first."""
    return sorted({int(value) for value in (setting(NOTES_SETTING) or {}).get(currency, [])}, reverse=True)


def cash_paper(taken: Taken, values: list[int]) -> Paper:
    """Cash received, handed out and brought back, by denomination; what should be is printed, the rest is written in by hand."""
    needed, rest = notes_needed(taken.facts.amounts.items(), values)
    notes = [_("Difference = received − paid − returned. Explain every difference on the back, and sign it.")]
    if rest:
        amount = money_text(Money(rest, taken.facts.currency))
        notes.append(_("%(amount)s cannot be paid in the notes and coins of this currency. Round the benefit.") % {"amount": amount})
    return Paper(
        title=_("Cash sheet"), subtitle=point_words(taken.part), marks=marks_of(taken.record), fields=fields_of(taken), size=A4,
        columns=_columns(), rows=_cash_rows(taken, values, needed), notes=notes, signatures=_cash_signatures(), footer=footer_of(taken),
        bookmark=f"{point_words(taken.part)} · {_('Cash sheet')}", code=lambda page: f"{taken.record.code}-C{page}", row_height=8,
        fields_in_line=2,
    )  # fmt: skip


def _columns() -> list[PaperColumn]:
    filled = [_("Needed: pieces"), _("Needed: amount")]
    blank = [_("Received: pieces"), _("Received: amount"), _("Returned: pieces"), _("Returned: amount")]
    wide = [PaperColumn(title, width, "right") for title, width in zip([*filled, *blank], (17, 30, 19, 27, 19, 27), strict=True)]
    return [PaperColumn(_("Note or coin"), 38, bold=True, most_lines=2), *wide]


def _cash_rows(taken: Taken, values: list[int], needed: dict[int, int]) -> Iterator[Heading | Row]:
    currency = taken.facts.currency
    yield Heading(_("Cash by denomination"))
    for value in values:
        pieces = needed.get(value, 0)
        yield Row([_plain(value, currency), text_of(pieces), _plain(value * pieces, currency), "", "", "", ""])
    for _blank in range(2 if values else 8):
        yield Row([""] * 7)
    yield Row(
        [_("Total"), text_of(sum(needed.values())), _plain(sum(value * count for value, count in needed.items()), currency), *[""] * 4]
    )
    yield Heading(_("Account of the day: number of payments and amount"))
    expected = [text_of(taken.facts.count), _plain(taken.facts.total_minor, currency)]
    yield Row([_("To be paid"), *expected, "", "", "", ""])
    for label in (_("Cash received"), _("Paid"), _("Not paid"), _("Cash returned"), _("Difference")):
        yield Row([label, "", "", "", "", "", ""])


def _plain(minor: int, currency: str) -> str:
    return figures(minor, currency, formats.get_format("THOUSAND_SEPARATOR"), formats.get_format("DECIMAL_SEPARATOR"))


def _cash_signatures() -> list[Signature]:
    return _signed_by(_("Cash handed over by"), _("Paying officer"), _("Cash taken back by"))


def _signed_by(*people: str) -> list[Signature]:
    return [Signature(who, [_("Name"), _("Signature"), _("Date")]) for who in people]


def funds_paper(
    payroll: Payroll, record: TakenPaper, rows: "list[tuple[str, int, int]]", bank_details: str, needed_on: date | None
) -> Paper:
    """The request for the money of a payroll: (point or provider, payments, smallest units) in ``rows``, totals, bank and signatures."""
    language = get_language() or "en"

    def whole(_count: int, minor: int) -> list[Sum]:
        amount = Money(minor, payroll.currency)
        payments = sum(row[1] for row in rows)
        words = ngettext("Requested: %(count)s payment", "Requested: %(count)s payments", payments) % {"count": text_of(payments)}
        return [Sum(words, money_text(amount), amount_in_words(amount, language))]

    def page(count: int, minor: int) -> Sum:
        return Sum(_("Total of this page"), money_text(Money(minor, payroll.currency)))

    return Paper(
        title=_("Request for funds"), subtitle=f"{payroll.cycle.programme} · {payroll.cycle}", marks=marks_of(record), size=A4,
        fields=[
            Field(_("Payroll"), payroll.number_text), Field(_("Fund"), f"{payroll.fund} ({payroll.fund.code})"),
            Field(_("Needed on"), day_words(needed_on)), Field(_("Total"), money_text(payroll_sum(rows, payroll))),
            Field(_("Bank details"), bank_details or "–"),
        ],
        columns=[
            PaperColumn(_("No."), 10, "right"), PaperColumn(_("Payment point"), 90, bold=True), PaperColumn(_("Payments"), 25, "right"),
            PaperColumn(_("Amount"), 45, "right", bold=True),
        ],
        rows=[
            Row([str(at), name, text_of(count), money_text(Money(minor, payroll.currency))], minor)
            for at, (name, count, minor) in enumerate(rows, start=1)
        ],
        sums=Sums(3, page, whole), row_height=7, fields_in_line=2,
        notes=[_("We ask that this amount be made available for the payments named above.")],
        signatures=_signed_by(_("Requested by"), _("Checked by"), _("Approved by")),
        footer=f"{payroll.number_text} · {record.code}", code=lambda number: f"{record.code}-F{number}",
    )  # fmt: skip


def payroll_sum(rows: "list[tuple[str, int, int]]", payroll: Payroll) -> Money:
    """The sum of a request."""
    return Money(sum(row[2] for row in rows), payroll.currency)

"""Understanding the rows of a results file: blank is blank, amounts are compared, and no proof means not paid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.dates import DAY, parse_partial_date
from coremis.kernel.base.money import decimals_of, parse_amount
from coremis.kernel.base.numbers import read_number
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.base.text import fold
from coremis.kernel.exchange.kinds import ImportColumn
from coremis.modules.payments.states import LineState, RowProblem, UnpaidReason

COLUMNS = (
    ImportColumn("reference", _("Payment number"), required=True, aliases=("reference", "ref", "transfer code", "code", "referência")),
    ImportColumn("result", _("Result"), required=True, aliases=("paid", "payé", "pago", "status", "statut", "estado")),
    ImportColumn("amount", _("Amount"), required=True, aliases=("valor", "amount paid", "montant payé", "valor pago")),
    ImportColumn("receipt", _("Receipt"), aliases=("reçu", "recibo", "receipt number", "transaction", "numéro de reçu", "quittance")),
    ImportColumn("reason", _("Reason"), aliases=("motif", "motivo", "raison", "reason code")),
    ImportColumn("paid_on", _("Paid on"), aliases=("date", "data", "payé le", "pago em", "payment date")),
)
BY_CODE = {column.code: column for column in COLUMNS}

# What files write for each result, folded. A bare yes or no answers the question "paid?".
RESULT_WORDS = {
    "PAID": "yes oui sim y o s 1 true paid paye payee pago paga success succes sucesso",
    "UNCOLLECTED": "no non nao n 0 false unpaid uncollected impaye non paye non retire nao pago nao levantado not collected not paid",
    "RETURNED": "returned retourne devolvido reversed",
    "FAILED": "failed echoue echec falhado falhou rejected rejete rejeitado error erreur erro",
}
PHRASES = ("non paye", "non retire", "nao pago", "nao levantado", "not collected", "not paid")
# What spreadsheets and programs leave behind where nothing was written (pitfall M9).
BLANKS = frozenset({"", "nan", "null", "none", "na", "n a", "nat"})
LONGEST_BLANK = 5


@dataclass
class Understood:
    """One row of the file: what it says, or the first problem found."""

    position: int
    reference: str = ""
    number: int | None = None
    outcome: str = ""
    amount_minor: int | None = None
    receipt: str = ""
    reason: str = ""
    paid_on: date | None = None
    problem: str = ""

    def fail(self, problem: RowProblem) -> None:
        """Keep the first problem."""
        self.problem = self.problem or problem


def understand(position: int, cells: Mapping[str, Any], currency: str) -> Understood:
    """What a row says by itself; whether a payment fits is seen later."""
    row = Understood(position, reference=shown(cells.get("reference"))[:60])
    row.number = read_number(row.reference)
    if row.number is None:
        row.fail(RowProblem.NO_REFERENCE)
    row.receipt = shown(cells.get("receipt"))[:60]
    row.outcome = words_of_results().get(fold(shown(cells.get("result"))), "")
    if not row.outcome:
        row.fail(RowProblem.BAD_RESULT)
    try:
        row.amount_minor = amount_of(cells.get("amount"), currency)
    except (Refusal, InvalidOperation):
        row.fail(RowProblem.BAD_AMOUNT)
    _read_reason(row, cells.get("reason"))
    _read_date(row, cells.get("paid_on"))
    return row


def settle(row: Understood, due_minor: int) -> None:
    """Compare with what was due: paid, partly paid or overpaid (pitfall M11); paid without a receipt is not paid (REC-04)."""
    if row.problem or row.outcome != LineState.PAID:
        return
    if not row.receipt:
        row.outcome, row.reason = LineState.UNCOLLECTED, UnpaidReason.NO_PROOF
    elif not row.amount_minor:
        row.fail(RowProblem.BAD_AMOUNT)
    elif row.amount_minor != due_minor:
        row.outcome = LineState.PARTIAL if row.amount_minor < due_minor else LineState.OVERPAID


def shown(cell: Any) -> str:
    """A cell as text; blank, and what programs write for blank, is blank."""
    text = "" if cell is None else str(cell).strip()
    return "" if len(text) <= LONGEST_BLANK and fold(text) in BLANKS else text


def amount_of(cell: Any, currency: str) -> int | None:
    """Smallest units, or None where nothing is written; Refusal or InvalidOperation for what is no amount."""
    if isinstance(cell, bool):
        raise InvalidOperation
    if not isinstance(cell, str) and cell is not None:
        exact, places = Decimal(str(cell)), decimals_of(currency)
        if exact != round(exact, places):
            raise InvalidOperation
        return _not_negative(int(exact.scaleb(places)))
    text = shown(cell)
    return _not_negative(parse_amount(text, currency)) if text else None


def cells_by_code(headers: Sequence[str], mapping: Mapping[str, Sequence[str]], cells: Sequence[Any]) -> dict[str, Any]:
    """The cells of a row by our column."""
    return {code: cells[headers.index(titles[0])] for code, titles in mapping.items() if titles}


@cache
def words_of_results() -> dict[str, str]:
    """Every folded word or phrase for a result, in all languages."""
    found = {word: state for state, words in RESULT_WORDS.items() for word in words.split()}
    found.update(dict.fromkeys(PHRASES, LineState.UNCOLLECTED))
    for word in ("non", "nao", "not"):
        found[word] = LineState.UNCOLLECTED
    for state in (LineState.PAID, LineState.UNCOLLECTED, LineState.RETURNED, LineState.FAILED):
        found.update({fold(text): state for text in in_all_languages(state.label)})
    return {word: str(state) for word, state in found.items()}


@cache
def words_of_reasons() -> dict[str, str]:
    """Every folded code and title of a reason, in all languages."""
    found = {}
    for reason in UnpaidReason:
        found.update({fold(text): reason.value for text in (reason.value, *in_all_languages(reason.label))})
    return found


def in_all_languages(text: Any) -> list[str]:
    """A title in each language of the installation."""
    found = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found.append(str(text))
    return found


def _read_reason(row: Understood, cell: Any) -> None:
    text = shown(cell)
    row.reason = words_of_reasons().get(fold(text), "") if text else ""
    if row.outcome and row.outcome != LineState.PAID and not row.reason:
        row.fail(RowProblem.NO_REASON)
    if row.outcome == LineState.PAID:
        row.reason = ""


def _read_date(row: Understood, cell: Any) -> None:
    try:
        row.paid_on = _day(cell)
    except Refusal:
        row.fail(RowProblem.BAD_DATE)
        return
    if row.paid_on and row.paid_on > timezone.localdate():
        row.paid_on = None
        row.fail(RowProblem.BAD_DATE)


def _day(cell: Any) -> date | None:
    if isinstance(cell, date):
        return cell.date() if isinstance(cell, datetime) else cell
    text = shown(cell)
    if not text:
        return None
    read = parse_partial_date(text)
    if read.precision != DAY:
        raise Refusal(_("The day is missing."))
    return read.day


def _not_negative(amount: int) -> int:
    if amount < 0:
        raise InvalidOperation
    return amount

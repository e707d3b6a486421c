"""Understanding the rows of a results file: blank is blank, amounts are compared, and no proof means not paid."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.dates import DAY, parse_partial_date
from coremis.kernel.base.money import LARGEST, decimals_of, parse_amount
from coremis.kernel.base.numbers import read_number
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.base.text import fold
from coremis.kernel.exchange.kinds import ImportColumn
from coremis.modules.payments.states import Collector, LineState, ProofKind, RowProblem, UnpaidReason

COLUMNS = (
    ImportColumn("reference", _("Payment number"), required=True, aliases=("reference", "ref", "transfer code", "code", "referência")),
    ImportColumn("result", _("Result"), required=True, aliases=("paid", "payé", "pago", "status", "statut", "estado")),
    ImportColumn("amount", _("Amount"), required=True, aliases=("valor", "amount paid", "montant payé", "valor pago")),
    ImportColumn("receipt", _("Receipt"), aliases=("reçu", "recibo", "receipt number", "numéro de reçu", "quittance")),
    ImportColumn(
        "provider_reference", _("Reference of the provider"),
        aliases=("transaction", "transaction id", "provider reference", "référence du prestataire", "referência do prestador"),
    ),
    ImportColumn("reason", _("Reason"), aliases=("motif", "motivo", "raison", "reason code")),
    ImportColumn("paid_on", _("Paid on"), aliases=("date", "data", "payé le", "pago em", "payment date")),
    ImportColumn("collected_by", _("Collected by"), aliases=("collector", "retiré par", "levantado por")),
)  # fmt: skip
BY_CODE = {column.code: column for column in COLUMNS}

# What files write for each result, folded. A bare yes or no answers the question "paid?".
RESULT_WORDS = {
    "PAID": "yes oui sim y o s 1 true paid paye payee pago paga success succes sucesso",
    "UNCOLLECTED": "no non nao n 0 false unpaid uncollected impaye unclaimed",
    "RETURNED": "returned retourne devolvido",
    "FAILED": "failed echoue echec falhado falhou error erreur erro",
    "REJECTED": "rejected rejete rejeitado",
    "UNAPPLIED": "unapplied uncredited pending",
    "REVERSED": "reversed extourne estornado",
    "DISPUTED": "disputed conteste contestado",
}
PHRASES = ("non paye", "non retire", "nao pago", "nao levantado", "not collected", "not paid")
READABLE = (
    LineState.PAID, LineState.UNCOLLECTED, LineState.RETURNED, LineState.FAILED, LineState.REJECTED, LineState.UNAPPLIED,
    LineState.REVERSED, LineState.DISPUTED,
)  # fmt: skip
NEEDS_PROOF = (LineState.PAID, LineState.DISPUTED)
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
    proof: str = ""
    collected_by: str = ""
    reason: str = ""
    paid_on: date | None = None
    problem: str = ""
    effect: str = ""
    was: str = ""

    def fail(self, problem: RowProblem) -> None:
        """Keep the first problem."""
        self.problem = self.problem or problem


def understand(position: int, cells: Mapping[str, Any], currency: str) -> Understood:
    """What a row says by itself; whether a payment fits is seen later."""
    row = Understood(position, reference=shown(cells.get("reference"))[:60])
    row.number = read_number(row.reference)
    if row.number is None:
        row.fail(RowProblem.NO_REFERENCE)
    _read_proof(row, cells)
    row.collected_by = words_of_collectors().get(fold(shown(cells.get("collected_by"))), "")
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


def shown(cell: Any) -> str:
    """A cell as text; blank, and what programs write for blank, is blank."""
    text = "" if cell is None else str(cell).strip()
    return "" if len(text) <= LONGEST_BLANK and not text.isdigit() and fold(text) in BLANKS else text


def amount_of(cell: Any, currency: str) -> int | None:
    """Smallest units, or None where nothing is written; Refusal or InvalidOperation for what is no amount."""
    if isinstance(cell, bool):
        raise InvalidOperation
    if not isinstance(cell, str) and cell is not None:
        exact, places = Decimal(str(cell)), decimals_of(currency)
        if exact != round(exact, places) or abs(exact.scaleb(places)) > LARGEST:
            raise InvalidOperation
        return _not_negative(int(exact.scaleb(places)))
    text = shown(cell)
    return _not_negative(parse_amount(text, currency)) if text else None


@cache
def words_of_results() -> dict[str, str]:
    """Every folded word or phrase for a result, in all languages."""
    found = {word: state for state, words in RESULT_WORDS.items() for word in words.split()}
    found.update(dict.fromkeys(PHRASES, LineState.UNCOLLECTED))
    for word in ("non", "nao", "not"):
        found[word] = LineState.UNCOLLECTED
    for state in READABLE:
        found.update({fold(text): state for text in in_all_languages(state.label)})
    return {word: str(state) for word, state in found.items()}


@cache
def words_of_reasons() -> dict[str, str]:
    """Every folded code and title of a reason, in all languages."""
    found = {}
    for reason in UnpaidReason:
        found.update({fold(text): reason.value for text in (reason.value, *in_all_languages(reason.label))})
    return found


@cache
def words_of_collectors() -> dict[str, str]:
    """Every folded code and title of who took the money, in all languages."""
    return {fold(text): one.value for one in Collector for text in (one.value, *in_all_languages(one.label))}


def in_all_languages(text: Any) -> list[str]:
    """A title in each language of the installation."""
    found = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found.append(str(text))
    return found


def _read_proof(row: Understood, cells: Mapping[str, Any]) -> None:
    """A receipt, else the provider's reference, else the signed page that was attached; blank is blank (pitfall M9)."""
    for kind, code in ((ProofKind.RECEIPT, "receipt"), (ProofKind.PROVIDER, "provider_reference"), (ProofKind.PAGE, "page")):
        row.receipt = shown(cells.get(code))[:60]
        if row.receipt:
            row.proof = kind
            return


def _read_reason(row: Understood, cell: Any) -> None:
    text = shown(cell)
    row.reason = words_of_reasons().get(fold(text), "") if text else ""
    if row.outcome and row.outcome not in NEEDS_PROOF and not row.reason:
        row.fail(RowProblem.NO_REASON)
    if row.outcome in NEEDS_PROOF:
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

"""What one row of results may do to its payment: first result, late answer, correction, or nothing, and why (rulebook 2.11.2).

| the payment was | the row says | effect |
|---|---|---|
| in payment | anything | first result; paid without proof counts as not paid (REC-04) |
| not paid, not re-issued | paid | paid late |
| not paid, not re-issued | another reason or kind | other result, no money moves |
| not paid, re-issued | paid | nothing; an incident: paid twice |
| partly paid | more, with another receipt | paid late (the rest) |
| paid | reversed, returned | taken back; what was paid is owed again |
| paid | disputed | disputed; the money stays paid, an incident |
| paid | paid, with another receipt | nothing; an incident: paid twice |
"""

from typing import NamedTuple

from coremis.modules.payments.reading import NEEDS_PROOF, Understood
from coremis.modules.payments.states import (
    AWAITING_LINES,
    OUTCOMES,
    PAID_LINES,
    UNPAID_LINES,
    Effect,
    LineState,
    RowProblem,
    UnpaidReason,
)  # fmt: skip

TAKES_BACK = (LineState.REVERSED, LineState.RETURNED)


class Known(NamedTuple):
    """What is known of a payment that a row names. ``later``: it was re-issued; ``forfeited``: its money is back in the fund."""

    pk: int
    payroll_id: int
    amount_minor: int
    paid_minor: int
    state: str
    area_id: int
    receipt: str
    unpaid_reason: str
    forfeited: bool
    later: bool
    provider_id: int | None = None


def judge(row: Understood, line: Known | None, payroll_id: int, provider_id: int | None = None) -> None:
    """Whether the payment that a row names can take its outcome; the row's own problems come second.

    A file of one provider says nothing that counts about payments of another one.
    """
    if line is None:
        row.problem = RowProblem.NO_REFERENCE if row.number is None else RowProblem.UNKNOWN
        return
    row.was = line.state
    if line.payroll_id != payroll_id:
        row.problem = RowProblem.OTHER_PAYROLL
    elif provider_id is not None and line.provider_id != provider_id:
        row.problem = RowProblem.OTHER_WAY
    elif line.state not in (*AWAITING_LINES, *OUTCOMES):
        row.problem = RowProblem.NOT_SENT
    elif not row.problem:
        without_proof = row.outcome in NEEDS_PROOF and not row.receipt
        if line.state in AWAITING_LINES:
            _first(row, line, without_proof)
        elif without_proof and not (row.outcome == LineState.DISPUTED and line.state in PAID_LINES):
            row.problem = RowProblem.ALREADY  # it says nothing that counts
        elif line.state in UNPAID_LINES:
            _after_unpaid(row, line)
        else:
            _after_paid(row, line)


def _first(row: Understood, line: Known, without_proof: bool) -> None:
    row.effect = Effect.FIRST
    if without_proof:
        row.outcome, row.reason = LineState.UNCOLLECTED, UnpaidReason.NO_PROOF
    elif row.outcome in NEEDS_PROOF:
        _compare(row, line)


def _after_unpaid(row: Understood, line: Known) -> None:
    if row.outcome in NEEDS_PROOF:
        row.effect = Effect.LATE
        if line.later or line.forfeited:
            row.problem = RowProblem.PAID_TWICE if line.later else RowProblem.FORFEITED
        else:
            _compare(row, line)
    elif line.later or line.forfeited or (row.outcome, row.reason) == (line.state, line.unpaid_reason):
        row.problem = RowProblem.ALREADY
    else:
        row.effect = Effect.CHANGE


def _after_paid(row: Understood, line: Known) -> None:
    if row.outcome in TAKES_BACK:
        row.effect = Effect.REVERSE
        if line.later:
            row.problem = RowProblem.REISSUED
    elif row.outcome in UNPAID_LINES:
        row.problem = RowProblem.CONTRADICTS
    elif row.outcome == LineState.DISPUTED:
        row.effect = Effect.CHANGE
        if line.state == LineState.DISPUTED:
            row.problem = RowProblem.ALREADY
    else:
        _paid_again(row, line)


def _paid_again(row: Understood, line: Known) -> None:
    if row.receipt == line.receipt:
        row.problem = RowProblem.ALREADY if row.amount_minor == line.paid_minor else RowProblem.CONTRADICTS
    elif line.state == LineState.PARTIAL and not line.later:
        row.effect = Effect.LATE
        _compare(row, line)
    else:
        row.problem = RowProblem.PAID_TWICE


def _compare(row: Understood, line: Known) -> None:
    """Paid, partly paid or overpaid, by all that has arrived (pitfall M11)."""
    if not row.amount_minor:
        row.problem = RowProblem.BAD_AMOUNT
    elif row.outcome == LineState.PAID and line.paid_minor + row.amount_minor != line.amount_minor:
        row.outcome = LineState.PARTIAL if line.paid_minor + row.amount_minor < line.amount_minor else LineState.OVERPAID

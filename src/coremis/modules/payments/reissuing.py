"""Which lines may be paid again: those that were finally not paid, and the rest of what was partly paid; each once (pitfall M16)."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from coremis.modules.payments.models import Payroll, PayrollLine
from coremis.modules.payments.states import FINAL_UNPAID, FREE_LINES, LineState

# Another attempt in one of these states leaves nothing to pay again.
OVER = (*FINAL_UNPAID, *FREE_LINES, LineState.PARTIAL)


def reissuable(payroll: "Payroll | int", but: int | None = None) -> "QuerySet[PayrollLine]":
    """The lines of a payroll that can be paid again; with ``but``, as if that payroll had no lines yet.

    A line that may still be with the provider (in payment, received but not credited, not in the file) is not among them, nor one
    whose money went back to the fund. A cancelled line is, where it was a re-issue itself.
    """
    final = Q(state__in=FINAL_UNPAID) | Q(state=LineState.PARTIAL, paid_minor__lt=F("amount_minor"))
    again = Q(state__in=FREE_LINES, attempt__gt=1)
    rows: Any = PayrollLine.everything.filter(final | again, payroll=payroll, forfeited_on=None)
    others: Any = PayrollLine.everything.filter(
        cycle=OuterRef("cycle"), component=OuterRef("component"), enrolment=OuterRef("enrolment")
    ).exclude(pk=OuterRef("pk"))
    taken = others.filter(~Q(state__in=OVER) | Q(reissue_of=OuterRef("pk")))
    found: QuerySet[PayrollLine] = rows.filter(~Exists(taken.exclude(payroll=but) if but else taken))
    return found


def may_still_be_paid(payroll: Payroll) -> int:
    """How many unpaid lines are not final: they may still be with the provider."""
    waiting = (LineState.SENT, LineState.UNAPPLIED, LineState.NOT_IN_FILE)
    return int(PayrollLine.objects.filter(payroll=payroll, state__in=waiting).count())

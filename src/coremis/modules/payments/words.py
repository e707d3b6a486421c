"""Statuses as words with a colour."""

from typing import Any

from coremis.kernel.screens.columns import Status
from coremis.modules.payments.states import FileState, IncidentState, LineState, PayrollState

P, L, F = PayrollState, LineState, FileState
TONES: dict[Any, str] = {
    P.PREPARING: "wait", P.ABANDONED: "off", P.CALCULATED: "info", P.APPROVING: "wait", P.APPROVED: "info", P.RELEASING: "wait",
    P.RELEASED: "wait", P.CANCELLING: "wait", P.CANCELLED: "off", P.CLOSED: "good",
    L.DUE: "info", L.SENT: "wait", L.PAID: "good", L.PARTIAL: "stop", L.OVERPAID: "stop", L.UNCOLLECTED: "stop", L.RETURNED: "stop",
    L.FAILED: "stop", L.UNAPPLIED: "stop", L.REJECTED: "stop", L.REVERSED: "stop", L.NOT_IN_FILE: "stop", L.DISPUTED: "stop",
    IncidentState.OPEN: "stop", IncidentState.CLAIMED: "wait", IncidentState.SETTLED: "good",
    F.NEW: "info", F.CHECKING: "wait", F.CHECKED: "info", F.APPLYING: "wait", F.APPLIED: "good", F.DISCARDED: "off",
}  # fmt: skip


def status_of(row: Any) -> Status:
    """The state of a payroll, payment or file."""
    return Status(TONES[row.state], row.get_state_display())

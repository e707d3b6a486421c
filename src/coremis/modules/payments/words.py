"""Statuses as words with a colour."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.columns import Status
from coremis.modules.payments.calendar import placed
from coremis.modules.payments.findings import NEEDS_VERDICT, Phase, Verdict
from coremis.modules.payments.states import FileKind, FileState, IncidentState, LineState, PayrollState

P, L, F = PayrollState, LineState, FileState
TONES: dict[Any, str] = {
    P.PREPARING: "wait", P.ABANDONED: "off", P.CALCULATED: "info", P.VERIFIED: "info", P.APPROVING: "wait", P.APPROVED: "info",
    P.RELEASING: "wait", P.RELEASED: "wait", P.CANCELLING: "wait", P.CANCELLED: "off", P.CLOSED: "good",
    L.DUE: "info", L.HELD: "stop", L.SENT: "wait", L.PAID: "good", L.PARTIAL: "stop", L.OVERPAID: "stop", L.UNCOLLECTED: "stop",
    L.RETURNED: "stop", L.FAILED: "stop", L.UNAPPLIED: "stop", L.REJECTED: "stop", L.REVERSED: "stop", L.NOT_IN_FILE: "stop",
    L.DISPUTED: "stop", IncidentState.OPEN: "stop", IncidentState.CLAIMED: "wait", IncidentState.SETTLED: "good",
    F.NEW: "info", F.CHECKING: "wait", F.CHECKED: "info", F.APPLYING: "wait", F.APPLIED: "good", F.DISCARDED: "off",
}  # fmt: skip


def status_of(row: Any) -> Status:
    """The state of a payroll, payment or file."""
    return Status(TONES[row.state], row.get_state_display())


def file_status(file: Any) -> Status:
    """The state of a file of results; a signed list has no columns to match, it is being typed."""
    typing = file.kind_of == FileKind.SHEET and file.state == FileState.NEW
    return Status(TONES[file.state], _("being typed")) if typing else status_of(file)


def flag_status(group: Any) -> Status:
    """The verdict on a flagged group."""
    if group.verdict:
        return Status("stop" if group.verdict == Verdict.HOLD else "good", group.get_verdict_display())
    return Status("wait", _("no verdict yet")) if group.severity in NEEDS_VERDICT else Status("off", _("none needed"))


def verdict_status(member: Any) -> Status:
    """The verdict on one payment of a flagged group."""
    if member.elsewhere:
        return Status("off", _("in another payroll"))
    if not member.verdict:
        return flag_status(member.group)
    return Status("stop" if member.verdict == Verdict.HOLD else "good", member.get_verdict_display())


PHASES = {Phase.COMING: "info", Phase.RUNNING: "wait", Phase.LATE: "stop", Phase.CLOSED: "good"}


def phase_status(cycle: Any) -> Status:
    """Where a cycle stands in its calendar."""
    phase = Phase(placed(cycle).phase)
    return Status(PHASES[phase], phase.label)

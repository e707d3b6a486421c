"""The states of payrolls and lines, and the one declared set of their groups, used by every query."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PayrollState(models.TextChoices):
    """How far a payroll is."""

    PREPARING = "PREPARING", _("being calculated")
    ABANDONED = "ABANDONED", _("calculation given up")
    CALCULATED = "CALCULATED", _("calculated")
    VERIFIED = "VERIFIED", _("verified")
    APPROVING = "APPROVING", _("being approved")
    APPROVED = "APPROVED", _("approved")
    RELEASING = "RELEASING", _("being sent for payment")
    RELEASED = "RELEASED", _("in payment")
    CANCELLING = "CANCELLING", _("being cancelled")
    CANCELLED = "CANCELLED", _("cancelled")
    CLOSED = "CLOSED", _("closed")


class LineState(models.TextChoices):
    """What has become of one payment. From PAID on, these are outcomes (rulebook 2.11.2; an unknown line is one of a file's rows)."""

    DUE = "DUE", _("to be paid")
    HELD = "HELD", _("held for a decision")
    SENT = "SENT", _("in payment")
    CANCELLED = "CANCELLED", _("cancelled")
    PAID = "PAID", _("paid")
    PARTIAL = "PARTIAL", _("partly paid")
    OVERPAID = "OVERPAID", _("overpaid")
    UNCOLLECTED = "UNCOLLECTED", _("not collected")
    RETURNED = "RETURNED", _("returned")
    FAILED = "FAILED", _("failed")
    UNAPPLIED = "UNAPPLIED", _("received, not credited")
    REJECTED = "REJECTED", _("rejected by the provider")
    REVERSED = "REVERSED", _("paid, then reversed")
    NOT_IN_FILE = "NOT_IN_FILE", _("not in the file")
    DISPUTED = "DISPUTED", _("disputed")


P, L = PayrollState, LineState

# Payrolls whose lines do not exist yet for anybody, or no more.
HIDDEN_PAYROLLS = (P.PREPARING, P.ABANDONED)
WORKING_PAYROLLS = (P.PREPARING, P.APPROVING, P.RELEASING, P.CANCELLING)
CANCELLABLE_PAYROLLS = (P.CALCULATED, P.VERIFIED, P.APPROVED)
# While these last, single payments can be taken out or let go.
DECIDABLE_PAYROLLS = (P.CALCULATED, P.VERIFIED, P.APPROVED, P.RELEASED)
ENDED_PAYROLLS = (P.CLOSED, P.CANCELLED, P.ABANDONED)
POSTED_PAYROLLS = (P.APPROVED, P.RELEASING, P.RELEASED, P.CLOSED)
SENT_PAYROLLS = (P.RELEASING, P.RELEASED, P.CLOSED)
LIVE_PAYROLLS = (P.CALCULATED, P.VERIFIED, P.APPROVING, *POSTED_PAYROLLS)

# Lines that hold the key (cycle, component, enrolment); only a cancelled line gives it free.
FREE_LINES = (L.CANCELLED,)
AWAITING_LINES = (L.SENT,)
HELD_LINES = (L.HELD,)
DUE_LINES = (L.DUE,)
# Of a disputed one there is a proof; the money stays paid until somebody has found out.
PAID_LINES = (L.PAID, L.PARTIAL, L.OVERPAID, L.DISPUTED)
# Nothing arrived; what was due is owed again. Those of FINAL_UNPAID can be paid again, once (pitfall M16).
UNPAID_LINES = (L.UNCOLLECTED, L.RETURNED, L.FAILED, L.UNAPPLIED, L.REJECTED, L.REVERSED, L.NOT_IN_FILE)
FINAL_UNPAID = (L.UNCOLLECTED, L.RETURNED, L.FAILED, L.REJECTED, L.REVERSED)
OUTCOMES = (*PAID_LINES, *UNPAID_LINES)


class FileState(models.TextChoices):
    """How far a file of results is."""

    NEW = "NEW", _("columns to match")
    CHECKING = "CHECKING", _("being checked")
    CHECKED = "CHECKED", _("checked")
    APPLYING = "APPLYING", _("being applied")
    APPLIED = "APPLIED", _("applied")
    DISCARDED = "DISCARDED", _("set aside")


UNDECIDED_FILES = (FileState.NEW, FileState.CHECKING, FileState.CHECKED, FileState.APPLYING)


class Exclusion(models.TextChoices):
    """Why somebody is left out of a payroll."""

    SUSPENDED = "SUSPENDED", _("suspended")
    ENDED = "ENDED", _("left the programme in this cycle")
    LATE = "LATE", _("became active after the data freeze")
    DISSOLVED = "DISSOLVED", _("household dissolved")
    NO_RECIPIENT = "NO_RECIPIENT", _("no primary recipient on the day of the data freeze")
    RECIPIENT_DIED = "RECIPIENT_DIED", _("recipient died")
    ALREADY = "ALREADY", _("already in a payroll of this cycle")
    NO_CONSENT = "NO_CONSENT", _("no consent on file")
    NO_AMOUNT = "NO_AMOUNT", _("no amount in the file")
    MISSING_FACT = "MISSING_FACT", _("a fact that the amount depends on is missing")
    MAX_PAYMENTS = "MAX_PAYMENTS", _("has received the largest number of payments")
    CAP_REACHED = "CAP_REACHED", _("has received the largest sum")
    BELOW_MINIMUM = "BELOW_MINIMUM", _("amount below the smallest payable; kept for the next payment")
    ZERO = "ZERO", _("the amount is zero")


class HoldReason(models.TextChoices):
    """Why a payment waits for a decision (rulebook 2.11.1)."""

    FLAGGED = "FLAGGED", _("held by whoever looked at a possible duplicate")
    OVER_MAXIMUM = "OVER_MAXIMUM", _("amount above the maximum")
    DIED = "DIED", _("payee died since the data freeze")
    LEFT = "LEFT", _("left the programme since the data freeze")
    SUSPENDED = "SUSPENDED", _("suspended since the data freeze")
    RECIPIENT_CHANGED = "RECIPIENT_CHANGED", _("recipient changed since the data freeze")
    TAKEN_OUT = "TAKEN_OUT", _("taken out by a decision")


# Held before anything was owed, so not part of the payroll's total; or on the way out, still owed.
HELD_BEFORE = (HoldReason.FLAGGED, HoldReason.OVER_MAXIMUM)
HELD_SINCE = (HoldReason.DIED, HoldReason.LEFT, HoldReason.SUSPENDED, HoldReason.RECIPIENT_CHANGED)
# These payments are voided, and paid anew to whoever collects now.
OTHER_PAYEE = (HoldReason.DIED, HoldReason.RECIPIENT_CHANGED)
# What may still go to the payee of the data freeze. The others are voided, and paid anew to somebody else.
PAYABLE_HOLDS = (*HELD_BEFORE, HoldReason.LEFT, HoldReason.SUSPENDED)


class Collector(models.TextChoices):
    """Who took the money."""

    RECIPIENT = "recipient", _("the recipient")
    ALTERNATE = "alternate", _("the alternate recipient")
    OTHER = "other", _("somebody else")


class UnpaidReason(models.TextChoices):
    """Why a payment did not arrive (rulebook 2.11.2)."""

    DECEASED = "deceased", _("deceased")
    MOVED = "moved", _("moved away")
    ILL = "ill", _("ill")
    TRAVELLING = "travelling", _("travelling")
    NO_ID = "no_id", _("no identity document")
    ID_MISMATCH = "id_mismatch", _("identity document does not match")
    NOT_ON_LIST = "not_on_list", _("not on the list")
    REFUSED = "refused", _("refused the money")
    UNAWARE = "unaware", _("did not know the date")
    SIM_INACTIVE = "sim_inactive", _("SIM card not active")
    NO_WALLET = "no_wallet", _("wallet not registered")
    WALLET_LIMIT = "wallet_limit", _("wallet limit reached")
    WRONG_NUMBER = "wrong_number", _("wrong number")
    DORMANT = "dormant", _("account dormant")
    ACCOUNT_CLOSED = "account_closed", _("account closed")
    NAME_MISMATCH = "name_mismatch", _("name does not match")
    NO_CASH = "no_cash", _("agent had no cash")
    NETWORK = "network", _("network down")
    SECURITY = "security", _("security")
    TIMEOUT = "timeout", _("provider did not answer")
    DUPLICATE = "duplicate", _("duplicate")
    OTHER = "other", _("other reason")
    NO_PROOF = "no_proof", _("reported paid without a receipt")
    NOT_IN_FILE = "not_in_file", _("not in the file")


class RowProblem(models.TextChoices):
    """Why a row of a results file is not applied."""

    NO_REFERENCE = "NO_REFERENCE", _("The payment number is missing or mistyped.")
    UNKNOWN = "UNKNOWN", _("No payment has this number.")
    OTHER_PAYROLL = "OTHER_PAYROLL", _("This payment belongs to another payroll.")
    OTHER_WAY = "OTHER_WAY", _("This payment goes through another provider.")
    NOT_SENT = "NOT_SENT", _("This payment was not sent.")
    ALREADY = "ALREADY", _("This payment already has a result.")
    REPEATED = "REPEATED", _("This payment stands in several rows.")
    BAD_RESULT = "BAD_RESULT", _("The result is missing or not understood.")
    BAD_AMOUNT = "BAD_AMOUNT", _("The amount is missing or not understood.")
    NO_REASON = "NO_REASON", _("The reason is missing or not in the list.")
    BAD_DATE = "BAD_DATE", _("The date is not understood, or is still to come.")
    CONTRADICTS = "CONTRADICTS", _("This payment was paid with proof. The row says otherwise.")
    PAID_TWICE = "PAID_TWICE", _("This payment was paid twice.")
    FORFEITED = "FORFEITED", _("Paid after the money had gone back to the fund.")
    REISSUED = "REISSUED", _("This payment was re-issued, so its result stays.")


# Money was perhaps paid of which our lists know nothing, or know something else: nothing is closed before that is explained.
BLOCKING_PROBLEMS = (
    RowProblem.UNKNOWN, RowProblem.NO_REFERENCE, RowProblem.REPEATED, RowProblem.CONTRADICTS, RowProblem.REISSUED, RowProblem.OTHER_WAY,
)  # fmt: skip


class Effect(models.TextChoices):
    """What a good row does to its payment."""

    FIRST = "FIRST", _("first result")
    LATE = "LATE", _("paid late")
    CHANGE = "CHANGE", _("other result, no money moved")
    REVERSE = "REVERSE", _("payment taken back")


class ProofKind(models.TextChoices):
    """What shows that money arrived (REC-04)."""

    RECEIPT = "receipt", _("receipt")
    PROVIDER = "provider", _("reference of the provider")
    PAGE = "page", _("signed page")


class FileKind(models.TextChoices):
    """Where results come from."""

    FILE = "FILE", _("file")
    SHEET = "SHEET", _("signed list, typed in")


class IncidentKind(models.TextChoices):
    """What went wrong with money."""

    PAID_TWICE = "PAID_TWICE", _("paid twice")
    PAID_LATE = "PAID_LATE", _("paid after the money had gone back to the fund")
    OVERPAID = "OVERPAID", _("paid too much")
    UNKNOWN = "UNKNOWN", _("not on our list")
    DISPUTED = "DISPUTED", _("payee says: not received")
    CHANGED = "CHANGED", _("payment changed after its calculation")


class IncidentState(models.TextChoices):
    """How far an incident is. An open one keeps its payroll from being closed."""

    OPEN = "OPEN", _("open")
    CLAIMED = "CLAIMED", _("to be recovered")
    SETTLED = "SETTLED", _("settled")


class IncidentEnd(models.TextChoices):
    """What may be decided about an incident."""

    EXPLAINED = "EXPLAINED", _("explained, no money moves")
    CLAIM = "CLAIM", _("to be recovered")
    RECOVERED = "RECOVERED", _("money came back to the fund")
    WRITTEN_OFF = "WRITTEN_OFF", _("written off")
    RECEIVED = "RECEIVED", _("the payee did receive the money")
    NOT_RECEIVED = "NOT_RECEIVED", _("the payee did not receive the money")


Kind, E = IncidentKind, IncidentEnd
# What can be decided, by kind and state.
ENDS: dict[tuple[str, str], tuple[IncidentEnd, ...]] = {
    (Kind.PAID_TWICE, IncidentState.OPEN): (E.CLAIM, E.EXPLAINED),
    (Kind.PAID_LATE, IncidentState.OPEN): (E.CLAIM, E.EXPLAINED),
    (Kind.DISPUTED, IncidentState.OPEN): (E.RECEIVED, E.NOT_RECEIVED),
    (Kind.CHANGED, IncidentState.OPEN): (E.EXPLAINED,),
    (Kind.UNKNOWN, IncidentState.OPEN): (E.EXPLAINED,),
    **dict.fromkeys(
        ((kind, IncidentState.CLAIMED) for kind in (Kind.PAID_TWICE, Kind.PAID_LATE, Kind.OVERPAID)), (E.RECOVERED, E.WRITTEN_OFF)
    ),
}


class Step(models.TextChoices):
    """The steps of a payroll that five different people do."""

    CALCULATE = "CALCULATE", _("calculated by")
    VERIFY = "VERIFY", _("verified by")
    APPROVE = "APPROVE", _("approved by")
    RELEASE = "RELEASE", _("sent for payment by")
    RECONCILE = "RECONCILE", _("reconciled by")


# Rows that change nothing by themselves but must be looked into.
INCIDENT_PROBLEMS = {
    RowProblem.PAID_TWICE: Kind.PAID_TWICE,
    RowProblem.FORFEITED: Kind.PAID_LATE,
    RowProblem.UNKNOWN: Kind.UNKNOWN,
    RowProblem.NO_REFERENCE: Kind.UNKNOWN,
}

# What each outcome means for the next step (rulebook 2.11.2).
NEXT_STEPS = {
    L.SENT: _("Wait for the result, or ask the provider."),
    L.PAID: _("Nothing. It is settled."),
    L.PARTIAL: _("Re-issue the rest, or take a further part payment."),
    L.OVERPAID: _("Recover what was too much, or write it off. See the incident."),
    L.UNCOLLECTED: _("It can be claimed until the days of grace are over, or be re-issued."),
    L.RETURNED: _("Correct the account or name, then re-issue it."),
    L.FAILED: _("Correct what the reason says, then re-issue it."),
    L.UNAPPLIED: _("Ask the provider. It cannot be re-issued, because the provider has the money."),
    L.REJECTED: _("Correct the data, then re-issue it."),
    L.REVERSED: _("Find out why, then re-issue it."),
    L.NOT_IN_FILE: _("Ask the provider. It cannot be re-issued before there is an answer."),
    L.DISPUTED: _("Find out whether the payee had the money, and decide about the incident."),
}

"""Why a status changes: one list of reasons for each permitted change, and no change that is not listed here.

The exit reasons are those of rulebook 2.14; codes are written as PublicSchema writes its own.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from coremis.modules.programmes.statuses import Status


class Reason(models.TextChoices):
    """Every reason there is; which of them fits a change is said by ``TRANSITIONS``."""

    SELECTED = "selected", _("selected by the targeting")
    COMMUNITY_VALIDATED = "community_validated", _("validated by the community")
    IN_CATEGORY = "in_category", _("belongs to the category that is helped")
    AFFECTED_BY_SHOCK = "affected_by_shock", _("affected by a shock")
    APPEAL_ACCEPTED = "appeal_accepted", _("appeal accepted")
    FROM_WAITING_LIST = "from_waiting_list", _("moved up from the waiting list")
    FORMER_SYSTEM = "former_system", _("taken over from a former system")
    ENROLMENT_COMPLETED = "enrolment_completed", _("enrolment completed")
    NON_COMPLIANCE = "non_compliance", _("conditions not met")
    UNDER_VERIFICATION = "under_verification", _("under verification")
    UNCOLLECTED = "uncollected", _("payments not collected")
    NO_RECIPIENT = "no_recipient", _("no valid recipient")
    ABSENT = "absent", _("temporarily absent")
    SUSPECTED_FRAUD = "suspected_fraud", _("suspected fraud")
    FUNDS_INTERRUPTED = "funds_interrupted", _("funds interrupted")
    CONDITIONS_MET = "conditions_met", _("conditions met again")
    VERIFIED = "verified", _("verified and in order")
    RECIPIENT_NAMED = "recipient_named", _("valid recipient named")
    RETURNED = "returned", _("has come back")
    FUNDS_RESUMED = "funds_resumed", _("funds resumed")
    TIME_COMPLETED = "time_completed", _("time in the programme completed")
    CRITERIA_MET = "criteria_met", _("graduation criteria met")
    NOT_ELIGIBLE = "not_eligible", _("assessed again: not eligible")
    AGE_LIMIT = "age_limit", _("age limit reached")
    DEATH = "death", _("death of the sole member")
    MOVED_OUT = "moved_out", _("moved out of the area")
    VOLUNTARY = "voluntary", _("left by own wish")
    FRAUD = "fraud", _("fraud or false data")
    DUPLICATE = "duplicate", _("registered twice")
    UNREACHABLE = "unreachable", _("cannot be reached")
    PROGRAMME_CLOSED = "programme_closed", _("programme closed")
    REPLACED = "replaced", _("replaced by another")
    MISTAKE = "mistake", _("entered by mistake")
    OTHER = "other", _("other reason (say it in the note)")


NEW = ""  # not yet in the programme
_R, _S = Reason, Status
_ENTRY = (
    _R.SELECTED,
    _R.COMMUNITY_VALIDATED,
    _R.IN_CATEGORY,
    _R.AFFECTED_BY_SHOCK,
    _R.APPEAL_ACCEPTED,
    _R.FROM_WAITING_LIST,
    _R.FORMER_SYSTEM,
    _R.OTHER,
)
_SUSPENSION = (
    _R.NON_COMPLIANCE, _R.UNDER_VERIFICATION, _R.UNCOLLECTED, _R.NO_RECIPIENT, _R.ABSENT, _R.SUSPECTED_FRAUD,
    _R.FUNDS_INTERRUPTED, _R.OTHER,
)  # fmt: skip
_RETURN = (_R.CONDITIONS_MET, _R.VERIFIED, _R.RECIPIENT_NAMED, _R.RETURNED, _R.FUNDS_RESUMED, _R.APPEAL_ACCEPTED, _R.MISTAKE, _R.OTHER)
_GRADUATION = (_R.TIME_COMPLETED, _R.CRITERIA_MET)
_EXIT = (
    _R.NOT_ELIGIBLE, _R.AGE_LIMIT, _R.DEATH, _R.MOVED_OUT, _R.VOLUNTARY, _R.NON_COMPLIANCE, _R.FRAUD, _R.DUPLICATE,
    _R.UNREACHABLE, _R.PROGRAMME_CLOSED, _R.REPLACED, _R.MISTAKE, _R.OTHER,
)  # fmt: skip

# From where to where a beneficiary may go, and why. What ended is brought back only by undoing.
TRANSITIONS: dict[tuple[str, Status], tuple[Reason, ...]] = {
    (NEW, _S.POTENTIAL): _ENTRY,
    (NEW, _S.ACTIVE): (*_ENTRY[:-1], _R.ENROLMENT_COMPLETED, _R.OTHER),
    (_S.POTENTIAL, _S.ACTIVE): (
        _R.ENROLMENT_COMPLETED,
        _R.SELECTED,
        _R.COMMUNITY_VALIDATED,
        _R.FROM_WAITING_LIST,
        _R.APPEAL_ACCEPTED,
        _R.OTHER,
    ),
    (_S.POTENTIAL, _S.EXITED): _EXIT,
    (_S.ACTIVE, _S.SUSPENDED): _SUSPENSION,
    (_S.ACTIVE, _S.GRADUATED): _GRADUATION,
    (_S.ACTIVE, _S.EXITED): _EXIT,
    (_S.SUSPENDED, _S.ACTIVE): _RETURN,
    (_S.SUSPENDED, _S.GRADUATED): _GRADUATION,
    (_S.SUSPENDED, _S.EXITED): _EXIT,
}


def next_statuses(status: str) -> list[Status]:
    """Where one may go from here."""
    return [to for came_from, to in TRANSITIONS if came_from == status]

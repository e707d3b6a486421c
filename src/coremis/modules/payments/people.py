"""What payments have to say when records of people become one: payments on their way must be settled first (pitfall D12)."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from coremis.modules.payments.models import PayrollLine
from coremis.modules.payments.states import AWAITING_LINES, FREE_LINES, HELD_LINES, LineState
from coremis.modules.registry.models import Household

UNSETTLED = (*AWAITING_LINES, *HELD_LINES, LineState.DUE)


def unsettled(survivor: Any, other: Any) -> list[str]:
    """Payments of the record that would be retired which are neither paid nor given up."""
    whose = Q(enrolment__household=other.pk) if isinstance(other, Household) else Q(payee=other.pk) | Q(enrolment__person=other.pk)
    if not PayrollLine.objects.filter(whose, state__in=UNSETTLED).exists():
        return []
    return [_("%(number)s has payments on their way. Wait until they are settled.") % {"number": other.number_text}]


def paid_since(survivor: Any, other: Any, since: datetime) -> list[str]:
    """Payments that were calculated after a merge: they name the survivor, so the merge stays."""
    if isinstance(survivor, Household):
        whose = Q(enrolment__household=survivor.pk)
    else:
        whose = Q(payee=survivor.pk) | Q(enrolment__person=survivor.pk)
    if not PayrollLine.objects.filter(whose, payroll__made_at__gte=since).exclude(state__in=FREE_LINES).exists():
        return []
    return [_("%(number)s was paid after the merge, so it stays. Register the other one anew.") % {"number": survivor.number_text}]

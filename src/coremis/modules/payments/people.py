"""What payments have to say when records of people become one: payments on their way must be settled first (pitfall D12)."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from coremis.modules.payments.models import PayrollLine
from coremis.modules.payments.states import AWAITING_LINES, HELD_LINES, LineState
from coremis.modules.registry.models import Household

UNSETTLED = (*AWAITING_LINES, *HELD_LINES, LineState.DUE)


def unsettled(survivor: Any, other: Any) -> list[str]:
    """Payments of the record that would be retired which are neither paid nor given up."""
    whose = Q(enrolment__household=other.pk) if isinstance(other, Household) else Q(payee=other.pk) | Q(enrolment__person=other.pk)
    if not PayrollLine.objects.filter(whose, state__in=UNSETTLED).exists():
        return []
    return [_("%(number)s has payments on their way. Wait until they are settled.") % {"number": other.number_text}]

"""Where the cycles of a programme stand: coming, running, late or closed, and what is due next. Reads only."""

from datetime import date
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.modules.payments.findings import Phase
from coremis.modules.payments.models import Cycle, Payroll
from coremis.modules.payments.states import ENDED_PAYROLLS, LIVE_PAYROLLS, POSTED_PAYROLLS


def with_phase(rows: "QuerySet[Cycle]", today: date | None = None) -> "QuerySet[Any]":
    """The cycles, each with ``phase`` and with what has been done so far, as of a day."""
    day = today or timezone.localdate()
    payrolls = Payroll.objects.filter(cycle=OuterRef("pk"))
    known = rows.annotate(
        calculated=Exists(payrolls.filter(state__in=LIVE_PAYROLLS)),
        unapproved=Exists(payrolls.exclude(state__in=[*POSTED_PAYROLLS, *ENDED_PAYROLLS])),
    )
    late = (
        Q(calculate_by__lt=day, calculated=False) | Q(approve_by__lt=day, unapproved=True) | Q(reconcile_by__lt=day)
    )  # fmt: skip
    phase = Case(
        When(closed_at__isnull=False, then=Value(Phase.CLOSED)), When(late, then=Value(Phase.LATE)),
        When(Q(starts_on__gt=day, calculated=False), then=Value(Phase.COMING)), default=Value(Phase.RUNNING), output_field=CharField(),
    )  # fmt: skip
    return known.annotate(phase=phase)


def placed(cycle: Any) -> Any:
    """The cycle as ``with_phase`` reads it; read again where it was not."""
    return cycle if hasattr(cycle, "phase") else with_phase(Cycle.objects.filter(pk=cycle.pk)).get()


def due_next(cycle: Any) -> tuple[Any, date | None]:
    """What comes next in a cycle, and by when."""
    cycle = placed(cycle)
    if cycle.closed_at:
        return _("closed"), None
    if not cycle.calculated:
        return (_("data freeze"), cycle.freeze_on) if cycle.freeze_on > timezone.localdate() else (_("calculate"), cycle.calculate_by)
    if cycle.unapproved:
        return _("verify and approve"), cycle.approve_by
    if cycle.pay_until and cycle.pay_until >= timezone.localdate():
        return _("pay"), cycle.pay_until
    return _("reconcile and close"), cycle.reconcile_by

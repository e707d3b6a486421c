"""Who collected: payments taken by an alternate are logged in the register, where three in a row lead to a visit (rulebook 2.6)."""

from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from coremis.kernel.base.numbers import number_text
from coremis.modules.payments.models import PayrollLine, ResultRow
from coremis.modules.payments.states import PAID_LINES, Collector
from coremis.modules.registry.models import AlternateUse, Household, Recipient
from coremis.modules.registry.services.alternates import end_uses, note_uses


def log_collectors(file_id: int) -> int:
    """Log the payments of an applied file by who took them; returns how many alternates did. A constant number of statements."""
    paid = ResultRow.objects.filter(file=file_id, outcome__in=PAID_LINES, line__enrolment__household__isnull=False)
    primary = paid.filter(collected_by=Collector.RECIPIENT).values("line__enrolment__household")
    if AlternateUse.objects.filter(ended_by="", household__in=primary).exists():
        end_uses(Household.objects.filter(pk__in=primary), AlternateUse.Ended.PRIMARY)
    uses = uses_in(paid.filter(collected_by=Collector.ALTERNATE))
    if uses:
        note_uses(uses)
    return len(uses)


def uses_in(rows: Any) -> list[tuple[int, int, Any, str]]:
    """Household, recipient, day and payment number for each, without those that are logged already or whose alternate is unknown."""
    held = Recipient.objects.filter(
        household=OuterRef("line__enrolment__household"), person__number=OuterRef("line__alternate_number"), rank__gt=0
    ).order_by("-pk")
    found = rows.annotate(recipient=Subquery(held.values("pk")[:1]), household=F("line__enrolment__household")).exclude(recipient=None)
    today, prefix = timezone.localdate(), PayrollLine.number_prefix
    uses = [
        (household, recipient, day or today, number_text(prefix, number))
        for household, recipient, day, number in found.values_list("household", "recipient", "paid_on", "line__number").iterator()
    ]
    known = set(AlternateUse.objects.filter(reference__in=[use[3] for use in uses]).values_list("reference", flat=True)) if uses else set()
    return [use for use in uses if use[3] not in known]

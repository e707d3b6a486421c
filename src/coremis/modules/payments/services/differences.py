"""Writing down what differs from the cycle before, set by set. Called by the work that looks through a payroll."""

from math import ceil
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Abs, Coalesce

from coremis.kernel.actions.bulk import insert_from
from coremis.kernel.jobs.ranges import Range
from coremis.modules.payments import comparison
from coremis.modules.payments.findings import DifferenceKind
from coremis.modules.payments.models import Cycle, Difference, LeftOut, Payroll, PayrollLine
from coremis.modules.payments.states import FREE_LINES

COLUMNS = ("payroll", "kind", "line", "before", "area", "change_minor", "size_minor", "reason")
Kind = DifferenceKind
ONE_IN = 100


def add_changed(payroll: Payroll, before: Cycle | None, due: Range) -> int:
    """New entrants, other recipients and other amounts among one range of lines. Two statements."""
    then = comparison.lines_before(payroll, before).filter(enrolment=OuterRef("enrolment"))
    rows = due.of(PayrollLine.everything.filter(payroll=payroll).exclude(state__in=FREE_LINES)).annotate(
        old=Subquery(then.values("pk")[:1]),
        old_payee=Subquery(then.values("payee")[:1]), old_amount=Subquery(then.values("amount_minor")[:1])
    )  # fmt: skip
    who = rows.filter(Q(old=None) | ~Q(old_payee=F("payee"))).annotate(
        new_kind=Case(When(old=None, then=Value(Kind.NEW)), default=Value(Kind.RECIPIENT), output_field=CharField()),
        difference=Case(When(old=None, then=F("amount_minor")), default=Value(0), output_field=BigIntegerField()),
    )
    much = rows.filter(old__isnull=False).exclude(old_amount=F("amount_minor")).annotate(
        new_kind=Value(Kind.AMOUNT, output_field=CharField()), difference=F("amount_minor") - F("old_amount")
    )  # fmt: skip
    return sum(_insert(payroll, found, line=F("pk"), before=F("old")) for found in (who, much))


def add_gone(payroll: Payroll, before: Cycle | None, due: Range) -> int:
    """Who was paid in the cycle before, in these places, and is not in this one; with what is known of the reason. One statement."""
    left_out = LeftOut.everything.filter(payroll=payroll, enrolment=OuterRef("enrolment")).values("reason")[:1]
    rows = due.of(comparison.gone(payroll, before)).annotate(
        new_kind=Value(Kind.GONE, output_field=CharField()), difference=-F("amount_minor"),
        why=Coalesce(Subquery(left_out), F("enrolment__status"), output_field=CharField()),
    )  # fmt: skip
    return _insert(payroll, rows, line=Value(None, output_field=BigIntegerField()), before=F("pk"), reason=F("why"))


def add_largest(payroll: Payroll) -> int:
    """The largest hundredth of the amounts, where not all amounts are the same. Three statements."""
    rows = PayrollLine.everything.filter(payroll=payroll).exclude(state__in=FREE_LINES)
    count, smallest = rows.count(), rows.order_by("amount_minor").values_list("amount_minor", flat=True).first()
    first = rows.order_by("-amount_minor", "pk").values("pk")[: ceil(count / ONE_IN)]
    found = PayrollLine.everything.filter(pk__in=first, amount_minor__gt=smallest or 0).annotate(
        new_kind=Value(Kind.TOP, output_field=CharField()), difference=F("amount_minor")
    )
    return _insert(payroll, found, line=F("pk"), before=Value(None, output_field=BigIntegerField()))


def _insert(payroll: Payroll, rows: "QuerySet[Any]", *, line: Any, before: Any, reason: Any = None) -> int:
    ready = rows.order_by().annotate(
        new_payroll=Value(payroll.pk), new_line=line, new_before=before, new_area=F("area"), new_change_minor=F("difference"),
        new_size_minor=Abs(F("difference")), new_reason=Value("", output_field=CharField()) if reason is None else reason,
    )  # fmt: skip
    return insert_from(Difference, ready, COLUMNS, skip_existing=True)

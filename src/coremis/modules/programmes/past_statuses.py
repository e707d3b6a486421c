"""The status of beneficiaries on past days, from the changes that were kept: for all of them at once, never one by one."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Min, Q, QuerySet

from coremis.kernel.actions.models import Change
from coremis.kernel.actions.past import end_of
from coremis.kernel.expressions.definite import Among
from coremis.modules.programmes.models import Enrolment

OPERATORS = ("on", "between", "before", "after", "last")
DAY = timedelta(days=1)


def had_status(status: str, prefix: str, day: date, is_: str, value: Any) -> Q:
    """Those who had a status at the end of a day, or at any time within days; as it stood in the register then.

    A change of status that was undone later did hold until it was undone. Days after ``day`` have not come: nobody is met.
    """
    first, last = _days(day, is_, value)
    last = min(last, day)
    if first is not None and first > last:
        return Q(pk__in=[])
    till = end_of(last)
    since = till if is_ == "on" else (end_of(first - DAY) if first else None)
    found = _now(status, till).union(_then(status, since, till))
    return Q(**{f"{prefix}enrolled_on__lte": last}) & Q(Among(f"{prefix}pk", found))


def _days(day: date, is_: str, value: Any) -> tuple[date | None, date]:
    """The first and the last day that are asked for; no first one where there is no limit."""
    if is_ == "between":
        return date.fromisoformat(value[0]), date.fromisoformat(value[1])
    if is_ == "last":
        return day - timedelta(days=value), day
    asked = date.fromisoformat(value)
    return {"on": (asked, asked), "before": (None, asked - DAY), "after": (asked + DAY, day)}[is_]


def _now(status: str, till: datetime) -> "QuerySet[Any]":
    """Those who have the status now, and whose status nobody has changed since."""
    rows: QuerySet[Any] = Enrolment._base_manager.filter(Q(status=status), Q(Among("pk", _later(till).values("record_id"), wanted=False)))
    return rows.order_by().values("pk")


def _then(status: str, since: datetime | None, till: datetime) -> "QuerySet[Any]":
    """Those who had it until a change after ``since``, and had it by ``till``: so it was no status that came later still."""
    ended = _changes().filter(before__status=status)
    next_one = Q(pk__in=_later(till).values("record_id").annotate(first=Min("pk")).values("first"))
    if since == till:
        return ended.filter(next_one).values("record_id")
    if since is not None:
        ended = ended.filter(event__recorded_at__gt=since)
    return ended.filter(next_one | Q(event__recorded_at__lte=till)).values("record_id")


def _later(moment: datetime) -> "QuerySet[Change]":
    return _changes().filter(event__recorded_at__gt=moment)


def _changes() -> "QuerySet[Change]":
    """Every change of a status; ``before`` holds the one that ended."""
    return Change.objects.filter(kind=Enrolment.kind(), before__has_key="status").order_by()

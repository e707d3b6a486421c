"""Reads with business meaning: who fits, who is in, how many places are left."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Avg, Count, Exists, F, FloatField, Func, OuterRef, Q, QuerySet

from coremis.kernel.areas.queries import below
from coremis.modules.filters.queries import matching
from coremis.modules.programmes.conditions import UNITS, Names, fitting, names_for, used_names
from coremis.modules.programmes.models import ENDED, OPEN, PLACED, Enrolment, Programme, Status

__all__ = [
    "UNITS", "Choice", "Days", "Names", "counts_by_status", "days_in_programme", "exits_by_reason", "fitting", "free_places", "gone",
    "names_for",
    "open_enrolments", "taken_places", "takes_place", "used_names",
]  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """Whom a group change concerns: a programme, the places, a condition and a filter as they were understood on a day."""

    programme_id: int
    unit: str
    area_ids: tuple[int, ...]
    condition: str
    names: Names
    day: date
    filter: dict[str, Any] = field(default_factory=dict)

    def units(self) -> "QuerySet[Any]":
        """Households in which somebody lives, or living persons, in these places that fit. No place means nobody (pitfall M1)."""
        rows: QuerySet[Any] = UNITS[self.unit].objects.filter(area__in=below(self.area_ids))
        alive = rows.filter(ended_on=None, size__gt=0) if self.unit == Programme.Unit.HOUSEHOLD else rows.filter(death_date=None)
        return matching(fitting(alive, self.condition, self.unit, self.names, self.day), self.filter, self.day)

    def not_yet_in(self) -> "QuerySet[Any]":
        """Those of the units that have no open enrolment in this programme."""
        return self.units().exclude(Exists(open_enrolments(self.unit, programme=self.programme_id)))

    def elsewhere(self) -> "QuerySet[Any]":
        """Those not yet in this programme that have an open enrolment in another one."""
        return self.not_yet_in().filter(Exists(open_enrolments(self.unit).exclude(programme=self.programme_id)))

    def enrolled(self, status: str, to_status: str = "") -> "QuerySet[Enrolment]":
        """The beneficiaries of this programme with this status, in these places, who fit condition and filter.

        With ``to_status`` only those who can get it: nobody who is gone becomes active.
        """
        rows: QuerySet[Enrolment] = Enrolment.objects.filter(programme=self.programme_id, status=status, area__in=below(self.area_ids))
        if to_status == Status.ACTIVE:
            rows = rows.exclude(gone(self.unit))
        rows = matching(rows, self.filter, self.day)
        if not self.condition.strip():
            return rows
        units = fitting(UNITS[self.unit].objects.filter(pk=OuterRef(f"{self.unit}_id")), self.condition, self.unit, self.names, self.day)
        return rows.filter(Exists(units))


def open_enrolments(unit: str, **lookups: Any) -> "QuerySet[Enrolment]":
    """For ``Exists``: the open enrolments of the household or person in hand, those in preparation too (pitfall D6)."""
    return Enrolment._base_manager.filter(**{unit: OuterRef("pk")}, status__in=OPEN, **lookups)


def gone(unit: str, path: str = "") -> Exists:
    """Whether the household or person of an enrolment is there no more: dead, empty, dissolved, merged into another record, withdrawn.

    ``path`` leads from the rows in hand to their enrolment.
    """
    left = Q(ended_on__isnull=False) | Q(size=0) if unit == Programme.Unit.HOUSEHOLD else Q(death_date__isnull=False)
    return Exists(UNITS[unit]._base_manager.filter(left | Q(retired_on__isnull=False), pk=OuterRef(path + unit)))


def taken_places(programme_id: int) -> int:
    """How many of a programme's places are taken, those in preparation too."""
    return Enrolment._base_manager.filter(programme=programme_id, status__in=PLACED).count()


def free_places(programme: Programme) -> int | None:
    """How many places are left; None where there is no limit."""
    if programme.max_beneficiaries is None:
        return None
    return max(0, programme.max_beneficiaries - taken_places(programme.pk))


def takes_place(from_status: str, to_status: str) -> bool:
    """Whether this change takes one of the programme's places."""
    return to_status in PLACED and from_status not in PLACED


def counts_by_status(programmes: Iterable[Programme], user: Any) -> dict[int, dict[str, int]]:
    """For each programme, how many beneficiaries of each status the reader may see."""
    rows = Enrolment.objects.visible_to(user, "programmes.view_enrolment").filter(programme__in=list(programmes))
    found: dict[int, dict[str, int]] = {}
    for programme, status, count in rows.values_list("programme", "status").annotate(count=Count("pk")).order_by():
        found.setdefault(programme, dict.fromkeys(Status.values, 0))[status] = count
    return found


def exits_by_reason(programme: Programme, user: Any) -> list[tuple[str, str, int, float | None]]:
    """(status, reason, how many, days in the programme on average) of those who left, that the reader may see; most frequent first."""
    rows = Enrolment.objects.visible_to(user, "programmes.view_enrolment").filter(programme=programme, status__in=ENDED)
    found = rows.order_by().values_list("status", "status_reason").annotate(count=Count("pk"), stay=Avg(days_in_programme()))
    return [(status, reason, count, stay) for status, reason, count, stay in found.order_by("-count", "status_reason")]


class Days(Func):
    """Days between two dates, as a number."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = FloatField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Dates are text there."""
        return self.as_sql(compiler, connection, template="(julianday(%(expressions)s))", arg_joiner=") - julianday(", **context)


def days_in_programme() -> Days:
    """From the enrolment to the status of today."""
    return Days(F("status_since"), F("enrolled_on"))

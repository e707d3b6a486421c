"""What stands on the papers of a payroll: its points in parts of printable length, and the sums of each."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db.models import Count, Q

from coremis.kernel.base.money import Money
from coremis.modules.payments.models import Payroll, PayrollLine
from coremis.modules.payments.paper.numbers import LIST_ORDER, numbered_lines
from coremis.modules.payments.states import FREE_LINES, HELD_LINES
from coremis.modules.points.models import PaymentPoint

# A point pays a few hundred a day; only those without a point can be more. One file that is made in one go holds as many.
PART = 10_000
NOT_LISTED = (*HELD_LINES, *FREE_LINES)
AT_A_TIME = 2_000
SUMMED = ("order_number", "state", "amount_minor", "area_id", "hash")
PRINTED = (
    "number", "payroll_id", "point_id", "area_id", "area_name", "household_number", "payee_name", "payee_number", "alternate_name",
    "alternate_number", "document_kind", "document_end", "amount_minor", "currency", "state", "hash",
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """The payments of one point (None: without a point) from one order number to another.

    Where several parts are planned together (``planned_parts``), ``areas`` are the places in it, and ``before`` of them says how many
    payments of the point come before the first of these places: by that ``lines_of`` numbers without looking at the whole payroll.
    """

    payroll: Payroll
    point: PaymentPoint | None
    number: int
    first: int
    last: int
    areas: tuple[int, ...] = ()
    before: int = 0

    def lines(self) -> Iterator[Any]:
        """The payments on the list, in its order, each with ``order_number``; held and cancelled ones are not on it."""
        rows = numbered_lines(self.payroll, self.point).filter(order_number__gte=self.first, order_number__lte=self.last)
        for line in rows.iterator(chunk_size=AT_A_TIME):
            if line.state not in NOT_LISTED:
                yield line

    def facts(self) -> "Facts":
        """The sums of the list. One query."""
        rows = numbered_lines(self.payroll, self.point).filter(order_number__gte=self.first, order_number__lte=self.last)
        found = Facts(self.payroll.currency)
        for row in rows.values_list(*SUMMED).iterator():
            found.add(*row)
        return found


@dataclass
class Facts:
    """How many payments, how much, in which amounts and places, and a digest that changes with any of them."""

    currency: str
    count: int = 0
    total_minor: int = 0
    not_listed: int = 0
    amounts: Counter[int] = field(default_factory=Counter)
    areas: dict[int, None] = field(default_factory=dict)
    told: Any = field(default_factory=hashlib.sha256)

    def add(self, number: int, state: str, amount: int, area: int, line: str) -> None:
        """One more payment: its order number, state, amount, place and fingerprint."""
        self.areas[area] = None
        if state in NOT_LISTED:
            self.not_listed += 1
            return
        self.told.update(f"{number} {amount} {line}\n".encode())
        self.count += 1
        self.total_minor += amount
        self.amounts[amount] += 1

    @property
    def digest(self) -> str:
        """Differs with anything that is printed."""
        return str(self.told.hexdigest())

    @property
    def total(self) -> Money:
        """What is handed out."""
        return Money(self.total_minor, self.currency)


def parts_of(payroll: Payroll, points: "list[PaymentPoint | None] | None" = None) -> list[Part]:
    """All points of a payroll by name, those without a point last; or only the given ones. Two queries."""
    rows = PayrollLine.objects.filter(payroll=payroll).order_by().values_list("point_id", "point_name").annotate(found=Count("pk"))
    counts = {point: (name, found) for point, name, found in rows}
    wanted = {point.pk if point else None for point in points} if points is not None else set(counts)
    known = PaymentPoint.objects.in_bulk([pk for pk in counts if pk in wanted and pk])
    ordered = sorted((pk for pk in counts if pk in wanted), key=lambda pk: (pk is None, counts[pk][0], pk or 0))
    return [part for pk in ordered for part in _split(payroll, known.get(pk or 0), counts[pk][1])]


def planned_parts(payroll: Payroll) -> list[tuple[Part, Facts]]:
    """All parts with their sums, found in one passage over the payroll. Three queries."""
    parts = {(part.point.pk if part.point else None, part.number): part for part in parts_of(payroll)}
    facts = {key: Facts(payroll.currency) for key in parts}
    before: dict[Any, int] = {}
    rows = numbered_lines(payroll, everywhere=True).values_list("point_id", *SUMMED)
    place, earlier = None, 0
    for point, number, state, amount, area, line in rows.iterator(chunk_size=AT_A_TIME):
        if place != (point, area):
            place, earlier = (point, area), number - 1
        key = (point, (number - 1) // PART + 1)
        before.setdefault(key, earlier)
        facts[key].add(number, state, amount, area, line)
    return [(replace(part, areas=tuple(facts[key].areas), before=before.get(key, 0)), facts[key]) for key, part in parts.items()]


def lines_of(payroll: Payroll, parts: Sequence[Part]) -> list[list[PayrollLine]]:
    """The payments of planned parts, each with ``order_number``, also those that are not listed: one query, as long as what it gives."""
    points = {part.point.pk for part in parts if part.point}
    at = Q(point__in=points) | Q(point=None) if any(part.point is None for part in parts) else Q(point__in=points)
    rows = PayrollLine.objects.filter(at, payroll=payroll, area__in={area for part in parts for area in part.areas}).only(*PRINTED)
    found: list[list[PayrollLine]] = [[] for _part in parts]
    for point, lines in groupby(rows.order_by("point_id", *LIST_ORDER).iterator(chunk_size=AT_A_TIME), attrgetter("point_id")):
        read = list(lines)
        for place, part in enumerate(parts):
            if (part.point.pk if part.point else None) == point:
                found[place] = _numbered(part, read)
    return found


def facts_of(part: Part, lines: Iterable[PayrollLine]) -> Facts:
    """The sums of payments that were read by ``lines_of``."""
    found = Facts(part.payroll.currency)
    for line in lines:
        found.add(line.order_number, line.state, line.amount_minor, line.area_id, line.hash)  # type: ignore[attr-defined]
    return found


def _numbered(part: Part, read: list[PayrollLine]) -> list[PayrollLine]:
    areas, mine = set(part.areas), []
    for number, line in enumerate((line for line in read if line.area_id in areas), start=part.before + 1):
        if part.first <= number <= part.last:
            line.order_number = number  # type: ignore[attr-defined]
            mine.append(line)
    return mine


def _split(payroll: Payroll, point: PaymentPoint | None, count: int) -> list[Part]:
    starts = range(1, count + 1, PART)
    return [Part(payroll, point, number, first, min(first + PART - 1, count)) for number, first in enumerate(starts, start=1)]

"""What stands on the papers of a payroll: its points in parts of printable length, and the sums of each."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count

from coremis.kernel.base.money import Money
from coremis.modules.payments.models import Payroll, PayrollLine
from coremis.modules.payments.paper.numbers import numbered_lines
from coremis.modules.payments.states import FREE_LINES, HELD_LINES
from coremis.modules.points.models import PaymentPoint

# A point pays a few hundred a day; only those without a point can be more. One file that is made in one go holds as many.
PART = 10_000
NOT_LISTED = (*HELD_LINES, *FREE_LINES)
AT_A_TIME = 2_000


@dataclass(frozen=True)
class Part:
    """The payments of one point (None: without a point) from one order number to another."""

    payroll: Payroll
    point: PaymentPoint | None
    number: int
    first: int
    last: int

    def lines(self) -> Iterator[Any]:
        """The payments on the list, in its order, each with ``order_number``; held and cancelled ones are not on it."""
        rows = numbered_lines(self.payroll, self.point).filter(order_number__gte=self.first, order_number__lte=self.last)
        for line in rows.iterator(chunk_size=AT_A_TIME):
            if line.state not in NOT_LISTED:
                yield line

    def facts(self) -> "Facts":
        """The sums of the list. One query."""
        rows = numbered_lines(self.payroll, self.point).filter(order_number__gte=self.first, order_number__lte=self.last)
        found, digest = Facts(self.payroll.currency), hashlib.sha256()
        for number, state, amount, area, line in rows.values_list("order_number", "state", "amount_minor", "area_id", "hash").iterator():
            found.areas.add(area)
            if state in NOT_LISTED:
                found.not_listed += 1
                continue
            digest.update(f"{number} {amount} {line}\n".encode())
            found.count += 1
            found.total_minor += amount
            found.amounts[amount] += 1
        found.digest = digest.hexdigest()
        return found


@dataclass
class Facts:
    """How many payments, how much, in which amounts and places, and a digest that changes with any of them."""

    currency: str
    count: int = 0
    total_minor: int = 0
    not_listed: int = 0
    digest: str = ""
    amounts: Counter[int] = field(default_factory=Counter)
    areas: set[int] = field(default_factory=set)

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


def _split(payroll: Payroll, point: PaymentPoint | None, count: int) -> list[Part]:
    starts = range(1, count + 1, PART)
    return [Part(payroll, point, number, first, min(first + PART - 1, count)) for number, first in enumerate(starts, start=1)]

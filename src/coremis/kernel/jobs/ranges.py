"""Key ranges: how long work goes through many rows, a chunk at a time, always the same rows in the same chunks."""

from typing import Any, NamedTuple

from django.db.models import F, Max, QuerySet, Window
from django.db.models.functions import RowNumber

from coremis.kernel.jobs.work import Work

CHUNK = 20_000


class Range(NamedTuple):
    """The keys above ``after``, up to and with ``last``; ``rows`` of them when the work began."""

    phase: str
    after: int
    last: int
    rows: int

    def of(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """Only the rows of this range."""
        return self.within(rows, "pk")

    def within(self, rows: "QuerySet[Any]", key: str) -> "QuerySet[Any]":
        """Only the rows that belong to this range by their field ``key``."""
        return rows.filter(**{f"{key}__gt": self.after, f"{key}__lte": self.last})


def plan(work: Work, **phases: "QuerySet[Any]") -> None:
    """Fix the ranges of all phases, in order: at most three statements a phase. Rows that come later are not part of the work."""
    planned = []
    work.total = 0
    for phase, rows in phases.items():
        count, bounds = rows.order_by().count(), bounds_of(rows)
        after = [0, *bounds[:-1]]
        sizes = [CHUNK] * (len(bounds) - 1) + [count - CHUNK * (len(bounds) - 1)]
        planned += [[phase, *part] for part in zip(after, bounds, sizes, strict=False)]
        work.total += count
    work.cursor = {**work.cursor, "ranges": planned, "at": 0}


def bounds_of(rows: "QuerySet[Any]") -> list[int]:
    """The last key of every chunk."""
    last = rows.order_by().aggregate(last=Max("pk"))["last"]
    if last is None:
        return []
    placed = rows.order_by().annotate(place=Window(RowNumber(), order_by=F("pk").asc())).annotate(rest=F("place") % CHUNK)
    bounds = list(placed.filter(rest=0).order_by("pk").values_list("pk", flat=True))
    return bounds if bounds and bounds[-1] == last else [*bounds, last]


def current(work: Work) -> Range | None:
    """The range that is due; None when all are done."""
    ranges, at = work.cursor["ranges"], work.cursor["at"]
    return Range(*ranges[at]) if at < len(ranges) else None


def advance(work: Work) -> bool:
    """Note that the range is done; whether there is another."""
    due = current(work)
    work.done += due.rows if due else 0
    work.cursor["at"] += 1
    return current(work) is not None

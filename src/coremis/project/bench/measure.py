"""Measuring one piece of work: seconds, statements and memory, beside its floor."""

import re
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from coremis.kernel.actions.services import maintenance


@dataclass
class Measured:
    """One line of the report. ``ratio`` is seconds beside floor_seconds; ``peak_mb`` the largest memory while the work ran."""

    job: str
    database: str
    rows: int
    seconds: float
    queries: int
    floor_seconds: float
    ratio: float
    rows_per_second: int
    peak_mb: int

    def as_dict(self) -> dict[str, Any]:
        """For the JSON report."""
        return asdict(self)


@contextmanager
def counting() -> Iterator[list[int]]:
    """Count the statements sent to the database; COPY counts as one."""
    count = [0]

    def watch(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        count[0] += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield count


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of wall clock, and the result."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def floor_of(statements: Callable[[int], None]) -> float:
    """The seconds that hand-written SQL needs, in one transaction that is then undone, so that the real work finds the same data."""
    seconds = 0.0
    try:
        with transaction.atomic(), maintenance("bench floor") as event_id:
            start = time.perf_counter()
            statements(event_id)
            seconds = time.perf_counter() - start
            raise Undo
    except Undo:
        tidy()
    return seconds


class Undo(Exception):
    """Ends the floor's transaction without keeping anything."""


def tidy() -> None:
    """Take away dead rows and renew the statistics, so that both sides meet the same tables."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def measured(job: str, rows: int, floor: Callable[[int], None] | None, work: Callable[[], Any]) -> Measured:
    """Run the floor, then the work, and put both side by side."""
    floor_seconds = floor_of(floor) if floor else 0.0
    forget_peak()
    with counting() as count:
        seconds, _result = timed(work)
    peak = peak_mb()
    tidy()
    return Measured(
        job=job,
        database=connection.vendor,
        rows=rows,
        seconds=round(seconds, 3),
        queries=count[0],
        floor_seconds=round(floor_seconds, 3),
        ratio=round(seconds / floor_seconds, 2) if floor_seconds else 0.0,
        rows_per_second=round(rows / seconds) if seconds else 0,
        peak_mb=peak,
    )


def forget_peak() -> None:
    """Begin to measure the memory anew, where the system can (Linux)."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_mb() -> int:
    """The largest memory of this process since then; elsewhere, since it began."""
    with suppress(OSError):
        found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
        if found:
            return int(found[1]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

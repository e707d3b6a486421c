"""The demo's calendar: each step of the story is done on its own day, so that what happened months ago says so everywhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta, tzinfo

from django.utils import timezone


class Shifted(datetime):
    """A clock that goes as fast as the real one, and is behind it."""

    behind = timedelta(0)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """The moment it shows, as a plain one."""
        return datetime.now(tz) - cls.behind


@contextmanager
def days_ago(days: int) -> Iterator[date]:
    """Everything inside happens so many days ago; gives that day.

    Django's own clock is put back, and nothing else: actions, jobs, approvals and the chain of seals are those of every other day.
    Only while the demo is loaded, by one process that does one thing after the other.
    """
    real = timezone.datetime  # type: ignore[attr-defined]
    shown: type[datetime] = type("Shifted", (Shifted,), {"behind": timedelta(days=days)})
    timezone.datetime = shown  # type: ignore[attr-defined]
    try:
        yield timezone.localdate()
    finally:
        timezone.datetime = real  # type: ignore[attr-defined]

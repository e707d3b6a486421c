"""Wrong passwords for names that nobody has: counted and locked like those of users, so that a lock does not tell who exists.

What is typed as a name may be a password, so only a keyed digest of it is kept, in the cache that all processes share.
"""

from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils import timezone

from coremis.kernel.access.backends import ATTEMPTS, LOCK_MINUTES
from coremis.kernel.access.models import User
from coremis.kernel.actions.values import keyed

KEPT = timedelta(days=30)


def locked_until(name: str) -> datetime | None:
    """Until when nobody signs in under this name, whether somebody has it or not; None where it is not locked."""
    user = User.objects.filter(username=name.strip().lower()).first()
    until: datetime | None = user.locked_until if user else cache.get(_key(name), (0, None))[1]
    return until if until and until > timezone.now() else None


def count_stranger(name: str) -> None:
    """One more wrong password for a name that nobody has; the fifth locks it."""
    failed = cache.get(_key(name), (0, None))[0] + 1
    locked = (0, timezone.now() + timedelta(minutes=LOCK_MINUTES))
    cache.set(_key(name), locked if failed >= ATTEMPTS else (failed, None), KEPT.total_seconds())


def _key(name: str) -> str:
    return "stranger:" + keyed(name.strip().lower())

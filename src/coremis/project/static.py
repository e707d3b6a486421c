"""Addresses of styles, scripts and pictures: each carries the digest of its content, so that a browser may keep it for good.

On a slow line a page that asks again for what has not changed costs a round trip. After an upgrade the address is another one.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class DigestedAddresses(StaticFilesStorage):
    """Files as the modules bring them; nothing is collected or copied."""

    def url(self, name: str | None) -> str:
        """The address with the digest; while styles are being written it is read afresh each time."""
        address = super().url(name)
        digest = (digest_of.__wrapped__ if settings.DEBUG else digest_of)(name or "")
        return f"{address}?v={digest}" if digest else address


@lru_cache(maxsize=1000)
def digest_of(name: str) -> str:
    """The first signs of the content's SHA-256; nothing where there is no such file."""
    path = finders.find(name)
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12] if path else ""

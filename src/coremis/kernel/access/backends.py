"""Checking a password; locked or blocked users do not get in."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from coremis.kernel.access.models import User

ATTEMPTS = 5
LOCK_MINUTES = 15


class AssignmentBackend(ModelBackend):
    """User name and password; rights are not this class's business (see ``User``)."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """The user, or None; a locked user is refused even with the right password."""
        user = User.objects.filter(username=(username or "").strip().lower()).first()
        if user is None:
            User().set_password(password or "")  # the same time as for a known user
            return None
        if user.check_password(password or "") and user.is_active and not user.is_locked():
            return user
        return None

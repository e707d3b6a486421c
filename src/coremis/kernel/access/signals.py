"""Sign-in, sign-out, failures, lock-outs, password and second-factor changes become events."""

from datetime import timedelta
from typing import Any

from allauth.account.signals import password_changed
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import F
from django.dispatch import receiver
from django.utils import timezone

from coremis.kernel.access.backends import ATTEMPTS, LOCK_MINUTES
from coremis.kernel.access.models import User
from coremis.kernel.access.strangers import count_stranger
from coremis.kernel.actions.events import new_event


@receiver(user_logged_in)
def signed_in(user: User, **kwargs: Any) -> None:
    """Note the sign-in and forget earlier failures."""
    User.objects.filter(pk=user.pk).update(failed_count=0, locked_until=None)
    new_event("access.sign_in", user)


@receiver(user_logged_out)
def signed_out(user: User | None, **kwargs: Any) -> None:
    """Note the sign-out."""
    if user is not None:
        new_event("access.sign_out", user)


@receiver(user_login_failed)
def sign_in_failed(credentials: dict[str, Any], **kwargs: Any) -> None:
    """Count the failure; after five the user is locked for a quarter of an hour. The typed name is not kept."""
    name = str(credentials.get("username", ""))
    user = User.objects.filter(username=name.strip().lower()).first()
    count_failure(user)
    if user is None:
        count_stranger(name)


@receiver(authentication_failed)
def second_factor_failed(user: User, **kwargs: Any) -> None:
    """A wrong code counts like a wrong password."""
    count_failure(user)


def count_failure(user: User | None) -> None:
    """Note a failure; the one that makes five locks the user."""
    new_event("access.sign_in_failed", user)
    if user is None:
        return
    User.objects.filter(pk=user.pk).update(failed_count=F("failed_count") + 1)
    locked = {"failed_count": 0, "locked_until": timezone.now() + timedelta(minutes=LOCK_MINUTES)}
    if User.objects.filter(pk=user.pk, failed_count__gte=ATTEMPTS).update(**locked):
        new_event("access.lock_out", user)


@receiver(password_changed)
def changed_password(user: User, **kwargs: Any) -> None:
    """Note it; Django ends the other sessions because their hash no longer fits."""
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    new_event("access.change_password", user)


@receiver([authenticator_added, authenticator_removed, authenticator_reset])
def changed_second_factor(user: User, **kwargs: Any) -> None:
    """Note that a second factor was set up, removed or renewed."""
    new_event("access.change_second_factor", user)

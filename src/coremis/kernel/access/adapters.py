"""What the sign-in library asks us: nobody signs up alone, and what a locked person is told."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from coremis.kernel.access.encryption import decrypt, encrypt
from coremis.kernel.access.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Users are made by administrators."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Tell a locked person when to try again."""
        user = User.objects.filter(username=str(credentials.get("username", "")).strip().lower()).first()
        if user and user.locked_until and user.locked_until > timezone.now():
            minutes = int((user.locked_until - timezone.now()).total_seconds() // 60) + 1
            raise ValidationError(_("Too many wrong passwords. Try again in %(minutes)s minutes, or ask an administrator.") % {"minutes": minutes})
        super().pre_authenticate(request, **credentials)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors lie encrypted."""

    def encrypt(self, text: str) -> str:
        """Encrypt a TOTP secret or the seed of recovery codes."""
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again; a wrong key is an error, not a sign-in."""
        try:
            return decrypt(encrypted_text)
        except ValueError:
            raise BadSignature(f"The key {settings.DATA_DIR.name}/keys/data_key does not fit this database.") from None

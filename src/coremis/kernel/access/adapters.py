"""What the sign-in library asks us: nobody signs up alone, and what a locked person is told."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coremis.kernel.access.encryption import decrypt, encrypt
from coremis.kernel.access.models import User
from coremis.kernel.access.strangers import locked_until

WRONG_CODE = gettext_lazy("This code is wrong or too old. Type the one the app shows now.")
WRONG_SIGN_IN = gettext_lazy("User name or password is wrong. Type both again, or ask your administrator.")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Users are made by administrators."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": gettext_lazy("Nobody can sign in with it now. Ask your administrator to open it again."),
        "enter_current_password": gettext_lazy("This is not your present password. Type it again."),
        "incorrect_code": WRONG_CODE,
        "incorrect_password": gettext_lazy("The password is wrong. Type it again."),
        "invalid_login": WRONG_SIGN_IN,
        "username_password_mismatch": WRONG_SIGN_IN,
        "too_many_login_attempts": gettext_lazy("Too many wrong passwords. Wait a few minutes, or ask your administrator."),
        "rate_limited": gettext_lazy("You have tried this too often. Wait a few minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """To the home page, by way of the sign-in page."""
        return "/"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Tell a locked person when to try again; in the same words where nobody has this name."""
        if until := locked_until(str(credentials.get("username", ""))):
            minutes = int((until - timezone.now()).total_seconds() // 60) + 1
            raise ValidationError(
                _("Too many wrong passwords. Try again in %(minutes)s minutes, or ask an administrator.") % {"minutes": minutes}
            )
        super().pre_authenticate(request, **credentials)

    def login(self, request: HttpRequest, user: User) -> None:
        """The last step: whoever was locked or blocked between password and code does not get in, even with the right code."""
        now = User.objects.get(pk=user.pk)
        if now.is_locked() or not now.is_active:
            raise ImmediateHttpResponse(redirect("account_login"))
        super().login(request, user)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of second factors lie encrypted."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": WRONG_CODE,
        "cannot_delete_authenticator": gettext_lazy("The second step cannot be switched off now."),
        "cannot_generate_recovery_codes": gettext_lazy("Switch on the second step first; recovery codes come with it."),
    }

    def encrypt(self, text: str) -> str:
        """Encrypt a TOTP secret or the seed of recovery codes."""
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again; a wrong key is an error, not a sign-in."""
        try:
            return decrypt(encrypted_text)
        except ValueError:
            raise BadSignature(f"The key {settings.DATA_DIR.name}/keys/data_key does not fit this database.") from None

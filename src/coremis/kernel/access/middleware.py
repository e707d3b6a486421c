"""On every request: the reader's language, where it came from, idle sign-out, and what must be done first."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation

from coremis.kernel.access.models import User
from coremis.kernel.access.seats import FirstRunPage
from coremis.kernel.actions.context import Source, coming_from
from coremis.kernel.module.contributions import contributions

FREE = ("/account/", "/language/", "/static/")


class LanguageMiddleware(LocaleMiddleware):
    """The language of the cookie, else of the browser; a signed-in person's own language comes later."""


class AccessMiddleware:
    """Everything that depends on who is signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Sign out the idle, send people to what they must do first, and note the address for the events."""
        with coming_from(Source(address=request.META.get("REMOTE_ADDR", "")[:45])):
            if not request.user.is_authenticated:
                return self._first_run(request) or self.get_response(request)
            if self._idle(request):
                logout(request)
                return redirect_to_login(request.get_full_path() if request.method == "GET" else "/", reverse("account_login"))
            if request.user.language:
                translation.activate(request.user.language)
                request.LANGUAGE_CODE = translation.get_language()
            return self._first_duty(request) or self.get_response(request)

    def _first_run(self, request: HttpRequest) -> HttpResponse | None:
        """Whoever visits an empty installation is led to the assistant that sets it up."""
        if request.path in ("/", reverse("account_login")) and not User.objects.exists():
            return next((redirect(page.address) for page in contributions(FirstRunPage)), None)
        return None

    def _idle(self, request: HttpRequest) -> bool:
        now = int(timezone.now().timestamp())
        seen = request.session.get("seen", now)
        if now - seen > settings.COREMIS_IDLE_MINUTES * 60:
            return True
        unattended = "X-Unattended" in request.headers  # a part of the page that renews itself is nobody at the keyboard
        if not unattended and (now - seen > 30 or "seen" not in request.session):
            request.session["seen"] = now
        return False

    def _first_duty(self, request: HttpRequest) -> HttpResponse | None:
        if request.path.startswith(FREE) or not isinstance(request.user, User):
            return None
        if request.user.must_change_password:
            return redirect("account_change_password")
        if request.user.needs_second_factor() and not is_mfa_enabled(request.user):
            return redirect("mfa_activate_totp")
        return None

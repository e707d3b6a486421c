"""The first-run assistant."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import User
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.screens.screen import Screen
from coremis.modules.administration.first_run_form import FirstRunForm
from coremis.modules.administration.services import first_run


class FirstRun(Screen):
    """The first-run assistant: open to anybody while there is no user, and to nobody afterwards."""

    def respond_to_stranger(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form, or set everything up in one transaction; afterwards this leads to the sign-in page."""
        if User.objects.exists():
            return redirect("account_login")
        form = FirstRunForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid() and self.set_up(form):
            messages.success(request, _("The installation is set up. Sign in as one of the administrators."))
            return redirect("account_login")
        if request.method == "POST" and User.objects.exists():  # somebody else, or the same click, was faster
            return redirect("account_login")
        status = 422 if form.is_bound else 200
        response = render(request, "administration/first_run.html", {"form": form, "title": self.title}, status=status)
        response["Cache-Control"] = "no-store, private"
        return response

    def set_up(self, form: FirstRunForm) -> bool:
        """Do it; where it is refused, the sentence stands on the form."""
        try:
            first_run(country_inputs=form.country_inputs(), administrators=form.administrators())
        except Refusal as problem:
            form.add_error(None, str(problem))
            return False
        return True

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Nobody who is signed in needs it."""
        raise Http404


first_run_page = FirstRun(permission=None, title=_("Set up CORE-MIS"))

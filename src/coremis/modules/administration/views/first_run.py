"""The first-run assistant."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import User
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.screens.screen import Screen
from coremis.modules.administration import forms
from coremis.modules.administration.services import first_run


class FirstRun(Screen):
    """The first-run assistant: open to anybody while there is no user, and to nobody afterwards."""

    def respond_to_stranger(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form, or set everything up in one transaction."""
        if User.objects.exists():
            raise Http404
        form = forms.FirstRunForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                first_run(country_inputs=form.country_inputs(), administrators=form.administrators())
            except Refusal as problem:
                form.add_error(None, str(problem))
            else:
                messages.success(request, _("The installation is set up. Sign in as one of the administrators."))
                return redirect("account_login")
        return render(request, "administration/first_run.html", {"form": form, "title": self.title})

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Nobody who is signed in needs it."""
        raise Http404


first_run_page = FirstRun(permission=None, title=_("Set up CORE-MIS"))

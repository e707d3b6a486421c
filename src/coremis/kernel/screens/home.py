"""The home page: the cards that the enabled modules add."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.contributions import checklist, shown_cards
from coremis.kernel.screens.screen import Screen


class HomeScreen(Screen):
    """Everybody who is signed in has a home page; what is on it follows from the rights."""

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The way to the first payroll while it is not gone to its end, then the cards, in order."""
        context = {"title": str(self.title), "checklist": checklist(request.user), "cards": shown_cards(request)}
        return render(request, "screens/home.html", context)


home = HomeScreen(permission=None, title=_("Home"))

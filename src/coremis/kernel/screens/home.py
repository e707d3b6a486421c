"""The home page: the cards that the enabled modules add."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.contributions import shown_cards
from coremis.kernel.screens.screen import Screen


class HomeScreen(Screen):
    """Everybody who is signed in has a home page; what is on it follows from the rights."""

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The cards, in order."""
        return render(request, "screens/home.html", {"title": str(self.title), "cards": shown_cards(request)})


home = HomeScreen(permission=None, title=_("Home"))

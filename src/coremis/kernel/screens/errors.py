"""The pages for what cannot be shown or done: each says what happened and what to do next."""

import logging
import sys
from collections.abc import Callable, Sequence
from uuid import uuid4

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from coremis.kernel.base.disk import is_disk_full
from coremis.kernel.base.refusal import NotPermitted, OutsidePlaces, Refusal
from coremis.kernel.screens.uploads import TooLarge

log = logging.getLogger("coremis.errors")


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what was sent is no request of a browser, or far too long, or the server has no such name; 413 for a file too long."""
    if isinstance(exception, TooLarge):
        return problem_page(request, 413, _("This could not be done"), str(exception), [load_again()])
    if isinstance(exception, DisallowedHost):
        steps = [_("Check the address that you typed. If it is right, tell your administrator that this name is missing in the settings.")]
        return problem_page(request, 400, _("This could not be done"), _("The server does not answer under this name."), steps)
    return problem_page(request, 400, _("This could not be done"), _("What was sent cannot be read, or is too long."), [load_again()])


def too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form does not belong to this sign-in: it lay open while somebody signed out or in, or comes from elsewhere."""
    sentence = _("This page was too old. Check what you typed and send it again.")
    return problem_page(request, 403, _("This could not be done"), sentence, [load_again()])


def load_again() -> str:
    """The next step where a page no longer holds."""
    return _("Go back and load the page again, to see how things stand now.")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the reader's rights do not include the page."""
    sentence = str(exception) if isinstance(exception, Refusal) else _("Your rights do not include it.")
    return problem_page(
        request, 403, _("You may not open this page"), sentence, [_("If you need it for your work, ask your administrator.")]
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page, or nothing there that the reader may see; the two are told alike."""
    steps = [_("Check the number or the address that you typed."), _("Search for the person or household by name.")]
    return problem_page(request, 404, _("This page is not here"), _("It does not exist, or it lies outside your places."), steps)


def conflict(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """409: what was asked cannot be done as things stand; the refusal says why."""
    return problem_page(request, 409, _("This could not be done"), str(refusal), [load_again()])


def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault, or 507: no room on the disk. The number on the page stands in the log, beside the address."""
    reference = uuid4().hex[:8].upper()
    log.error("Error %s at %s", reference, request.path)
    if is_disk_full(sys.exception()):
        steps = [_("Tell your administrator to make room. Then send it again: sending a form again does nothing twice.")]
        title = _("The disk of the server is full")
        return problem_page(request, 507, title, _("What you asked for was not done."), steps, reference)
    steps = [_("Try again in a few minutes. Sending a form again does nothing twice."), _("If it happens again, tell your administrator.")]
    return problem_page(request, 500, _("Something went wrong on our side"), _("What you asked for was not done."), steps, reference)


def problem_page(
    request: HttpRequest, status: int, title: str, sentence: str, next_steps: Sequence[str], reference: str = ""
) -> HttpResponse:
    """One such page; inside the frame for people who are signed in, except where the frame itself may be broken."""
    signed_in = status < 500 and getattr(request, "user", None) is not None and request.user.is_authenticated
    context = {"bare": not signed_in, "title": title, "sentence": sentence, "next_steps": next_steps, "reference": reference}
    return render(request, "screens/error.html", context, status=status)


class RefusalMiddleware:
    """Turns a refusal that no page caught into its page, so that a rule never looks like a fault."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page for a refusal; anything else is not this class's business."""
        if isinstance(exception, NotPermitted):
            return forbidden(request, exception)
        if isinstance(exception, OutsidePlaces):
            return not_found(request, exception)
        if isinstance(exception, Refusal):
            return conflict(request, exception)
        return None

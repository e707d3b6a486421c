"""What this module shows on the home page."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.contributions import Shown
from coremis.modules.dashboards.arranging import open_to
from coremis.modules.dashboards.models import Counting


def way_in(request: HttpRequest) -> Shown:
    """The way to one's dashboards, and of when their figures are; nothing for whoever may see no figure."""
    if not open_to(request.user):
        return None
    last = Counting.objects.order_by("-as_of").first()
    words = _("Figures as of %(when)s.") % {"when": text_of(last.as_of)} if last else _("The figures were not counted yet.")
    return {"text": words, "links": [{"url": reverse("dashboards:dashboard"), "title": _("Open my dashboard")}]}

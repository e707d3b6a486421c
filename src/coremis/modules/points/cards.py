"""What this module shows on the home page."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.contributions import Shown
from coremis.modules.points.tables import WithoutPointTable


def places_without(request: HttpRequest) -> Shown:
    """How many of my lowest places no payment point serves."""
    count = WithoutPointTable.visible(request.user).order_by().count()
    if not count:
        return None
    address = reverse("points:places_without_point") + "?clear=1"
    return {"figure": text_of(count), "label": _("places without a payment point"), "href": address}

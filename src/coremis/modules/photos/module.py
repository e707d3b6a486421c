"""What this module adds."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.seats import SeatPermissions
from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.menu import ASSESS, MenuItem
from coremis.modules.photos.services import load_photos

contributions: list[Contribution] = [
    MenuItem(_("Photos in bulk"), "photos:load_photos", group=ASSESS, order=30),
    SeatPermissions("data", (load_photos.name,)),
    SeatPermissions("commune", (load_photos.name,)),
]

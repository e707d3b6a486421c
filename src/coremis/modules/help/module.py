"""What this module adds."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.menu import HelpLink
from coremis.modules.help.explained import address_for

contributions: list[Contribution] = [
    HelpLink(_("Help"), address_for),
]

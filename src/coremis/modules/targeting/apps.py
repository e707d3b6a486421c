from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.config import ModuleConfig


class TargetingConfig(ModuleConfig):
    name = "coremis.modules.targeting"
    label = "targeting"
    title = _("Targeting")
    version = "0.1.0"
    requires = ("registry", "filters", "programmes", "geography", "scoring", "points")
    url_prefix = "targeting/"

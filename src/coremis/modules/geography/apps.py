from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.config import ModuleConfig


class GeographyConfig(ModuleConfig):
    name = "coremis.modules.geography"
    label = "geography"
    title = _("Geography")
    version = "0.1.0"
    requires = ("registry",)
    url_prefix = "geography/"

from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.config import ModuleConfig


class PointsConfig(ModuleConfig):
    name = "coremis.modules.points"
    label = "points"
    title = _("Payment points")
    version = "0.1.0"
    requires = ("registry",)
    url_prefix = "points/"

from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.config import ModuleConfig


class DashboardsConfig(ModuleConfig):
    name = "coremis.modules.dashboards"
    label = "dashboards"
    title = _("Dashboards")
    version = "0.1.0"
    requires = ("registry", "geography")
    url_prefix = "dashboards/"

from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.config import ModuleConfig


class FiltersConfig(ModuleConfig):
    name = "coremis.modules.filters"
    label = "filters"
    title = _("Filters")
    version = "0.1.0"
    requires = ("registry",)
    url_prefix = "filters/"

from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.config import ModuleConfig


class DuplicatesConfig(ModuleConfig):
    name = "coremis.modules.duplicates"
    label = "duplicates"
    title = _("Possible duplicates")
    version = "0.1.0"
    requires = ("registry",)
    url_prefix = "duplicates/"

from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.config import ModuleConfig


class RegistryConfig(ModuleConfig):
    name = "coremis.modules.registry"
    label = "registry"
    title = _("People")
    version = "0.1.0"
    requires = ()
    url_prefix = "people/"

from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.config import ModuleConfig


class AdministrationConfig(ModuleConfig):
    name = "coremis.modules.administration"
    label = "administration"
    title = _("Administration")
    version = "0.1.0"
    url_prefix = "administration/"

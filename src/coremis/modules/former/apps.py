from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.config import ModuleConfig


class FormerConfig(ModuleConfig):
    name = "coremis.modules.former"
    label = "former"
    title = _("Payments of a former system")
    version = "0.1.0"
    requires = ("registry", "payments")
    url_prefix = "former/"

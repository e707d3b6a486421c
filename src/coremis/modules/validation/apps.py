from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.config import ModuleConfig


class ValidationConfig(ModuleConfig):
    name = "coremis.modules.validation"
    label = "validation"
    title = _("Community validation")
    version = "0.1.0"
    requires = ("registry", "programmes", "targeting")
    url_prefix = "validation/"

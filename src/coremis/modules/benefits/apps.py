from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.config import ModuleConfig


class BenefitsConfig(ModuleConfig):
    name = "coremis.modules.benefits"
    label = "benefits"
    title = _("Benefit rules")
    version = "0.1.0"
    requires = ("registry", "programmes")
    url_prefix = "benefits/"

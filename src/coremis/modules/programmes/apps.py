from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.config import ModuleConfig


class ProgrammesConfig(ModuleConfig):
    name = "coremis.modules.programmes"
    label = "programmes"
    title = _("Programmes")
    version = "0.1.0"
    requires = ("registry", "filters")
    url_prefix = "programmes/"

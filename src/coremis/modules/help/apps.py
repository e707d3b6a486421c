from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.config import ModuleConfig


class HelpConfig(ModuleConfig):
    name = "coremis.modules.help"
    label = "help"
    title = _("Help")
    version = "0.1.0"
    url_prefix = "help/"

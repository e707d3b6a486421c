from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.config import ModuleConfig


class IntakeConfig(ModuleConfig):
    name = "coremis.modules.intake"
    label = "intake"
    title = _("Imports")
    version = "0.1.0"
    requires = ("registry",)
    url_prefix = "intake/"

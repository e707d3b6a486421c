from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.config import ModuleConfig


class ScoringConfig(ModuleConfig):
    name = "coremis.modules.scoring"
    label = "scoring"
    title = _("Formulas")
    version = "0.1.0"
    requires = ("registry", "geography", "filters")
    url_prefix = "scoring/"

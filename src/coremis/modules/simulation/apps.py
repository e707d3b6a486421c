from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.config import ModuleConfig


class SimulationConfig(ModuleConfig):
    name = "coremis.modules.simulation"
    label = "simulation"
    title = _("Simulation")
    version = "0.1.0"
    requires = ("registry", "geography", "scoring", "targeting", "programmes")
    url_prefix = "simulation/"

from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.config import ModuleConfig


class SampleConfig(ModuleConfig):
    name = "coremis_sample"
    label = "sample_places"
    title = _("Meeting places")
    version = "1.0"
    requires = ("administration",)
    url_prefix = "sample_places/"

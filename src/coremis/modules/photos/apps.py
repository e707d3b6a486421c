from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.config import ModuleConfig


class PhotosConfig(ModuleConfig):
    name = "coremis.modules.photos"
    label = "photos"
    title = _("Photos in bulk")
    version = "0.1.0"
    requires = ("registry",)
    url_prefix = "photos/"

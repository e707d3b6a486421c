from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.config import ModuleConfig


class PaymentsConfig(ModuleConfig):
    name = "coremis.modules.payments"
    label = "payments"
    title = _("Payments")
    version = "0.1.0"
    requires = ("registry", "filters", "programmes", "benefits", "points", "ledger")
    url_prefix = "payments/"

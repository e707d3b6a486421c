from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.config import ModuleConfig


class LedgerConfig(ModuleConfig):
    name = "coremis.modules.ledger"
    label = "ledger"
    title = _("Ledger")
    version = "0.1.0"
    requires = ()
    url_prefix = "ledger/"

"""The settings every installation has."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.config.settings import Setting

COUNTRY = Setting("administration.country", _("Country"), _("The name of the country, shown on pages and prints."), "")
LANGUAGES = Setting("administration.languages", _("Languages"), _("The languages people may choose."), ["en", "fr", "pt"])
CURRENCY = Setting("administration.currency", _("Currency"), _("The three letters of the currency, private codes allowed."), "")
DECIMALS = Setting("administration.decimals", _("Decimals of the currency"), _("How many decimals people write."), 0)

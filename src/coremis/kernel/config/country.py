"""The settings that every installation has, and what the rest of the system reads of them."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from coremis.kernel.config.models import StoredSetting
from coremis.kernel.config.settings import Setting, setting

NO_CURRENCY = "XXX"
COUNTRY = Setting("country.name", _("Country"), _("The name of the country, shown on pages and prints."), "")
LANGUAGES = Setting("country.languages", _("Languages"), _("The languages people may choose."), [])
CURRENCY = Setting("country.currency", _("Currency"), _("The three letters of the currency, private codes allowed."), "", once=True)
DECIMALS = Setting("country.decimals", _("Decimals of the currency"), _("How many decimals people write."), 0, once=True)
COUNTRY_SETTINGS: list[Any] = [COUNTRY, LANGUAGES, CURRENCY, DECIMALS]


def own_currency() -> str:
    """The country's currency; the code for "no currency" until one is stored."""
    return str(setting(CURRENCY.name) or NO_CURRENCY)


def stored_currency() -> tuple[str, int] | None:
    """The country's currency and its decimals, so that every process writes a private code alike; None until they are stored."""
    stored: dict[str, Any] = dict(StoredSetting.objects.filter(name__in=[CURRENCY.name, DECIMALS.name]).values_list("name", "value"))
    return (stored[CURRENCY.name], stored[DECIMALS.name]) if len(stored) == 2 else None


def offered_languages() -> list[str]:
    """The codes of the languages people may choose: the country's, else all."""
    known = [code for code, _name in settings.LANGUAGES]
    chosen = setting(LANGUAGES.name)
    return [code for code in known if code in chosen] or known

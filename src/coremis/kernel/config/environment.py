"""Which environment this is, in words: they stand on every page and every print."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

BANDS = {
    "demo": (_("Demo"), _("Invented people. No real money moves.")),
    "training": (_("Training"), _("Practise here. Nothing leaves this system.")),
    "uat": (_("UAT"), _("For trials before use. No real money moves.")),
    "production": (_("Production"), _("Real people and real money.")),
}


def band_words() -> tuple[str, str, str]:
    """Code, title and sentence of this environment; an unknown one is named as it is."""
    code = settings.COREMIS_ENVIRONMENT
    title, sentence = BANDS.get(code, (code, ""))
    return code, str(title), str(sentence)


def band_on_paper() -> str:
    """The words at the head of every printed page; none in production, where paper is real."""
    code, title, sentence = band_words()
    return "" if code == "production" else ": ".join(part for part in (title.upper(), sentence) if part)
